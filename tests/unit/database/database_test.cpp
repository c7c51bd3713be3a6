#include "database/database.hpp"

#include <gtest/gtest.h>

namespace joust::database {
namespace {

TEST(Masked, HidesThePasswordAndNothingElse) {
    EXPECT_EQ(masked("postgresql://joust_x:0123@127.0.0.1:5/joust_x"),
              "postgresql://joust_x:***@127.0.0.1:5/joust_x");
    EXPECT_EQ(masked("postgresql://joust_x@127.0.0.1:5/joust_x"), "postgresql://joust_x@127.0.0.1:5/joust_x");
    EXPECT_EQ(masked("sqlite:////var/x.sqlite3"), "sqlite:////var/x.sqlite3");
}

}  // namespace
}  // namespace joust::database
