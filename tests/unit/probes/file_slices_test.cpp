#include "probes/file_slices.hpp"

#include <gmock/gmock.h>

#include "rules/files.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const model::FileEffects k_five{5, 5, 5, 5};

FileLoad load_of(std::uint64_t users, double requests_per_s, Nanoseconds window = 8s) {
    return {.window = window, .requests_per_s = requests_per_s, .straddling = users, .files_per_request = 5};
}

std::vector<FileSlice> planned(const FileLoad& load, std::uint64_t seed = 1) {
    Random random = random_for(seed, "files 0");
    return plan_slices(load, random);
}

Nanoseconds total(const std::vector<FileSlice>& slices) {
    Nanoseconds sum{0};
    for (const FileSlice& slice : slices)
        sum += slice.length;
    return sum;
}

TEST(FileSlices, LieWithinTheWindowInOrderAndApart) {
    for (const double rate : {0.0, 1.0, 40.0, 250.0, 2000.0, 50'000.0})
        for (const std::uint64_t users : {1, 8, 50, 500})
            for (const Nanoseconds window : {Nanoseconds{1500ms}, Nanoseconds{8s}, Nanoseconds{30s}})
                for (std::uint64_t seed = 0; seed < 20; ++seed) {
                    const auto slices = planned(load_of(users, rate, window), seed);
                    ASSERT_GE(slices.size(), 1U);
                    Nanoseconds last{0};
                    for (const FileSlice& slice : slices) {
                        EXPECT_GE(slice.start, last);
                        EXPECT_GT(slice.length, 0ns);
                        last = slice.start + slice.length;
                        EXPECT_LE(last, slice.latest);
                        last = slice.latest;
                    }
                    EXPECT_LE(last, window - 20ms) << rate << " " << users;
                }
}

TEST(FileSlices, LieElsewhereWithAnotherSeed) {
    EXPECT_EQ(planned(load_of(8, 300), 1), planned(load_of(8, 300), 1));
    EXPECT_NE(planned(load_of(8, 300), 1), planned(load_of(8, 300), 2));
}

TEST(FileSlices, AreLongEnoughForTheirEdgesAndShortEnoughForTheCost) {
    const auto few = planned(load_of(8, 200));
    EXPECT_EQ(few.size(), 4U);
    EXPECT_EQ(few.front().length, 400ms) << "80 requests, ten for each user";
    EXPECT_EQ(planned(load_of(50, 200)).size(), 2U);
    EXPECT_EQ(planned(load_of(200, 200)).size(), 1U);
    // Half of a hundredth of a CPU: a request's 25 events cost 50 µs.
    EXPECT_LE(seconds(total(planned(load_of(500, 200)))) * 200 * 50e-6, 0.01 * 8);
    EXPECT_LE(seconds(total(planned(load_of(50, 20'000)))) * 20'000 * 50e-6, 0.01 * 8);
}

TEST(FileSlices, OfAServiceThatIsTooSlowAreTheWholeWindow) {
    const auto slices = planned(load_of(50, 2));
    ASSERT_EQ(slices.size(), 1U);
    EXPECT_EQ(slices.front(), (FileSlice{0ns, 8s - 20ms, 500, 8s - 20ms}));
}

TEST(FileSlices, OfAWindowThatIsTooShortAreNone) {
    EXPECT_TRUE(planned(load_of(8, 200, 30ms)).empty());
}

WatchedSlice watched(std::uint64_t requests, std::uint64_t files) {
    return {{files, files, files, 0, files}, requests, 1s};
}

struct Case {
    const char* what;
    std::vector<WatchedSlice> slices;
    std::uint64_t users;
    bool right;
    bool evaluated = true;
};
class OneCase : public ::testing::TestWithParam<Case> {};

TEST_P(OneCase, IsJudgedByTheRequestsThatLayInTheSlicesAsAWhole) {
    const model::ObservedFiles files = observed_files(k_five, GetParam().slices, GetParam().users);
    EXPECT_EQ(files.evaluated(), GetParam().evaluated) << files.not_evaluated;
    EXPECT_EQ(rules::files_missed(files).empty(), GetParam().right) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    All, OneCase,
    ::testing::Values(
        Case{"just the contract", {watched(100, 500)}, 10, true},
        Case{"all that was under way had its files made before the slice", {watched(100, 450)}, 10, true},
        Case{"… and one file more", {watched(100, 449)}, 10, false},
        Case{"all that is under way has its files made within the slice", {watched(100, 550)}, 10, true},
        Case{"four of five, when a slice begins and ends alike", {watched(100, 400)}, 10, false},
        Case{"four of five, helped by all that is under way at the end", {watched(100, 440)}, 10, false},
        Case{"no files", {watched(30, 0)}, 10, false},
        Case{"each slice has edges of its own", {watched(100, 450), watched(100, 450)}, 10, true},
        Case{"what one has too few the other cannot have too many of",
             {watched(100, 400), watched(100, 500)},
             10,
             true},
        Case{"a batch that is still at work: no answer in one slice, all in the other",
             {watched(0, 50), watched(10, 0)},
             10,
             true,
             false},
        Case{"more users than answers", {watched(100, 0)}, 500, true, false},
        Case{"hardly more answers than users", {watched(109, 0)}, 100, true, false},
        Case{"one user", {watched(20, 95)}, 1, true},
        Case{"one user, one file too few", {watched(20, 94)}, 1, false},
        Case{"extra files are no fault", {watched(100, 5000)}, 10, true},
        Case{"no slice", {}, 10, true, false}),
    [](const auto& test) { return std::to_string(test.index); });

TEST(ObservedFiles, SayWhyTheyProveNothing) {
    const std::vector<WatchedSlice> slices{watched(100, 0)};
    EXPECT_THAT(observed_files(k_five, slices, 95).not_evaluated,
                HasSubstr("too few requests were answered in the slices: 100, of which 95 may have done"));
}

TEST(FilesPerRequest, AreThoseOfAllOperationsOrNone) {
    model::Workload workload;
    workload.operations.resize(2);
    EXPECT_EQ(files_per_request(workload), model::FileEffects{});
    workload.operations[0].effects.files = k_five;
    EXPECT_EQ(files_per_request(workload), std::nullopt);
    workload.operations[1].effects.files = k_five;
    EXPECT_EQ(files_per_request(workload), k_five);
}

}  // namespace
}  // namespace joust::probes
