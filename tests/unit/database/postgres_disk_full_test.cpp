#include <gmock/gmock.h>

#include "database/postgres.hpp"
#include "host/port.hpp"
#include "support/rig.hpp"
#include "support/small_disk.hpp"

namespace joust::database {
namespace {

using ::testing::HasSubstr;

TEST(PostgresDiskFull, IsToldWithTheDirectoryThatHasNoRoom) {
    const test::SmallDisk disk("size=160m,mode=0755");
    test::Rig rig(disk.path());
    auto started =
        Postgres::start({.spec = {.settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}}},
                         .limits = std::nullopt,
                         .cpu = std::nullopt,
                         .runtime = rig.runtime(),
                         .run = rig.run(),
                         .user = rig.user(),
                         .log_directory = rig.logs()},
                        host::free_loopback_port);
    ASSERT_TRUE(started) << started.error().message;
    auto& postgres = dynamic_cast<Postgres&>(**started);
    const LogMark mark = postgres.mark();
    Connection session = test::must(postgres.admin_session("postgres"));
    ASSERT_TRUE(session.query("CREATE TABLE big (filler text)"));
    EXPECT_TRUE(postgres.sound_since(mark));

    disk.fill();
    const auto inserted =
        session.query("INSERT INTO big SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
    EXPECT_FALSE(inserted);
    const Status sound = postgres.sound_since(mark);
    ASSERT_FALSE(sound);
    EXPECT_EQ(sound.error().kind, ErrorKind::database);
    EXPECT_THAT(sound.error().message, HasSubstr("is full; free some space"));
    EXPECT_THAT(sound.error().message, HasSubstr(postgres.files().root.string()));
    EXPECT_THAT(sound.error().message, HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace joust::database
