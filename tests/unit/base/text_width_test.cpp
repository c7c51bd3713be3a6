#include "base/text_width.hpp"

#include <gtest/gtest.h>

namespace joust {
namespace {

struct Width {
    const char* text;
    std::size_t columns;
    const char* reason;
};

TEST(DisplayWidth, CountsColumnsAndNotCharacters) {
    const std::vector<Width> all{
        {"", 0, "nothing"},
        {"abc", 3, "a letter is one column"},
        {"é", 1, "so is a precomposed one"},
        {"e\xcc\x81", 1, "a combining accent takes none of its own"},
        {"日本語", 6, "a CJK character takes two"},
        {"ｱ", 1, "a half-width one does not"},
        {"Ａ", 2, "a full-width letter does"},
        {"한", 2, "a syllable of Hangul"},
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2, "the same syllable in three letters"},
        {"🚀", 2, "an emoji"},
        {"❤️", 2, "a sign that the selector makes an emoji"},
        {"🇩🇪", 4, "a flag, where it is not joined"},
        {"👩‍💻", 4, "a joined emoji, where it is not joined"},
        {"a\u200b\u200db", 2, "a blank of no width and a joiner"},
        {"█░·µ≥…", 6, "what Joust itself draws"},
        {"\xff\xc3(", 3, "a byte that is no UTF-8 shows as one sign"},
        {"a\x1b\x07", 1, "a control character takes none"},
        {"\xf0\xa0\x80\x80", 2, "the planes of rare ideographs"},
    };
    for (const Width& width : all)
        EXPECT_EQ(display_width(width.text), width.columns) << width.reason << ": " << width.text;
}

TEST(CutToWidth, NeverCutsWithinACharacter) {
    EXPECT_EQ(cut_to_width("日本語", 4), "日本");
    EXPECT_EQ(cut_to_width("日本語", 5), "日本");
    EXPECT_EQ(cut_to_width("日本語", 1), "");
    EXPECT_EQ(cut_to_width("abc", 3), "abc");
    EXPECT_EQ(cut_to_width("e\xcc\x81x", 1), "e\xcc\x81");
    EXPECT_EQ(cut_to_width("a\xff\xff", 2), "a\xff");
}

}  // namespace
}  // namespace joust
