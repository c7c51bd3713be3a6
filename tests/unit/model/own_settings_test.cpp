#include "model/own_settings.hpp"

#include <gtest/gtest.h>

namespace joust::model {
namespace {

OwnSettings with(const std::string& name, const std::string& value) {
    return {.durability = Durability::full,
            .settings = {{.role = "joust_a", .database = "", .name = name, .value = value}}};
}

TEST(OwnSettings, AreAgainstDurabilityWhereCommitsDoNotWait) {
    for (const char* off : {"off", "OFF", "false", "no", "0"})
        EXPECT_EQ(against_durability(with("synchronous_commit", off)).size(), 1U) << off;
    for (const char* on : {"on", "local", "remote_write", "remote_apply", "true", "1", "", "offline"})
        EXPECT_TRUE(against_durability(with("synchronous_commit", on)).empty()) << on;
    EXPECT_TRUE(against_durability(with("jit", "off")).empty()) << "it has nothing to do with the disk";
}

TEST(OwnSettings, AreNotHeldAgainstAnyoneWhereCommitsNeedNotBeDurable) {
    OwnSettings relaxed = with("synchronous_commit", "off");
    relaxed.durability = Durability::relaxed;
    EXPECT_TRUE(against_durability(relaxed).empty());
}

}  // namespace
}  // namespace joust::model
