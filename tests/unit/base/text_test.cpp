#include "base/text.hpp"

#include <gtest/gtest.h>

namespace joust {
namespace {

using Parts = std::vector<std::string_view>;

TEST(Trimmed, takes_blanks_from_both_ends_only) {
    EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
    EXPECT_EQ(trimmed("a"), "a");
    EXPECT_EQ(trimmed(" \n "), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(Split, keeps_empty_parts) {
    EXPECT_EQ(split("a,b", ','), (Parts{"a", "b"}));
    EXPECT_EQ(split(",a,,", ','), (Parts{"", "a", "", ""}));
    EXPECT_EQ(split("", ','), (Parts{""}));
}

TEST(Joined, puts_the_separator_between) {
    EXPECT_EQ(joined({"a", "b", "c"}, ", "), "a, b, c");
    EXPECT_EQ(joined({"a"}, ", "), "a");
    EXPECT_EQ(joined({"", ""}, ","), ",");
    EXPECT_EQ(joined({}, ", "), "");
}

TEST(Filled, replaces_known_keys_and_leaves_other_braces) {
    const Replacements values = {{"host", "127.0.0.1"}, {"port", "80"}, {"p", "{port}"}};
    EXPECT_EQ(filled("{host}:{port}", values), "127.0.0.1:80");
    EXPECT_EQ(filled("{{port}}", values), "{80}");
    EXPECT_EQ(filled("{user} {} {po", values), "{user} {} {po");
    EXPECT_EQ(filled("{p}", values), "{port}");  // what was filled in is not looked at again
    EXPECT_EQ(filled("", values), "");
}

TEST(IsUtf8, tells_text_from_other_bytes) {
    for (const char* text : {"", "abc", "µ·÷", "€", "\U0001F600", "\x7f"})
        EXPECT_TRUE(is_utf8(text)) << text;
    // Cut off, continued without a beginning, overlong, a surrogate, beyond U+10FFFF, never in UTF-8.
    for (const char* text : {"\xc2", "\xe2\x82", "\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                             "\xf4\x90\x80\x80", "\xf0\x80\x80\x80", "\xff", "a\xe2z"})
        EXPECT_FALSE(is_utf8(text)) << text;
}

TEST(Printable, leaves_nothing_that_a_terminal_obeys) {
    EXPECT_EQ(printable("plain µ €"), "plain µ €");
    EXPECT_EQ(printable("\x1b[31mred\x1b[0m\r\n\t\x7f"), "\\x1B[31mred\\x1B[0m\\x0D\\x0A\\x09\\x7F");
    EXPECT_EQ(printable("\xc2\x9b"
                        "2J"),
              "\\xC2\\x9B2J");  // U+009B is ESC [
    EXPECT_EQ(printable("cut \xe2\x82"), "cut \\xE2\\x82");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Printable, shows_what_turns_the_direction_of_a_text) {
    for (const char* turned : {"\u202e", "\u2066", "\u2069", "\u200e", "\u061c", "\u2028", "\ufeff"}) {
        EXPECT_FALSE(is_printable(turned));
        EXPECT_EQ(printable(turned).substr(0, 2), "\\x") << printable(turned);
    }
    for (const char* plain : {"", "µ·÷", "\u200d", "\u2027", "\u2070", "\U0001F600", "שלום"}) {
        EXPECT_TRUE(is_printable(plain)) << plain;
        EXPECT_EQ(printable(plain), plain);
    }
    for (const char* control : {"\n", "\t", "\x1b", "\x7f", "\xc2\x85", "\xff"})
        EXPECT_FALSE(is_printable(control));
}

TEST(PrintableLines, keeps_line_ends_and_tabs_only) {
    EXPECT_EQ(printable_lines("a\nb\x1b[2J\n"), "a\nb\\x1B[2J\n");
    EXPECT_EQ(printable_lines("a\tb\rc"), "a\tb\\x0Dc");
    EXPECT_EQ(printable_lines(""), "");
}

TEST(ShellWord, is_one_line_and_read_back_as_it_was) {
    EXPECT_EQ(shell_word("joust"), "joust");
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("a b"), "'a b'");
    EXPECT_EQ(shell_word("it's $(x) `y`"), "'it'\\''s $(x) `y`'");
    EXPECT_EQ(shell_word("a\n```\n'\\"), "$'a\\012```\\012\\'\\\\'");
    EXPECT_EQ(shell_word("\x1b\u202e"), "$'\\033\\342\\200\\256'");
}

TEST(LastLines, gives_at_most_so_many) {
    EXPECT_EQ(last_lines("a\nb\nc\n", 2), "b\nc");
    EXPECT_EQ(last_lines("a\nb\nc", 1), "c");
    EXPECT_EQ(last_lines("a\nb\n\n\n", 1), "b");
    EXPECT_EQ(last_lines("a\nb", 2), "a\nb");
    EXPECT_EQ(last_lines("a\nb", 5), "a\nb");
    EXPECT_EQ(last_lines("\nb", 1), "b");
    EXPECT_EQ(last_lines("\nb", 2), "\nb");
    EXPECT_EQ(last_lines("a\nb", 0), "");
    EXPECT_EQ(last_lines("", 3), "");
}

TEST(Nearest, suggests_only_what_is_close) {
    const std::vector<std::string> keys = {"duration", "levels", "timeout"};
    EXPECT_EQ(nearest("duratoin", keys), "duration");
    EXPECT_EQ(nearest("lveels", {"levels", "eels"}), "levels");  // letters that changed places are one change
    EXPECT_EQ(nearest("nmae", {"name"}), "name");
    EXPECT_EQ(nearest("level", keys), "levels");
    EXPECT_EQ(nearest("levels", keys), "levels");
    EXPECT_EQ(nearest("tmeot", keys), "");  // two changes in five letters are one too many
    EXPECT_EQ(nearest("timeot", keys), "timeout");
    EXPECT_EQ(nearest("blocks", keys), "");
    EXPECT_EQ(nearest("x", {}), "");
}

TEST(Nearest, prefers_the_closest_and_then_the_first) {
    EXPECT_EQ(nearest("levels", {"lovols", "level", "levelz"}), "level");
}

}  // namespace
}  // namespace joust
