#include "model/name_rules.hpp"

#include <gtest/gtest.h>

namespace joust::model {
namespace {

TEST(IsName, takes_what_can_be_part_of_a_path_and_no_path) {
    for (const std::string& name :
         std::vector<std::string>{"a", "fastapi", "io-intensive", "django_5.1", "7up", std::string(64, 'a')})
        EXPECT_TRUE(is_name(name)) << name;
    for (const std::string& name : std::vector<std::string>{"",
                                                            ".",
                                                            "..",
                                                            "../evil",
                                                            "../../../evil",
                                                            "a/b",
                                                            "/etc",
                                                            "-rf",
                                                            "_a",
                                                            ".hidden",
                                                            "a..b",
                                                            "A",
                                                            "a b",
                                                            "a\n",
                                                            "a\x1b[2J",
                                                            "ä",
                                                            "{venv}",
                                                            "$(id)",
                                                            "a'b",
                                                            "a|b",
                                                            std::string(65, 'a')})
        EXPECT_FALSE(is_name(name)) << name;
    EXPECT_FALSE(is_name(std::string_view("a\0", 2)));
}

TEST(NotAName, shows_what_is_wrong_harmlessly) {
    EXPECT_EQ(not_a_name("a\x1b").substr(0, 14), "is \"a\\x1B\"; wr");
}

}  // namespace
}  // namespace joust::model
