#include "base/secrets.hpp"

#include <gtest/gtest.h>

namespace joust {
namespace {

struct Row {
    const char* text;
    const char* masked;
};

TEST(Masked, hides_credentials_and_nothing_else) {
    const Row rows[] = {
        // URLs: the user stays, the password goes, also one with an @.
        {"http://ann:hunter2@host:8080/a?b=c", "http://ann:***@host:8080/a?b=c"},
        {"postgresql://joust:p%40ss@127.0.0.1/db", "postgresql://joust:***@127.0.0.1/db"},
        {"http://a:b@c@host/", "http://a:***@host/"},
        {"https://ghp_abc@github.com/x", "https://***@github.com/x"},
        {"two http://a:b@h/ and redis://:c@i", "two http://a:***@h/ and redis://:***@i"},
        {"http://host/a@b:c", "http://host/a@b:c"},
        {"unix:/run/app.sock:/path", "unix:/run/app.sock:/path"},
        // Query strings and forms.
        {"http://h/?token=abc&page=2", "http://h/?token=***&page=2"},
        {"/a?page=2&api_key=abc#x", "/a?page=2&api_key=***#x"},
        {"user=ann&password=a%26b&n=1", "user=ann&password=***&n=1"},
        // Headers, with whatever follows.
        {"Authorization: Bearer abc.def", "Authorization: ***"},
        {"proxy-authorization:Basic abc", "proxy-authorization:***"},
        {"Cookie: a=1; b=2", "Cookie: ***"},
        {"X-Api-Key: abc", "X-Api-Key: ***"},
        {"X-Custom: Bearer abc", "X-Custom: Bearer ***"},
        {"Accept: text/html", "Accept: text/html"},
        // Assignments.
        {"database.settings.ssl_password=\"a b\"", "database.settings.ssl_password=\"***\""},
        {"load.password = 'a'", "load.password = '***'"},
        {"PGPASSWORD=a b c", "PGPASSWORD=***"},
        {"--admin-token=abc", "--admin-token=***"},
        {"database = { password = \"x\", engine = \"y\" }",
         "database = { password = \"***\", engine = \"y\" }"},
        {"x = { secret = 12, y = 3 }", "x = { secret = ***, y = 3 }"},
        {R"({"user":"ann","password":"a\"b","clientSecret": "c"})",
         R"({"user":"ann","password":"***","clientSecret": "***"})"},
        // No secrets.
        {"password_encryption=scram-sha-256", "password_encryption=scram-sha-256"},
        {"load.duration=\"10s\"", "load.duration=\"10s\""},
        {"max_tokens=5", "max_tokens=5"},
        {"bypass=1", "bypass=1"},
        {"token", "token"},
        {"", ""},
    };
    for (const Row& row : rows)
        EXPECT_EQ(masked(row.text), row.masked) << row.text;
}

TEST(MaskedValues, go_by_their_names_too) {
    using Values = std::map<std::string, std::string>;
    EXPECT_EQ(masked_values({{"API_KEY", "x"}, {"URL", "http://ann:b@host/"}, {"FAULT", "loses-one"}}),
              (Values{{"API_KEY", "***"}, {"URL", "http://ann:***@host/"}, {"FAULT", "loses-one"}}));
}

TEST(Masked, is_the_same_when_masked_again) {
    for (const char* text :
         {"http://a:b@h/?token=x", "Authorization: Basic abc", "password=\"x\"", "X: Bearer y"})
        EXPECT_EQ(masked(masked(text)), masked(text));
}

TEST(MaskedCommand, hides_the_word_after_a_secret_flag) {
    using Words = std::vector<std::string>;
    EXPECT_EQ(
        masked_command({"joust", "load", "-u", "ann:b", "--password", "x", "-H", "Cookie: y", "--token=z"}),
        (Words{"joust", "load", "-u", "***", "--password", "***", "-H", "Cookie: ***", "--token=***"}));
    EXPECT_EQ(masked_command({"joust", "run", "--seed", "7"}), (Words{"joust", "run", "--seed", "7"}));
    EXPECT_EQ(masked_command({"-HAuthorization: Bearer x"}), (Words{"-HAuthorization: ***"}));
}

}  // namespace
}  // namespace joust
