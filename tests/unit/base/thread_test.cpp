#include "base/thread.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

namespace joust {
namespace {

TEST(StartThread, RunsTheWork) {
    bool ran = false;
    auto thread = start_thread([&ran] { ran = true; });
    ASSERT_TRUE(thread.has_value()) << thread.error().message;
    thread->join();
    EXPECT_TRUE(ran);
}

TEST(StartThread, SaysWhyThereCanBeNone) {
    pthread_attr_t usual;
    ::pthread_getattr_default_np(&usual);
    pthread_attr_t endless = usual;
    ::pthread_attr_setstacksize(&endless, std::size_t{1} << 47U);  // more than the addresses of a process
    ASSERT_EQ(::pthread_setattr_default_np(&endless), 0);
    const auto thread = start_thread([] {});
    ::pthread_setattr_default_np(&usual);
    ASSERT_FALSE(thread.has_value());
    EXPECT_EQ(thread.error().kind, ErrorKind::io);
    EXPECT_NE(thread.error().message.find("cannot start a thread: "), std::string::npos)
        << thread.error().message;
}

}  // namespace
}  // namespace joust
