#include <gtest/gtest.h>
#include <pthread.h>

#include "load/engine.hpp"

namespace joust::load {
namespace {

TEST(EngineStart, EndsWhereNoThreadCanBeMade) {
    Options options;
    options.target = parse_url("http://127.0.0.1:1/").value();
    options.schedule = ClosedLoop{.users = 4};
    options.threads = 4;
    pthread_attr_t usual;
    ::pthread_getattr_default_np(&usual);
    pthread_attr_t endless = usual;
    ::pthread_attr_setstacksize(&endless, std::size_t{1} << 47U);  // more than the addresses of a process
    ASSERT_EQ(::pthread_setattr_default_np(&endless), 0);
    const auto engine = Engine::start(options);
    ::pthread_setattr_default_np(&usual);
    ASSERT_FALSE(engine.has_value());
    EXPECT_EQ(engine.error().kind, ErrorKind::io);
    EXPECT_EQ(engine.error().message.find("load thread 1 of 4: cannot start a thread: "), 0U)
        << engine.error().message;
}

}  // namespace
}  // namespace joust::load
