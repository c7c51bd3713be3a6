#include "experiment/files_by_answer.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "../host/support.hpp"

// Real files of a real process of its own, as those of this one open without delay.
namespace joust::experiment {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr int k_requests = 6;
constexpr int k_opens = 10;

void work_with(const char* path) {
    std::array<char, 100> text{};
    const int made = ::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    static_cast<void>(!::write(made, text.data(), text.size()));
    ::close(made);
    const int again = ::open(path, O_RDONLY | O_CLOEXEC);
    static_cast<void>(!::read(again, text.data(), text.size()));
    ::close(again);
    ::unlink(path);
}

enum class Answers { after_its_work, before_its_work };

/// A service whose requests are declared to have five files, and have `files`.
class Service {
public:
    Service(Answers answers, int files) : answers_(answers), files_(files) {}
    Result<model::FilesByAnswer> look() {
        return files_by_answer({.folder = folder_.path(),
                                .count = k_requests,
                                .declared = [](int) { return model::FileEffects{5, 5, 5, 5}; },
                                .ask = [this](int) { return answer(); }});
    }

private:
    Status answer() {
        const std::string path = (folder_.path() / "file").string();
        const pid_t worker = ::fork();
        if (worker == 0) {
            for (int i = 0; i < files_; ++i)
                work_with(path.c_str());
            ::_exit(0);
        }
        if (answers_ == Answers::after_its_work) ::waitpid(worker, nullptr, 0);
        return {};
    }
    const test::TempDirectory folder_;
    Answers answers_;
    int files_;
};

TEST(FilesByAnswer, AreInTimeWhereAnAnswerWaitsForThem) {
    const TimePoint begun = now();
    const auto found = test::must(Service(Answers::after_its_work, 5).look());
    EXPECT_EQ(found.requests, 6U);
    EXPECT_EQ(found.in_time, 6U);
    EXPECT_EQ(found.late, 0U);
    EXPECT_EQ(found.held_up, ::geteuid() == 0);
    EXPECT_GE(now() - begun, (found.held_up ? k_requests * k_opens : 0) * 5ms);
}

TEST(FilesByAnswer, AreLateWhereTheyComeAfterIt) {
    const auto found = test::must(Service(Answers::before_its_work, 5).look());
    EXPECT_EQ(found.requests, 6U);
    EXPECT_EQ(found.in_time, 0U);
    EXPECT_EQ(found.late, 6U);
}

TEST(FilesByAnswer, AreNeitherWhereTheyAreTooFew) {
    const auto found = test::must(Service(Answers::after_its_work, 4).look());
    EXPECT_EQ(found.in_time, 0U);
    EXPECT_EQ(found.late, 0U);
}

TEST(FilesByAnswer, OfAFolderThatIsOutOfReachSaySo) {
    const auto found = files_by_answer({});
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("out of reach"));
}

}  // namespace
}  // namespace joust::experiment
