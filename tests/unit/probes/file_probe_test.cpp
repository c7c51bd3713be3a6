#include "probes/file_probe.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include "../host/support.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const model::FileEffects k_five_files{5, 5, 5, 5};

enum class Folders { none, one_each };

/// A service of one user that does its work in a thread as long as it lives.
class Service {
public:
    Service(Path folder, int files, bool reads, Folders folders = Folders::none)
        : folder_(std::move(folder)), files_(files), reads_(reads) {
        worker_ = std::thread([this, folders] {
            while (!stopped_) {
                const Path place = folders == Folders::none ? folder_ : folder_ / "sub";
                if (folders == Folders::one_each) std::filesystem::create_directory(place);
                for (int i = 0; i < files_; ++i)
                    work_with(place / std::to_string(i));
                if (folders == Folders::one_each) std::filesystem::remove(place);
                ++answered_;
                std::this_thread::sleep_for(1ms);
            }
        });
    }
    ~Service() {
        stopped_ = true;
        worker_.join();
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    [[nodiscard]] WatchedLoad load() const {
        return {.succeeded = [this] { return answered_.load(); }, .requests_per_s = 500, .straddling = 1};
    }

private:
    void work_with(const Path& path) const {
        std::ofstream(path) << "text";
        if (reads_) {
            std::string text;
            std::ifstream(path) >> text;
        }
        std::filesystem::remove(path);
    }
    const Path folder_;
    const int files_;
    const bool reads_;
    std::atomic<std::uint64_t> answered_{0};
    std::atomic<bool> stopped_{false};
    std::thread worker_;
};

model::ObservedFiles observed(const Path& folder, int files, bool reads, Folders folders = Folders::none) {
    const Service service(folder, files, reads, folders);
    FileProbe probe(folder, k_five_files, service.load(), random_for(1, "files 0"));
    model::TrialResult trial;
    const TimePoint start = now() + 10ms;
    EXPECT_TRUE(probe.begin(start, start + 600ms));
    EXPECT_TRUE(probe.finish(trial));
    return trial.files.value_or(model::ObservedFiles{});
}

TEST(FileProbe, CountsWhatRequestsDoInItsSlices) {
    const test::TempDirectory folder;
    const model::ObservedFiles files = observed(folder.path(), 5, true);
    ASSERT_TRUE(files.evaluated()) << files.not_evaluated;
    EXPECT_GE(files.requests_least, 10U);
    const auto least = static_cast<std::int64_t>(files.requests_least) * 5;
    const auto most = static_cast<std::int64_t>(files.requests + files.slices) * 5;
    for (const model::FileDeed deed : model::k_file_deeds) {
        EXPECT_GE(model::count(files.seen, deed), least) << name(deed);
        EXPECT_LE(model::count(files.seen, deed), most) << name(deed);
    }
}

TEST(FileProbe, SeesThatFilesAreTooFewOrNotRead) {
    const test::TempDirectory folder;
    const model::ObservedFiles files = observed(folder.path(), 4, false);
    ASSERT_TRUE(files.evaluated()) << files.not_evaluated;
    EXPECT_LT(files.seen.created, static_cast<std::int64_t>(files.requests_least) * 5);
    EXPECT_EQ(files.seen.read, 0);
    EXPECT_GT(files.seen.written, 0);
}

TEST(FileProbe, SeesIntoAFolderOfEachRequestAndThatNoneIsInIt) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const test::TempDirectory folder;
    const model::ObservedFiles honest = observed(folder.path(), 5, true, Folders::one_each);
    ASSERT_TRUE(honest.evaluated()) << honest.not_evaluated;
    EXPECT_GE(honest.seen.read, static_cast<std::int64_t>(honest.requests_least) * 5);
    const model::ObservedFiles none = observed(folder.path(), 0, true, Folders::one_each);
    ASSERT_TRUE(none.evaluated()) << none.not_evaluated;
    EXPECT_EQ(none.seen, model::FileEffects{});
}

TEST(FileProbe, WaitsForRequestsOfAServiceThatStandsStill) {
    const test::TempDirectory folder;
    std::optional<Service> service(std::in_place, folder.path(), 5, true);
    const TimePoint start = now() + 10ms;
    const auto answered = [&, load = service->load()] {
        return now() < start + 840ms ? 0 : load.succeeded();  // its answers come late
    };
    FileProbe probe(folder.path(), k_five_files,
                    {.succeeded = answered, .requests_per_s = 10'000, .straddling = 1},
                    random_for(1, "files 0"));
    model::TrialResult trial;
    ASSERT_TRUE(probe.begin(start, start + 900ms));
    ASSERT_TRUE(probe.finish(trial));
    EXPECT_TRUE(trial.files->evaluated()) << trial.files->not_evaluated;
}

model::ObservedFiles without_service(const std::optional<Path>& folder) {
    FileProbe probe(folder, k_five_files, {.succeeded = [] { return 0; }}, random_for(1, "files 0"));
    model::TrialResult trial;
    EXPECT_TRUE(probe.begin(now(), now() + 50ms));
    EXPECT_TRUE(probe.finish(trial));
    return trial.files.value_or(model::ObservedFiles{});
}

TEST(FileProbe, SaysWhyFilesWereNotCounted) {
    const test::TempDirectory folder;
    EXPECT_THAT(without_service(std::nullopt).not_evaluated, HasSubstr("out of reach"));
    EXPECT_THAT(without_service(Path("/nonexistent/scratch")).not_evaluated, HasSubstr("cannot be opened"));
    EXPECT_THAT(without_service(folder.path()).not_evaluated, HasSubstr("too few requests"));
}

TEST(FileProbe, CountsNothingWhereNothingIsDeclared) {
    FileProbe probe(std::nullopt, {}, {.succeeded = [] { return 0; }}, random_for(1, "files 0"));
    model::TrialResult trial;
    ASSERT_TRUE(probe.begin(now(), now() + 1h));
    ASSERT_TRUE(probe.finish(trial));
    EXPECT_EQ(trial.files, model::ObservedFiles{});
}

TEST(FileProbe, EndsBeforeItsWindowWhereNobodyAsks) {
    const test::TempDirectory folder;
    FileProbe probe(folder.path(), k_five_files, {.succeeded = [] { return 0; }}, random_for(1, "files 0"));
    ASSERT_TRUE(probe.begin(now() + 1h, now() + 2h));
}

}  // namespace
}  // namespace joust::probes
