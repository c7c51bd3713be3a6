#include "terminal/load_view.hpp"
#include "terminal/painter.hpp"

#include <gmock/gmock.h>

#include "base/text.hpp"
#include "base/text_width.hpp"
#include "report/table.hpp"

namespace joust::terminal {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

LoadView busy_view() {
    LoadView view{.title = "http://127.0.0.1:8080/ · 50 connections",
                  .phase = "measuring",
                  .share = 0.3,
                  .done = "3 of 10 s",
                  .rates = {100, 200, 300},
                  .in_flight = 50,
                  .connections = 50};
    view.recent.window = 1s;
    view.recent.completed_in_window = 1234;
    for (std::int64_t time = 100'000; time < 90'000'000; time += 100'000) {
        view.recent.response_time.record(time);
        view.response_time.record(time);
    }
    return view;
}

std::string text_of(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + '\n';
    return text;
}

TEST(LoadView, ShowsRatePercentilesErrorsAndAHistogram) {
    LoadView view = busy_view();
    view.errors[model::RequestErrorKind::timeout] = 3;
    const std::string text = text_of(load_view(view, {}));
    for (const char* word :
         {"http://127.0.0.1:8080/", "3 of 10 s", "1234/s", "p99.9", "3 timeout", "50 on 50 connections", "█"})
        EXPECT_THAT(text, HasSubstr(word));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(LoadView, LeavesTheLastLineOfEveryTerminalFree) {
    const LoadView view = busy_view();
    for (const int rows : {1, 4, 8, 9, 12, 24, 50})
        for (const int columns : {10, 43, 44, 80, 200}) {
            const auto lines = load_view(view, {.columns = columns, .rows = rows});
            EXPECT_LE(lines.size(), static_cast<std::size_t>(std::max(1, rows - 1)))
                << rows << "x" << columns;
            for (const std::string& line : lines)
                EXPECT_LT(display_width(line), static_cast<std::size_t>(columns)) << line;
        }
}

TEST(LoadView, CountsTheColumnsOfWhatTheUserTyped) {
    LoadView view = busy_view();
    for (const char* part : {"日本語", "🚀", "e\xcc\x81", "\xff", "\x1b[2J", "\xc2\x9b", "\t"}) {
        view.title = "http://h/";
        for (int times = 0; times < 60; ++times)
            view.title += part;
        for (const int rows : {4, 24})
            for (const bool ascii : {false, true})
                for (const std::string& line :
                     load_view(view, {.columns = 61, .rows = rows, .ascii = ascii})) {
                    EXPECT_LE(display_width(line), 60U) << line;
                    EXPECT_TRUE(is_utf8(line)) << line;
                    EXPECT_EQ(line.find_first_of("\x1b\t"), std::string::npos) << line;
                    EXPECT_EQ(line.find("\xc2\x9b"), std::string::npos) << line;
                }
    }
}

TEST(Painter, CountsWideCharactersTwice) {
    Painter painter;
    painter.paint({"日本語日本語", "end"}, 80);
    EXPECT_EQ(painter.erase(6), "\r\x1b[2A\x1b[J");  // 2 + 1 rows
    painter.paint({"日本語日本語", "end"}, 80);
    EXPECT_EQ(painter.erase(5), "\r\x1b[3A\x1b[J");  // the fifth column has no room for a wide one
}

TEST(LoadView, IsOneLineInASmallTerminal) {
    const auto lines = load_view(busy_view(), {.columns = 60, .rows = 5});
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines[0], HasSubstr("1234/s"));
}

TEST(LoadView, ColoursErrorsRedOnlyWhereThereAreSome) {
    LoadView view = busy_view();
    EXPECT_THAT(text_of(load_view(view, {.colours = true})), Not(HasSubstr("\x1b[31m")));
    view.errors[model::RequestErrorKind::reset] = 1;
    EXPECT_THAT(text_of(load_view(view, {.colours = true})), HasSubstr("\x1b[31merrors     1 reset"));
}

TEST(LoadView, IsAsciiWhereTheLocaleIsNotUtf8) {
    const std::string text = text_of(load_view(busy_view(), {.ascii = true}));
    for (const char c : text)
        ASSERT_LT(static_cast<unsigned char>(c), 0x80U) << text;
}

TEST(Painter, GoesBackOverWhatItPaintedLast) {
    Painter painter;
    EXPECT_EQ(painter.paint({"one", "two", "three"}, 80), "one\ntwo\nthree");
    EXPECT_EQ(painter.paint({"four"}, 80), "\r\x1b[2A\x1b[Jfour");
    EXPECT_EQ(painter.erase(80), "\r\x1b[J");
    EXPECT_EQ(painter.erase(80), "");
}

TEST(Painter, CountsTheRowsIntoWhichANarrowerTerminalFoldsLines) {
    Painter painter;
    painter.paint({std::string(30, 'x'), "", std::string(10, 'y')}, 80);
    EXPECT_EQ(painter.erase(12), "\r\x1b[4A\x1b[J");  // 3 + 1 + 1 rows, the cursor on the last one
}

TEST(Painter, DoesNotCountColours) {
    Painter painter;
    painter.paint({"\x1b[1mabc\x1b[0m", "\x1b[36mdef\x1b[0m"}, 80);
    EXPECT_EQ(painter.erase(4), "\r\x1b[1A\x1b[J");
}

}  // namespace
}  // namespace joust::terminal
