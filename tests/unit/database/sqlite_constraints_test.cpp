#include "database/sqlite_constraints.hpp"

#include <gmock/gmock.h>

namespace joust::database {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ChecksIn, FindsThemWhereverTheyStand) {
    EXPECT_THAT(
        checks_in("CREATE TABLE t (a int Check(a>0), b text, CONSTRAINT c check -- it\n\t( (b)  IN ('(', "
                  "'x''y)') /* ) */ AND \"a)\" < 5 ))"),
        ElementsAre("CHECK (a>0)", "CHECK ((b) IN ('(', 'x''y)') AND \"a)\" < 5)"));
}

TEST(ChecksIn, TakesNoNameAndNoTextForOne) {
    EXPECT_THAT(
        checks_in("CREATE TABLE t (\"check\" int, [check (a)] int, `check` int, b DEFAULT 'check (b)', "
                  "checked int, c int /* check (c) */)"),
        IsEmpty());
}

TEST(ChecksIn, EndsWithTheStatement) {
    for (const char* cut : {"", "CHECK", "CHECK (", "CHECK (a", "CHECK ('a", "CHECK (\"", "CHECK ([",
                            "CHECK (/*", "CHECK (--", "a [", "'"})
        EXPECT_LE(checks_in(cut).size(), 1U) << cut;
}

}  // namespace
}  // namespace joust::database
