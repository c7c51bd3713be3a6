#include "load/answer_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "http/syntax.hpp"

namespace joust::load {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view k_id_placeholder = "{request_id}";
constexpr std::size_t k_most_headers = 64;
/// Name and value; a response's line that is split over pieces is kept up to 256 bytes.
constexpr std::size_t k_most_header_bytes = 240;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view skip_spaces(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    return text;
}

/// Takes `text` off the front of `rest`, if it is there.
bool take(std::string_view& rest, std::string_view text) {
    if (rest.substr(0, text.size()) != text) return false;
    rest.remove_prefix(text.size());
    return true;
}

WrongAnswer wrong_body(std::string detail) {
    return {model::RequestErrorKind::body, std::move(detail)};
}

}  // namespace

std::string excerpt(std::string_view body) {
    return std::string(body.substr(0, 200));
}

Result<AnswerCheck> AnswerCheck::compile(const Expect& expect, bool request_sends_id) {
    AnswerCheck check;
    check.expect_ = expect;
    if (expect.headers.size() > k_most_headers)
        return fail(ErrorKind::bad_input, "{} headers are expected; at most {} can be", expect.headers.size(),
                    k_most_headers);
    for (http::Header& header : check.expect_.headers) {  // names are compared in lower case
        if (header.name.size() + header.value.size() > k_most_header_bytes)
            return fail(
                ErrorKind::bad_input,
                "the expected header {} has {} bytes with its value; only headers of at most {} can be "
                "looked for",
                header.name, header.name.size() + header.value.size(), k_most_header_bytes);
        std::transform(header.name.begin(), header.name.end(), header.name.begin(), http::to_lower);
    }
    if (expect.body_regex) {
        re2::RE2::Options options;
        options.set_log_errors(false);
        auto regex = std::make_unique<const re2::RE2>(*expect.body_regex, options);
        if (!regex->ok())
            return fail(ErrorKind::bad_input, "regular expression \"{}\": {}", *expect.body_regex,
                        regex->error());
        check.regex_ = std::move(regex);
    }
    if (expect.json) {
        if (nested_too_deeply(*expect.json))
            return fail(ErrorKind::bad_input, "the expected JSON is nested more than {} levels deep",
                        k_most_json_levels);
        const Json object = Json::parse(*expect.json, nullptr, false);
        if (!object.is_object())
            return fail(ErrorKind::bad_input, "the expected JSON must be an object, not {}", *expect.json);
        for (const auto& [name, value] : object.items()) {
            const bool is_id = value.is_string() && value.get_ref<const std::string&>() == k_id_placeholder;
            if (is_id && !request_sends_id)
                return fail(
                    ErrorKind::bad_input,
                    "the answer should echo {{request_id}} in \"{}\", but the request does not send it",
                    name);
            check.fields_.push_back({name, Json(name).dump(), value.dump(), is_id});
        }
    }
    if (!(expect.sample >= 0 && expect.sample <= 1))
        return fail(ErrorKind::bad_input, "the sample to be parsed in full must be 0 to 1, not {}",
                    expect.sample);
    check.sample_bound_ = static_cast<std::uint64_t>(std::ldexp(expect.sample, 32));
    check.needs_body_ = expect.body_equals || expect.body_contains || expect.body_regex || expect.json;
    return check;
}

std::optional<WrongAnswer> AnswerCheck::check_status(int status, std::string_view body) const {
    if (expect_.status ? status == *expect_.status : status < 400) return std::nullopt;
    if (status >= 500) return WrongAnswer{model::RequestErrorKind::status_5xx, excerpt(body)};
    if (status >= 400) return WrongAnswer{model::RequestErrorKind::status_4xx, excerpt(body)};
    return wrong_body(fmt::format("status {} instead of {}", status, *expect_.status));
}

std::optional<WrongAnswer> AnswerCheck::check_text(std::string_view body) const {
    if (expect_.body_equals && body != *expect_.body_equals)
        return wrong_body("body differs from the expected one: " + excerpt(body));
    if (expect_.body_contains && body.find(*expect_.body_contains) == std::string_view::npos)
        return wrong_body("body lacks the expected text: " + excerpt(body));
    if (regex_ && !re2::RE2::PartialMatch(re2::StringPiece(body.data(), body.size()), *regex_))
        return wrong_body("body does not match the expression: " + excerpt(body));
    return std::nullopt;
}

/// Each member found by its quoted name, a colon and the value as it would be written; true is nearly certain
/// (a member of an inner object can deceive it), false means that only a parser can tell.
bool AnswerCheck::matches_structure(std::string_view body, std::string_view id) const {
    if (fields_.empty()) return false;
    std::size_t from = 0;  // members mostly come in the expected order
    for (const Field& field : fields_) {
        std::size_t at = body.find(field.quoted, from);
        if (at == std::string_view::npos) at = body.find(field.quoted);
        if (at == std::string_view::npos) return false;
        from = at + field.quoted.size();
        std::string_view rest = skip_spaces(body.substr(from));
        if (!take(rest, ":")) return false;
        rest = skip_spaces(rest);
        const bool equal =
            field.is_id ? take(rest, "\"") && take(rest, id) && take(rest, "\"") : take(rest, field.literal);
        if (!equal || rest.empty() || (rest.front() != ',' && rest.front() != '}' && !is_space(rest.front())))
            return false;
    }
    return true;
}

std::optional<WrongAnswer> AnswerCheck::parse_in_full(std::string_view body, std::string_view id) const {
    if (nested_too_deeply(body))
        return wrong_body(
            fmt::format("body is nested more than {} levels deep: {}", k_most_json_levels, excerpt(body)));
    const Json answer = Json::parse(body.begin(), body.end(), nullptr, false);
    if (!answer.is_object()) return wrong_body("body is no JSON object: " + excerpt(body));
    for (const Field& field : fields_) {
        const auto found = answer.find(field.name);
        if (found == answer.end())
            return wrong_body(fmt::format("\"{}\" is missing: {}", field.name, excerpt(body)));
        const Json expected =
            field.is_id ? Json(std::string(id)) : Json::parse(field.literal, nullptr, false);
        if (*found != expected)
            return wrong_body(
                fmt::format("\"{}\" is {} instead of {}", field.name,
                            excerpt(found->dump(-1, ' ', false, Json::error_handler_t::replace)),
                            expected.dump(-1, ' ', false, Json::error_handler_t::replace)));
    }
    return std::nullopt;
}

std::optional<WrongAnswer> AnswerCheck::check(int status, std::string_view body, std::string_view id,
                                              std::uint64_t headers_matched, bool in_full) const {
    if (auto wrong = check_status(status, body)) return wrong;
    for (std::size_t i = 0; i < expect_.headers.size(); ++i)
        if ((headers_matched >> i & 1U) == 0)
            return wrong_body(fmt::format("the expected header {}: {} did not come", expect_.headers[i].name,
                                          expect_.headers[i].value));
    if (!needs_body_) return std::nullopt;
    if (auto wrong = check_text(body)) return wrong;
    if (fields_.empty() && !expect_.json) return std::nullopt;
    if (!in_full && matches_structure(body, id)) return std::nullopt;
    return parse_in_full(body, id);
}

}  // namespace joust::load
