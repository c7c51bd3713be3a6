#include "files/toml_bounds.hpp"

#include <gtest/gtest.h>

#include "files/benchmark_toml.hpp"

namespace joust::files {

using namespace model;
namespace {

std::string repeated(std::string_view part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i)
        text += part;
    return text;
}

struct Row {
    std::string why;
    std::string text;
    bool excess;
};

TEST(TomlExcess, tells_deep_files_from_those_of_people) {
    const Row rows[] = {
        {"a key of 100 000 parts", "a" + repeated(".a", 100'000) + " = 1", true},
        {"the same, quoted", "\"a\"" + repeated(".\"a\"", 100'000) + " = 1", true},
        {"the same with blanks", "a" + repeated(" . a", 100'000) + " = 1", true},
        {"the same as a table's head", "[a" + repeated(".a", 100'000) + "]", true},
        {"the same in a value", "x = { a" + repeated(".a", 100'000) + " = 1 }", true},
        {"lists in lists", "a = " + repeated("[", 100'000), true},
        {"tables in tables", "a = " + repeated("{a=", 100'000), true},
        {"after a string with a quote", "s = \"\\\"\"\na = " + repeated("[", 100'000), true},
        {"after a string of several lines", "s = '''\n'\n'''\na = " + repeated("[", 100'000), true},
        {"too long", std::string(k_most_toml_bytes + 1, ' '), true},
        {"a letter beyond ASCII in a bare key", "w\u045e\u045e\u0458 = 1", true},
        {"letters beyond ASCII elsewhere", "\uFEFF# \u045e\n\"\u045e\" = '\u045e'\nb = \"\"\"\u045e\"\"\"",
         false},
        {"many short lines", repeated("[a.b]\nc.d = [[1.5, 2.5], { e = 1 }]\n", 1000), false},
        {"many numbers", "a = [" + repeated("1.5, ", 1000) + "]", false},
        {"dots and brackets of strings",
         "a = \"" + repeated(".[{", 1000) + "\"\nb = '" + repeated("[.", 1000) + "'", false},
        {"dots and brackets of several lines", "a = \"\"\"\n" + repeated(".[{\"\n", 1000) + "\"\"\"", false},
        {"dots and brackets of comments", "# " + repeated(".[", 1000) + "\na = 1", false},
        {"a string without an end", "a = \"", false},
        {"an escape at the end", "a = \"\\", false},
    };
    for (const Row& row : rows)
        EXPECT_EQ(toml_excess(row.text).has_value(), row.excess) << row.why;
}

TEST(TomlExcess, has_a_place) {
    const auto excess = toml_excess("a = 1\n b = " + repeated("[", 65));
    ASSERT_TRUE(excess);
    EXPECT_EQ(excess->line, 2U);
    EXPECT_EQ(excess->column, 6U + 64U);
}

TEST(DeepBenchmarks, are_mistakes_with_a_place_and_no_crash) {
    for (const std::string& text :
         {"a" + repeated(".a", 100'000) + " = 1", "a = " + repeated("[", 100'000)}) {
        Diagnostics diagnostics;
        EXPECT_FALSE(parse_benchmark(text, "b.toml", diagnostics));
        EXPECT_EQ(diagnostics.error().message.substr(0, 9), "b.toml:1:");
    }
}

TEST(HostileBenchmarks, are_read_in_bounded_time_with_a_bounded_message) {
    std::string unknown;
    std::string profiles = "name = \"a\"\n";
    for (int i = 0; i < 100'000; ++i) {
        unknown += fmt::format("key{} = 1\n", i);
        profiles += fmt::format("[profiles.p{}]\n", i);
    }
    for (const std::string& text : {unknown, profiles, "[" + std::string(1'000'000, 'a') + "]\n"}) {
        Diagnostics diagnostics;
        EXPECT_FALSE(parse_benchmark(text, "b.toml", diagnostics));
        EXPECT_LE(diagnostics.all().size(), 100U);
    }
    Diagnostics diagnostics;
    parse_benchmark(unknown, "b.toml", diagnostics);
    EXPECT_NE(diagnostics.error().message.find("\nand 999"), std::string::npos);
}

}  // namespace
}  // namespace joust::files
