#include "deploy/instance.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "deploy/http_call.hpp"
#include "support/faulty_contender.hpp"

namespace joust::deploy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
using test::FaultyService;

Result<HttpAnswer> post(const Instance& instance, const std::string& path) {
    return http_call({.port = instance.port(),
                      .method = "POST",
                      .path = path,
                      .content_type = "application/json",
                      .body = R"({"request_id": "1"})"},
                     now() + 30s);
}

TEST(Instance, GetsHealthyAsTheUnprivilegedUserWithAScratchFolderOfItsOwn) {
    FaultyService service("");
    Instance instance = service.start();
    const auto healthy = instance.wait_until_healthy(30s, {});
    ASSERT_TRUE(healthy) << healthy.error().message;
    EXPECT_GT(*healthy, 0ns);
    EXPECT_LT(*healthy, 30s);
    EXPECT_TRUE(instance.running());
    EXPECT_EQ(instance.description(), "runs");
    const std::vector<pid_t> pids = instance.pids();
    ASSERT_EQ(pids.size(), 1U);
    struct stat status{};
    ASSERT_EQ(::stat(fmt::format("/proc/{}", pids[0]).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, service.rig().user().uid);
    ASSERT_EQ(::stat(instance.scratch().here()->c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, service.rig().user().uid);
    EXPECT_EQ(status.st_mode & 0777, 0700U);

    const StopRecord record = instance.stop(5s);
    EXPECT_FALSE(record.died);
    EXPECT_EQ(record.files_left, 0U);
    EXPECT_FALSE(instance.running());
}

TEST(Instance, HasAnEnvironmentOfItsOwnOverTheManifests) {
    FaultyService service("");
    service.environment = {{"FAULT", "exits at start"}};
    const auto healthy = service.start().wait_until_healthy(30s, {});
    ASSERT_FALSE(healthy);
    EXPECT_THAT(healthy.error().message, HasSubstr("before it was healthy"));
}

TEST(Instance, LeavesNeitherProcessNorFolderBehind) {
    FaultyService service("");
    pid_t pid = 0;
    Path scratch;
    {
        const Instance instance = service.start_healthy();
        pid = instance.pids().at(0);
        scratch = instance.scratch().here().value();
        ASSERT_TRUE(std::filesystem::exists(scratch));
    }
    EXPECT_NE(::kill(pid, 0), 0);
    EXPECT_FALSE(std::filesystem::exists(scratch));
}

TEST(Instance, CountsTheFilesThatItLeaves) {
    FaultyService service("");
    Instance instance = service.start_healthy();
    ASSERT_TRUE(post(instance, "/work"));
    EXPECT_EQ(instance.stop(5s).files_left, 1U);
}

TEST(Instance, ThatExitsAtStartIsShownWithItsLastLines) {
    FaultyService service("exits at start");
    const Instance instance = service.start();
    const auto healthy = instance.wait_until_healthy(30s, {});
    ASSERT_FALSE(healthy);
    EXPECT_EQ(healthy.error().kind, ErrorKind::service);
    EXPECT_THAT(healthy.error().message, HasSubstr("faulty exited with code 3 before it was healthy"));
    EXPECT_THAT(healthy.error().message, HasSubstr("no module named nonsense"));
}

TEST(Instance, ShowsNoLinesOfAnEarlierOneInTheSameLog) {
    FaultyService service("exits at start");
    std::ofstream(service.log()) << "an earlier instance\n";
    const Instance instance = service.start();
    const auto healthy = instance.wait_until_healthy(30s, {});
    ASSERT_FALSE(healthy);
    EXPECT_THAT(healthy.error().message, Not(HasSubstr("an earlier instance")));
    EXPECT_THAT(test::text_of(service.log()), HasSubstr("an earlier instance\nstarting\n"));
}

TEST(Instance, ThatNeverGetsHealthyIsShownWithItsLastAnswer) {
    FaultyService service("never healthy");
    const TimePoint begin = now();
    const Instance instance = service.start();
    ASSERT_TRUE(test::eventually(
        [&] { return http_call({.port = instance.port(), .path = "/health"}, now() + 5s).has_value(); },
        60s));
    const auto healthy = instance.wait_until_healthy(now() - begin + 300ms, {});
    ASSERT_FALSE(healthy);
    EXPECT_EQ(healthy.error().kind, ErrorKind::service);
    EXPECT_THAT(healthy.error().message, HasSubstr("faulty never got healthy within"));
    EXPECT_THAT(healthy.error().message,
                HasSubstr("GET /health answered 503: {\"detail\": \"the database is away\"}"));
}

TEST(Instance, ThatNeverListensIsShownAsSuch) {
    FaultyService service("never listens");
    const Instance instance = service.start();
    const auto healthy = instance.wait_until_healthy(1s, {});
    ASSERT_FALSE(healthy);
    EXPECT_THAT(healthy.error().message, HasSubstr("GET /health: cannot connect: Connection refused"));
}

TEST(Instance, WaitingForHealthCanBeInterrupted) {
    FaultyService service("never listens");
    const Instance instance = service.start();
    const TimePoint begin = now();
    int asked = 0;
    const auto healthy = instance.wait_until_healthy(60s, [&] { return ++asked == 3; });
    ASSERT_FALSE(healthy);
    EXPECT_EQ(healthy.error().kind, ErrorKind::interrupted);
    EXPECT_LT(now() - begin, 30s);
}

TEST(Instance, ThatDiesLaterIsTold) {
    FaultyService service("");
    Instance instance = service.start_healthy();
    EXPECT_FALSE(post(instance, "/die"));
    ASSERT_TRUE(test::eventually([&] { return !instance.running(); }, 20s));
    EXPECT_EQ(instance.description(), "exited with code 7");
    const StopRecord record = instance.stop(1s);
    EXPECT_TRUE(record.died);
    EXPECT_EQ(record.description, "exited with code 7");
}

TEST(Instance, ThatIgnoresSigtermIsKilledAfterTheGrace) {
    FaultyService service("ignores SIGTERM");
    Instance instance = service.start_healthy();
    const TimePoint begin = now();
    const StopRecord record = instance.stop(300ms);
    EXPECT_GE(now() - begin, 300ms);
    EXPECT_FALSE(record.died);
    EXPECT_THAT(record.description, HasSubstr("killed by signal 9"));
    EXPECT_TRUE(instance.pids().empty());
}

TEST(Instance, IsKilledAtItsMemoryLimit) {
    test::cgroups_with_limits();
    FaultyService service("eats memory");
    service.limits = model::Limits{.cpus = 1.0, .memory = Bytes{64ULL << 20}};
    Instance instance = service.start();
    EXPECT_EQ(test::must(instance.limits_in_force()).memory, Bytes{64ULL << 20});
    ASSERT_TRUE(test::eventually([&] { return !instance.running(); }, 60s));
    EXPECT_GE(instance.oom_kills(), 1U);
    EXPECT_THAT(instance.description(), HasSubstr("out of memory in its limit of 64MiB"));
}

/// Listens on a port of its own as another program would.
class Squatter {
public:
    Squatter() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
            ::listen(socket_.get(), 8) != 0 ||
            ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
            std::abort();
        port_ = ntohs(address.sin_port);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    Fd socket_;
    std::uint16_t port_ = 0;
};

TEST(Instance, WhoseFixedPortIsTakenIsToldByWhom) {
    const Squatter squatter;
    FaultyService service("");
    service.port = squatter.port();
    const auto instance = service.try_start();
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.error().kind, ErrorKind::service);
    EXPECT_THAT(instance.error().message,
                HasSubstr(fmt::format("port {} for faulty is taken by", squatter.port())));
    EXPECT_THAT(instance.error().message, HasSubstr(fmt::format("(process {})", ::getpid())));
}

TEST(Instance, ThatAnotherProgramAnswersForIsNotHealthy) {
    FaultyService service("never listens");
    const Instance instance = service.start();
    const model::Contender other = test::faulty_contender("");
    service.port = instance.port();
    const Instance answers = test::must(service.try_start(other, "other"));
    ASSERT_TRUE(answers.wait_until_healthy(30s, {}));
    const auto healthy = instance.wait_until_healthy(60s, {});
    ASSERT_FALSE(healthy);
    EXPECT_EQ(healthy.error().kind, ErrorKind::service);
    EXPECT_THAT(healthy.error().message,
                HasSubstr(fmt::format("port {} of faulty was taken by python3 (process {})", instance.port(),
                                      answers.pids().at(0))));
}

}  // namespace
}  // namespace joust::deploy
