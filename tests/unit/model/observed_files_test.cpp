#include "model/observed_files.hpp"

#include <gtest/gtest.h>

namespace joust::model {
namespace {

ObservedFiles observed(std::uint64_t requests, std::int64_t files) {
    return {.contract = {5, 5, 5, 5},
            .slices = 1,
            .watched = Nanoseconds{7},
            .requests = requests,
            .requests_least = requests - 1,
            .seen = {files, files, files - 1, files},
            .opened = 1};
}

TEST(ObservedFiles, AddUpInAnyOrder) {
    ObservedFiles one = observed(10, 50);
    add(one, observed(20, 90));
    ObservedFiles other = observed(20, 90);
    add(other, observed(10, 50));
    EXPECT_EQ(one, other);
    const ObservedFiles expected{.contract = {5, 5, 5, 5},
                                 .slices = 2,
                                 .watched = Nanoseconds{14},
                                 .requests = 30,
                                 .requests_least = 28,
                                 .seen = {140, 140, 138, 140},
                                 .opened = 2};
    EXPECT_EQ(one, expected);
}

}  // namespace
}  // namespace joust::model
