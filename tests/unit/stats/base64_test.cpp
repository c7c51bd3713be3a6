#include "stats/base64.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace joust::stats {
namespace {

// RFC 4648, section 10.
const std::vector<std::pair<std::string, std::string>> k_pairs = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"},
                                                                  {std::string("\xff\x00\xfe", 3), "/wD+"}};

TEST(Base64, follows_the_rfc_both_ways) {
    for (const auto& [bytes, text] : k_pairs) {
        EXPECT_EQ(to_base64(bytes), text);
        EXPECT_EQ(from_base64(text), bytes) << text;
    }
}

TEST(Base64, refuses_everything_else) {
    for (const auto* text :
         {"Zg", "Zg=", "Zg==Zg==", "Z===", "====", "Zm9 ", "Zm9v\n", "Zh==", "Zm9=", "Zm9\xff"})
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace joust::stats
