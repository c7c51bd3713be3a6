#include "load/prepared_request.hpp"

#include <gtest/gtest.h>

#include <set>

namespace joust::load {
namespace {

const Target k_target = parse_url("http://h/start").value();

TEST(PreparedRequest, IsSentAsItIsWhenNothingChanges) {
    const auto request = PreparedRequest::prepare(k_target, {}, {}).value();
    EXPECT_EQ(request.buffer_size(), 0U);
    EXPECT_EQ(request.render(0, nullptr, false, make_id_source(1, 0, 1), 5),
              "GET /start HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_FALSE(request.sends_id());
    EXPECT_TRUE(request.is_idempotent());
}

TEST(PreparedRequest, PatchesOnlyWhatChanges) {
    const Request text{.method = "POST",
                       .path = "/{sequence}?{unknown}",
                       .headers = {{"X-Id", "{request_id}"}},
                       .body = R"({"id":"{request_id}"})"};
    const auto request = PreparedRequest::prepare(k_target, text, {}).value();
    EXPECT_FALSE(request.is_idempotent());
    std::string buffer(request.buffer_size(), '?');
    const IdSource source = make_id_source(0xabc, 2, 3);
    const std::string first(request.render(0, buffer.data(), false, source, 26));
    EXPECT_EQ(first,
              "POST /100000000080?{unknown} HTTP/1.1\r\nHost: h\r\nX-Id: 00000abc-02-00000000001a\r\n"
              "Content-Length: 33\r\n\r\n{\"id\":\"00000abc-02-00000000001a\"}");
    const std::string second(request.render(0, buffer.data(), true, source, 0xffffffffffff));
    EXPECT_EQ(request.id_in(0, second), "00000abc-02-ffffffffffff");
    EXPECT_EQ(second.size(), first.size());
}

TEST(PreparedRequest, HasAVariantForEachRowOfItsFeed) {
    const Feed feed{.columns = {"a", "b"}, .rows = {{"1", "x"}, {"22", "yy"}}};
    const auto request =
        PreparedRequest::prepare(k_target, {.method = "POST", .path = "/{a}", .body = "{b}"}, feed).value();
    ASSERT_EQ(request.variants(), 2U);
    const IdSource source = make_id_source(1, 0, 1);
    EXPECT_NE(request.render(0, nullptr, false, source, 0).find("POST /1 "), std::string_view::npos);
    EXPECT_NE(request.render(1, nullptr, false, source, 0).find("Content-Length: 2\r\n\r\nyy"),
              std::string_view::npos);
    EXPECT_EQ(PreparedRequest::prepare(k_target, {.path = "/c"}, feed)->variants(), 1U);
}

TEST(PreparedRequest, FillsTheColumnsOfTheTargetsOwnPath) {
    const Target target = parse_url("http://h/of/{a}").value();
    const Feed feed{.columns = {"a"}, .rows = {{"1"}, {"22"}}};
    const auto request = PreparedRequest::prepare(target, {}, feed).value();
    ASSERT_EQ(request.variants(), 2U);
    EXPECT_NE(request.render(1, nullptr, false, make_id_source(1, 0, 1), 0).find("GET /of/22 "),
              std::string_view::npos);
}

TEST(PreparedRequest, RefusesWhatIsNoRequest) {
    EXPECT_FALSE(PreparedRequest::prepare(k_target, {.method = "G T"}, {}).has_value());
    EXPECT_FALSE(PreparedRequest::prepare(k_target, {.body = "<joust:seq:>"}, {}).has_value());
    EXPECT_FALSE(
        PreparedRequest::prepare(k_target, {.path = "/{a}"}, {.columns = {"a"}, .rows = {}}).has_value());
    EXPECT_FALSE(PreparedRequest::prepare(k_target, {.path = "/{a}"}, {.columns = {"a"}, .rows = {{"b c"}}})
                     .has_value());
}

TEST(PreparedRequest, TakesBodiesOfAnyBytes) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += std::string(30, static_cast<char>(byte));
    const auto request =
        PreparedRequest::prepare(k_target, {.method = "POST", .body = all + "{sequence}"}, {}).value();
    std::string buffer(request.buffer_size(), '?');
    const std::string_view sent = request.render(0, buffer.data(), false, make_id_source(9, 0, 1), 5);
    EXPECT_EQ(sent.substr(sent.size() - all.size() - 12), all + "100000000005");
}

TEST(PreparedRequest, NamesTheRowThatMakesNoRequest) {
    const auto request =
        PreparedRequest::prepare(k_target, {.path = "/{a}"}, {.columns = {"a"}, .rows = {{"b"}, {"c d"}}});
    ASSERT_FALSE(request.has_value());
    EXPECT_NE(request.error().message.find("row 2 of the data feed"), std::string::npos)
        << request.error().message;
}

TEST(IdSource, TellsThreadsApart) {
    const auto request = PreparedRequest::prepare(k_target, {.path = "/{request_id}"}, {}).value();
    std::set<std::string> ids;
    for (int thread = 0; thread < 256; ++thread)
        for (std::uint64_t sequence = 0; sequence < 20; ++sequence) {
            std::string buffer(request.buffer_size(), '?');
            ids.emplace(request.id_in(
                0, request.render(0, buffer.data(), false, make_id_source(9, thread, 256), sequence)));
        }
    EXPECT_EQ(ids.size(), 256U * 20);
}

}  // namespace
}  // namespace joust::load
