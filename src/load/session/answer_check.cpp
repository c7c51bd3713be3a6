#include "load/session/answer_check.hpp"

#include <algorithm>

#include "http/syntax.hpp"
#include "load/session/prepared_request.hpp"

namespace joust::load {
namespace {

constexpr std::size_t k_most_headers = 64;
/// Name and value; a response's line that is split over pieces is kept up to 256 bytes.
constexpr std::size_t k_most_header_bytes = 240;

WrongAnswer wrong_body(std::string detail) {
    return {model::RequestErrorKind::body, std::move(detail)};
}

// The body is the right one for another id of the run that `id` is of. Only asked of a wrong answer.
bool is_for_another(const http::ExpectedJson& expected, std::string_view body, std::string_view id,
                    http::JsonParser& parser) {
    if (expected.ids() == 0 || id.size() != k_id_bytes) return false;
    const std::size_t at = body.find(id.substr(0, k_run_prefix_bytes));
    if (at == std::string_view::npos || body.size() - at < k_id_bytes) return false;
    const std::string_view other = body.substr(at, k_id_bytes);
    const std::string_view sequence = other.substr(k_id_prefix_bytes);
    if (sequence.find_first_not_of("0123456789abcdef") != std::string_view::npos) return false;
    return other != id && !expected.mismatch(body, other, parser);
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
        JOUST_TRY(check.json_, http::ExpectedJson::compile(*expect.json, request_sends_id));
    }
    check.needs_body_ = expect.body_equals || expect.body_contains || expect.body_regex || expect.json;
    return check;
}

std::optional<WrongAnswer> AnswerCheck::check_status(const Answer& answer) const {
    const int status = answer.status;
    if (expect_.status ? status == *expect_.status : status < 400) return std::nullopt;
    if (status >= 500) return WrongAnswer{model::RequestErrorKind::status_5xx, excerpt(answer.body)};
    if (status >= 400) return WrongAnswer{model::RequestErrorKind::status_4xx, excerpt(answer.body)};
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

std::optional<WrongAnswer> AnswerCheck::check_json(const Answer& answer, http::JsonParser& parser,
                                                   KnownAnswer& known) const {
    if (known.matches(answer.body, answer.id)) {
        known.met();
        return std::nullopt;
    }
    if (const auto why = json_->mismatch(answer.body, answer.id, parser)) {
        WrongAnswer wrong = wrong_body(why->why + ": " + excerpt(answer.body));
        wrong.wrong_id = why->of_id;
        wrong.misdelivered = is_for_another(*json_, answer.body, answer.id, parser);
        return wrong;
    }
    known.keep(answer.body, answer.id, json_->ids());
    return std::nullopt;
}

std::optional<WrongAnswer> AnswerCheck::check(const Answer& answer, http::JsonParser& parser,
                                              KnownAnswer& known) const {
    if (auto wrong = check_status(answer)) return wrong;
    for (std::size_t i = 0; i < expect_.headers.size(); ++i)
        if ((answer.headers_matched >> i & 1U) == 0)
            return wrong_body(fmt::format("the expected header {}: {} did not come", expect_.headers[i].name,
                                          expect_.headers[i].value));
    if (!needs_body_) return std::nullopt;
    if (answer.cut) return wrong_body("the body is longer than 4 MiB, which is not checked");
    if (auto wrong = check_text(answer.body)) return wrong;
    return json_ ? check_json(answer, parser, known) : std::nullopt;
}

}  // namespace joust::load
