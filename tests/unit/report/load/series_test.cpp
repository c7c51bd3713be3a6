#include <gtest/gtest.h>

#include "report/load/report.hpp"

namespace joust::report {
namespace {

using namespace std::chrono_literals;

TEST(LoadCsv, HasNoTimesWhereNothingSucceeded) {
    model::LoadRun run;
    run.samples.seconds = {{0, 2, 1, 10, 20, 30}, {1, 0, 0, 0, 0, 0}, {2, 0, 7, 0, 0, 0}};
    EXPECT_EQ(load_csv(run),
              "second,succeeded,failed,response_time_p50_ns,response_time_p99_ns,response_time_max_ns\n"
              "0,2,1,10,20,30\n"
              "1,0,0,,,\n"
              "2,0,7,,,\n");
}

TEST(LoadCsv, OfSeveralTargetsHasNoTimesOfASliceWithoutOne) {
    model::LoadComparison comparison;
    comparison.runs.resize(1);
    comparison.runs.front().url = "http://h/";
    comparison.slices.resize(1);
    comparison.slices.front().samples.window = 1s;
    const std::string text = load_csv(comparison);
    EXPECT_EQ(text.substr(text.find('\n') + 1), "http://h/,0,0,1,0,0,0,,,\n");
}

}  // namespace
}  // namespace joust::report
