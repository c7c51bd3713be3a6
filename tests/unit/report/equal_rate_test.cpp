#include "report/equal_rate.hpp"

#include <gmock/gmock.h>

#include "base/text.hpp"
#include "support/rendered.hpp"

namespace joust::report {
namespace {

using model::NoEqualRate;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Rendered;
using testing::ReportCase;

std::string in_one_line(const std::string& text) {
    std::vector<std::string> words;
    for (const std::string_view line : split(text, '\n'))
        for (const std::string_view word : split(line, ' '))
            if (!word.empty()) words.emplace_back(word);
    return joined(words, " ");
}

TEST(equal_rate_section, says_why_there_is_no_such_trial) {
    const Rendered rendered(testing::clear_winner());
    RunReport run = rendered.report();
    ASSERT_EQ(run.comparison.no_equal_rate, NoEqualRate::not_asked);
    EXPECT_THAT(equal_rate_section(run),
                HasSubstr("CPU time per operation and tails at equal load were not measured: the benchmark "
                          "does not ask for it"));
}

// What was not asked for is no news to who started the run.
TEST(equal_rate_section, is_missed_in_the_summary_where_it_was_asked_for) {
    struct Row {
        NoEqualRate why;
        const char* said;
    };
    ReportCase run = testing::clear_winner();
    model::Comparison comparison = analysis::compare(run.benchmark, run.trials);
    const auto summary = [&] { return in_one_line(summary_text(run.benchmark, comparison)); };
    EXPECT_THAT(summary(), Not(HasSubstr("at equal load")));
    for (const auto& [why, said] :
         {Row{NoEqualRate::none_counts, "of one contender no trial counts"},
          {NoEqualRate::too_slow,
           "at half of what the slowest contender can do, a window has too few requests"},
          {NoEqualRate::budget, "the time budget was used up by the levels before"},
          {NoEqualRate::unfinished, "the run ended before it"}}) {
        comparison.no_equal_rate = why;
        EXPECT_THAT(summary(), HasSubstr(std::string("Note: CPU time per operation and tails at equal load "
                                                     "were not measured: ") +
                                         said));
    }
}

}  // namespace
}  // namespace joust::report
