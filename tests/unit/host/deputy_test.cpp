#include "host/deputy.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;
using ::testing::HasSubstr;

constexpr int k_parts = 3000;  // of 32 KiB each: more than a result may have

Result<std::string> work(std::string_view request, const Tell& tell) {
    if (request == "parts")
        for (int part = 0; part < k_parts; ++part)
            tell(std::string(k_longest_part, static_cast<char>('a' + part % 26)));
    if (request == "parts") return "done";
    if (request == "too long a part") tell(std::string(k_longest_part + 1, 'x'));
    if (request == "who") return fmt::format("{} {}", ::getuid(), ::getgid());
    if (request == "fail") return fail(ErrorKind::database, "no such table");
    if (request == "long") return std::string(Deputy::k_longest + 1, 'x');
    if (request == "die") ::raise(SIGKILL);
    for (;;)
        ::pause();
}

User another_user() {
    return {.name = "somebody", .uid = 54321, .gid = 54321, .groups = {54321}};
}

TEST(Deputy, HasWorkDoneAsTheUserItIsAskedFor) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const Deputy deputy = must(Deputy::start(work));
    EXPECT_EQ(must(deputy.ask(another_user(), 10s, "who")), "54321 54321");
    EXPECT_EQ(must(deputy.ask(current_user(), 10s, "who")), fmt::format("0 {}", ::getgid()));
}

TEST(Deputy, TellsErrorsAndGoesOnAfterThem) {
    const Deputy deputy = must(Deputy::start(work));
    const auto failed = deputy.ask(current_user(), 10s, "fail");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error(), (Error{ErrorKind::database, "no such table"}));
    EXPECT_FALSE(deputy.ask(current_user(), 10s, "long"));
    EXPECT_FALSE(deputy.ask(current_user(), 10s, "die"));
    const auto late = deputy.ask(current_user(), 50ms, "wait");
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::timed_out);
    EXPECT_TRUE(deputy.ask(current_user(), 10s, "who"));
}

TEST(Deputy, HandsOnPartsInOrderHoweverMuchTheyAreTogether) {
    const Deputy deputy = must(Deputy::start(work));
    std::string firsts;
    std::size_t bytes = 0;
    const auto told = deputy.ask(current_user(), 60s, "parts", [&](std::string_view part) {
        firsts += part.front();
        bytes += part.size();
    });
    EXPECT_EQ(must(told), "done");
    EXPECT_EQ(bytes, k_parts * k_longest_part);
    EXPECT_EQ(firsts.substr(0, 30), "abcdefghijklmnopqrstuvwxyzabcd");
    EXPECT_FALSE(deputy.ask(current_user(), 10s, "too long a part"));
    EXPECT_EQ(must(deputy.ask(current_user(), 60s, "parts")), "done") << "parts that nobody takes";
}

TEST(Deputy, ThatIsGoneIsAnErrorAndNoneOutlivesItsOwner) {
    std::optional<Deputy> deputy(must(Deputy::start(work)));
    const pid_t pid = deputy->identity().pid;
    ::kill(pid, SIGTERM);
    EXPECT_TRUE(deputy->ask(current_user(), 10s, "who")) << "signals of the terminal are not for it";
    ::kill(pid, SIGKILL);
    const auto gone = deputy->ask(current_user(), 10s, "who");
    ASSERT_FALSE(gone);
    EXPECT_THAT(gone.error().message, HasSubstr("is gone"));
    deputy.reset();
    EXPECT_NE(::kill(pid, 0), 0);
}

}  // namespace
}  // namespace joust::host
