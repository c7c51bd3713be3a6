#include "load/session/prepared_request.hpp"

#include <gmock/gmock.h>

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
    EXPECT_FALSE(
        PreparedRequest::prepare(k_target, {.path = "/{a:raw}"}, {.columns = {"a"}, .rows = {{"b c"}}})
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
    const auto request = PreparedRequest::prepare(k_target, {.path = "/{a:raw}"},
                                                  {.columns = {"a"}, .rows = {{"b"}, {"c d"}}});
    ASSERT_FALSE(request.has_value());
    EXPECT_NE(request.error().message.find("row 2 of the data feed"), std::string::npos)
        << request.error().message;
}

TEST(PreparedRequest, NamesFileLineAndColumnOfAValueThatItsPlaceCannotHold) {
    const Feed feed{.columns = {"id", "name"},
                    .rows = {{"1", "Ann"}, {"2", "B\r\nX: y"}},
                    .name = "users.csv",
                    .lines = {2, 4}};
    const auto request = PreparedRequest::prepare(k_target, {.headers = {{"X-Name", "{name}"}}}, feed);
    ASSERT_FALSE(request.has_value());
    EXPECT_EQ(request.error().kind, ErrorKind::bad_input);
    EXPECT_EQ(
        request.error().message,
        "users.csv: line 4: column \"name\": \"B\\x0D\\x0AX: y\" holds a line break, which a header cannot");
}

std::string sent(const Request& request, const Feed& feed = {}) {
    const auto prepared = PreparedRequest::prepare(k_target, request, feed);
    if (!prepared) return "refused: " + prepared.error().message;
    std::string buffer(prepared->buffer_size(), '?');
    return std::string(prepared->render(0, buffer.data(), false, make_id_source(1, 0, 1), 5));
}

TEST(UnusedIds, LookLikeThoseOfALoad) {
    const model::IssuedIds ids = unused_ids();
    EXPECT_EQ(ids.issued, 0U);
    EXPECT_THAT(ids.id(5), ::testing::MatchesRegex("[0-9a-f]{8}-00-[0-9a-f]{12}"));
    EXPECT_NE(ids.prefix, unused_ids().prefix) << "of a run of their own";
    EXPECT_NE(ids.order, unused_ids().order) << "in an order that nobody knows";
}

TEST(PreparedRequest, SendsABodyChunkedWhereTheUserAsksForIt) {
    const std::string bytes = sent({.method = "POST",
                                    .headers = {{"transfer-encoding", "Chunked"}},
                                    .body = "{\"id\":\"{request_id}\"}"});
    EXPECT_EQ(bytes,
              "POST /start HTTP/1.1\r\nHost: h\r\ntransfer-encoding: Chunked\r\n\r\n"
              "21\r\n{\"id\":\"00000001-00-000000000005\"}\r\n0\r\n\r\n");
}

TEST(PreparedRequest, ClosesWhereItSaysSoToTheServer) {
    const Feed feed{.columns = {"c"}, .rows = {{"keep-alive"}, {"TE, Close"}}};
    const auto request =
        PreparedRequest::prepare(k_target, {.headers = {{"Connection", "{c}"}}}, feed).value();
    EXPECT_FALSE(request.closes(0));
    EXPECT_TRUE(request.closes(1));
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
