#include "load/session/known_answer.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

const std::string k_one = "0badcafe-00-00000000002a";
const std::string k_other = "0badcafe-00-00000000002b";

std::string echo(const std::string& id, const std::string& more = "") {
    return R"({"id":")" + id + R"(","n":1)" + more + "}";
}

TEST(KnownAnswer, IsTheSameBytesButForTheId) {
    KnownAnswer known;
    EXPECT_FALSE(known.matches("", "")) << "nothing is known yet";
    known.keep(echo(k_one), k_one, 1);
    EXPECT_TRUE(known.matches(echo(k_one), k_one));
    EXPECT_TRUE(known.matches(echo(k_other), k_other));
    EXPECT_FALSE(known.matches(echo(k_one), k_other));
    EXPECT_FALSE(known.matches(echo(k_other, " "), k_other));
    EXPECT_FALSE(known.matches(R"({"id":")" + k_other + R"(","n":2})", k_other));
    EXPECT_FALSE(known.matches(R"({"ID":")" + k_other + R"(","n":1})", k_other));
    EXPECT_FALSE(known.matches(R"({"id":")" + k_other.substr(1) + R"(","n":1 })", k_other.substr(1)));
}

TEST(KnownAnswer, WithoutAnIdEveryByteCounts) {
    KnownAnswer known;
    known.keep(echo(k_one), k_one, 0);
    EXPECT_TRUE(known.matches(echo(k_one), k_other));
    EXPECT_FALSE(known.matches(echo(k_other), k_other));
}

// The expected id may be the one with the escape; then the place that was found is not what was compared.
TEST(KnownAnswer, KeepsNoBodyOfWhichItCannotTellWhereTheIdStands) {
    KnownAnswer known;
    for (const std::string& body : {R"({"id":"\u0030)" + k_one.substr(1) + R"(","x":")" + k_one + "\"}",
                                    echo(k_one, ",\"x\":\"" + k_one + "\""), std::string(R"({"id":"x"})")}) {
        known.keep(body, k_one, 1);
        EXPECT_FALSE(known.matches(body, k_one)) << body;
    }
    known.keep("\"aaaa\"", "aaa", 1);
    EXPECT_FALSE(known.matches("\"aaaa\"", "aaa")) << "the id's places overlap";
}

TEST(KnownAnswer, TwoPlacesBothChange) {
    KnownAnswer known;
    const auto body = [](const std::string& a, const std::string& b) {
        return "[\"" + a + "\",\"" + b + "\"]";
    };
    known.keep(body(k_one, k_one), k_one, 2);
    EXPECT_TRUE(known.matches(body(k_other, k_other), k_other));
    EXPECT_FALSE(known.matches(body(k_one, k_other), k_other));
    EXPECT_FALSE(known.matches(body(k_other, k_one), k_other));
}

TEST(KnownAnswer, BodiesThatNeverComeAgainAreKeptOnlyNowAndThen) {
    KnownAnswer known;
    int kept = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::string body = std::to_string(i);
        known.keep(body, "", 0);
        kept += known.matches(body, "") ? 1 : 0;
    }
    EXPECT_LT(kept, 30);
    EXPECT_GT(kept, 10);
}

TEST(KnownAnswer, ALongBodyIsNotKept) {
    KnownAnswer known;
    const std::string body = "\"" + std::string(100'000, 'x') + "\"";
    known.keep(body, "", 0);
    EXPECT_FALSE(known.matches(body, ""));
}

}  // namespace
}  // namespace joust::load
