#include "load/target.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

struct Good {
    const char* url;
    Target target;
    const char* authority;
};

TEST(ParseUrl, ReadsEveryForm) {
    const std::vector<Good> all{
        {"http://h", {.host = "h"}, "h"},
        {"h:8080/a", {.host = "h", .port = 8080, .path = "/a"}, "h:8080"},
        {"http://h:80/a?b=c#frag", {.host = "h", .path = "/a?b=c"}, "h"},
        {"http://h?x", {.host = "h", .path = "/?x"}, "h"},
        {"https://h", {.tls = true, .host = "h", .port = 443}, "h"},
        {"https://h:80/", {.tls = true, .host = "h", .port = 80}, "h:80"},
        {"HTTP://h/A", {.host = "h", .path = "/A"}, "h"},
        {"Https://h", {.tls = true, .host = "h", .port = 443}, "h"},
        {"http://[::1]:9/x", {.host = "::1", .port = 9, .path = "/x"}, "[::1]:9"},
        {"http://[fe80::1]", {.host = "fe80::1"}, "[fe80::1]"},
        {"http://[fe80::1%eth0]/", {.host = "fe80::1%eth0"}, "[fe80::1]"},  // RFC 6874: its own only
        {"http://[fe80::1%25eth0]:9/", {.host = "fe80::1%eth0", .port = 9}, "[fe80::1]:9"},
        {"http://h/ü?q=日", {.host = "h", .path = "/%C3%BC?q=%E6%97%A5"}, "h"},
        {"h/%c3%bc%zz+%20", {.host = "h", .path = "/%c3%bc%zz+%20"}, "h"},  // what is encoded stays
        {"h/a/../b/./c//d", {.host = "h", .path = "/a/../b/./c//d"}, "h"},  // sent as written
        {"h/{имя}/ü{x", {.host = "h", .path = "/{имя}/%C3%BC{x"}, "h"},     // may be a column's name
        {"h?ü#ä", {.host = "h", .path = "/?%C3%BC"}, "h"},
        {"http://app.test.:80/", {.host = "app.test."}, "app.test."},
        {"http://A_b-1.test", {.host = "A_b-1.test"}, "A_b-1.test"},
        {"unix:/run/ü.sock:/ü", {.unix_path = "/run/ü.sock", .path = "/%C3%BC"}, "localhost"},
        {"http://127.0.0.1:1/", {.host = "127.0.0.1", .port = 1}, "127.0.0.1:1"},
        {"unix:/run/a.sock", {.unix_path = "/run/a.sock"}, "localhost"},
        {"unix:/run/a.sock:/p?q", {.unix_path = "/run/a.sock", .path = "/p?q"}, "localhost"},
    };
    for (const Good& good : all) {
        const auto target = parse_url(good.url);
        ASSERT_TRUE(target.has_value()) << good.url << ": " << target.error().message;
        EXPECT_EQ(*target, good.target) << good.url;
        EXPECT_EQ(target->authority(), good.authority) << good.url;
    }
}

TEST(ParseUrl, RefusesWithThePlaceOfTheMistake) {
    const std::vector<std::pair<std::string, std::string>> all{
        {"ftp://h/", "only http"},
        {"http://", "host is missing"},
        {"", "host is missing"},
        {"http://h:0/", "port \"0\""},
        {"http://h:/", "port \"\""},
        {"http://h:65536", "65535"},
        {"http://h:8o/", "port \"8o\""},
        {"http://[::1", "bracket"},
        {"http://[::1]x", ":port"},
        {"http://[host]/", "[host] is no IPv6 address"},
        {"http://[[::1]/", "no IPv6 address"},
        {"http://[]/", "no IPv6 address"},
        {"http://::1/", "brackets"},
        {"http://u:p@h/", "password"},
        {"http://u:p@h/", "-H 'Authorization: Basic"},
        {"https://u@h/", "password"},
        {"http://bücher.example/", "xn--"},
        {"http://日本/", "xn--"},
        {"http://h{x}/", "is no name of a host"},
        {"http://h%41/", "is no name of a host"},
        {"http://h\\a", "is no name of a host"},
        {"http://a,b/", "is no name of a host"},
        {"http://.h/", "is no name of a host"},
        {"http://" + std::string(255, 'x') + "/", "253 at most"},
        {"http://h/\x7f", "control characters"},
        {"http://h/\x01", "control characters"},
        {"http://h/a b", "%20"},
        {"unix:", "path must have"},
        {"unix:/a:b", "begin with /"},
        {"unix:/" + std::string(120, 'x'), "107"},
        {"http://h:80:80/", "brackets"},
    };
    for (const auto& [url, part] : all) {
        const auto target = parse_url(url);
        ASSERT_FALSE(target.has_value()) << url;
        EXPECT_EQ(target.error().kind, ErrorKind::bad_input);
        EXPECT_NE(target.error().message.find(part), std::string::npos) << target.error().message;
    }
}

TEST(ParseUrl, DoesNotRepeatACredentialInItsMessage) {
    for (const char* url : {"http://ann:hunter2@host/", "ann:hunter2@host:80/x", "https://hunter2@host"}) {
        const auto target = parse_url(url);
        ASSERT_FALSE(target) << url;
        EXPECT_EQ(target.error().message.find("hunter2"), std::string::npos) << target.error().message;
        EXPECT_NE(target.error().message.find("\"***@host"), std::string::npos) << target.error().message;
    }
}

TEST(Target, IsNamedInTlsWithoutAFinalDotAndAZone) {
    EXPECT_EQ(parse_url("https://app.test./")->tls_name(), "app.test");
    EXPECT_EQ(parse_url("https://app.test/")->tls_name(), "app.test");
    EXPECT_EQ(parse_url("https://[fe80::1%eth0]/")->tls_name(), "fe80::1");
}

TEST(CheckName, TakesWhatADnsNameMayBe) {
    for (const char* name : {"h", "app.test", "app.test.", "xn--bcher-kva.example", "127.0.0.1", "a_b"})
        EXPECT_TRUE(check_name("the name", name)) << name;
    for (const char* name : {"", ".", "ü", "a b", "a\nb", "*", "a/b", "a%b"})
        EXPECT_FALSE(check_name("the name", name)) << name;
}

}  // namespace
}  // namespace joust::load
