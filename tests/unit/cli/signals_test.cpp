#include "cli/signals.hpp"

#include <gtest/gtest.h>
#include <pty.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "cli/exit_code.hpp"

namespace joust::cli {
namespace {

using ::testing::ExitedWithCode;

// As where nobody ignores it; these tests may be run under nohup themselves.
void caught_with_hang_ups() {
    ::signal(SIGHUP, SIG_DFL);
    catch_interruptions();
}

// Each in a process of its own: what was caught is never forgotten.
TEST(Signals, AHangUpAsksToStopHoweverOftenItComes) {
    EXPECT_EXIT(
        {
            caught_with_hang_ups();
            ::raise(SIGHUP);  // from the shell
            ::raise(SIGHUP);  // and from the kernel, to the foreground of the terminal
            ::_exit(interruption());
        },
        ExitedWithCode(SIGHUP), "");
}

TEST(Signals, ASecondInterruptEndsAtOnce) {
    EXPECT_EXIT(
        {
            catch_interruptions();
            ::raise(SIGINT);
            ::usleep(1'100'000);
            ::raise(SIGINT);
            ::_exit(0);
        },
        ExitedWithCode(128 + SIGINT), "");
}

TEST(Signals, TwoWithinASecondAreOneWish) {
    EXPECT_EXIT(
        {
            catch_interruptions();
            ::raise(SIGTERM);
            ::raise(SIGTERM);
            ::raise(SIGINT);
            ::_exit(interruption() == SIGTERM ? 0 : 1);
        },
        ExitedWithCode(0), "");
}

TEST(Signals, UnderNohupAHangUpIsNoReasonToStop) {
    EXPECT_EXIT(
        {
            ::signal(SIGHUP, SIG_IGN);
            catch_interruptions();
            ::raise(SIGHUP);
            ::_exit(interruption());
        },
        ExitedWithCode(0), "");
}

TEST(Signals, WhatIsPrintedAfterAHangUpFailsNoMore) {
    EXPECT_EXIT(
        {
            int control = -1;
            int terminal = -1;
            if (::openpty(&control, &terminal, nullptr, nullptr, nullptr) != 0) ::_exit(1);
            ::dup2(terminal, STDERR_FILENO);
            ::close(terminal);
            caught_with_hang_ups();
            ::close(control);
            if (::write(STDERR_FILENO, "x", 1) == 1) ::_exit(2);  // nobody reads it any more
            ::raise(SIGHUP);
            ::_exit(::write(STDERR_FILENO, "x", 1) == 1 ? 0 : 3);
        },
        ExitedWithCode(0), "");
}

TEST(Signals, AHangUpIsToldToTheShellAsATermination) {
    const Error interrupted{ErrorKind::interrupted, "interrupted"};
    EXPECT_EQ(exit_code(interrupted, SIGHUP), ExitCode::terminated);
    EXPECT_EQ(exit_code(interrupted, SIGTERM), ExitCode::terminated);
    EXPECT_EQ(exit_code(interrupted, SIGINT), ExitCode::interrupted);
}

}  // namespace
}  // namespace joust::cli
