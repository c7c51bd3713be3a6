#include "report/markdown_text.hpp"

#include <gtest/gtest.h>

#include "report/table.hpp"

namespace joust::report {
namespace {

struct Row {
    const char* text;
    const char* markdown;
};

TEST(MarkdownText, is_text_whatever_it_holds) {
    const Row rows[] = {
        {"<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"},
        {"<!-- x", "&lt;!-- x"},
        {"<?php", "&lt;?php"},
        {"<http://evil>", "&lt;http:&#47;/evil>"},
        {"&lt;b&#62;", "&amp;lt;b&amp;#62;"},
        {"![x](http://evil/x.png)", "!\\[x\\](http:&#47;/evil/x.png)"},
        {"[x](javascript:alert)", "\\[x\\](javascript:alert)"},
        {"see https://evil.example/ and WWW.evil.example",
         "see https:&#47;/evil.example/ and WWW&#46;evil.example"},
        {"ann@example.org @team", "ann&#64;example.org &#64;team"},
        {"*a* _b_ `c` ~~d~~", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~"},
        {"back\\slash\\", "back\\\\slash\\\\"},
        {"a\n\n# heading\n- item\n```", "a\\\\x0A\\\\x0A# heading\\\\x0A- item\\\\x0A\\`\\`\\`"},
        {"\x1b[2J\u202e", "\\\\x1B\\[2J\\\\xE2\\\\x80\\\\xAE"},
        // What has no meaning stays as it is.
        {"max_connections = 500, <0.01 %, a < b & c, CPU @ 2.60GHz, 1.5-2 (x) 50 % µs",
         "max_connections = 500, <0.01 %, a < b & c, CPU @ 2.60GHz, 1.5-2 (x) 50 % µs"},
        {"", ""},
    };
    for (const Row& row : rows)
        EXPECT_EQ(markdown_text(row.text), row.markdown) << row.text;
}

TEST(CodeSpan, has_one_line_and_one_end) {
    EXPECT_EQ(code_span("a ` b\n```<b>"), "`a   b\\x0A   <b>`");
    EXPECT_EQ(code_span(""), "``");
}

TEST(MarkdownText, stays_in_its_cell) {
    const Table table{{{"a", Align::left}, {"b", Align::left}},
                      {{markdown_text("x | y \\| z\n| q"), code_span("|")}}};
    EXPECT_EQ(table.markdown(), "| a | b |\n| :--- | :--- |\n| x \\| y \\\\\\| z\\\\x0A\\| q | `\\|` |\n");
}

}  // namespace
}  // namespace joust::report
