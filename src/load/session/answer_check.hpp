#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/expected_json.hpp"
#include "load/request.hpp"
#include "load/session/known_answer.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// Why an answer is wrong; `detail` is made only then.
struct WrongAnswer {
    model::RequestErrorKind kind;
    std::string detail;
    bool misdelivered = false;  ///< but for its id it is right, and the id is another one of this run
    bool wrong_id = false;      ///< it has another text where its request's id has to stand
};

/// One whole answer, with what is known of its request.
struct Answer {
    int status = 0;
    std::string_view body;
    std::string_view id;                ///< the request id that was sent
    std::uint64_t headers_matched = 0;  ///< bit i: the i-th of AnswerCheck::headers() came
    bool cut = false;                   ///< the body is not whole: it was longer than could be kept
};

/// An Expect made ready to be checked against many answers.
class AnswerCheck {
public:
    /// A longer body is not checked, but wrong.
    static constexpr std::size_t k_most_body_bytes = std::size_t{4} << 20U;

    /// Fails on a regular expression or JSON that does not parse, on {request_id} when the request sends
    /// none, and on headers that are too many or too long to be looked for.
    static Result<AnswerCheck> compile(const Expect& expect, bool request_sends_id);

    [[nodiscard]] bool needs_body() const { return needs_body_; }
    [[nodiscard]] const std::vector<http::Header>& headers() const { return expect_.headers; }

    /// Everything that is expected, of every answer. `parser` is the thread's own, `known` its own for this
    /// operation. Allocates for a wrong answer, and for a body that is longer than any before.
    [[nodiscard]] std::optional<WrongAnswer> check(const Answer& answer, http::JsonParser& parser,
                                                   KnownAnswer& known) const;

private:
    [[nodiscard]] std::optional<WrongAnswer> check_status(const Answer& answer) const;
    [[nodiscard]] std::optional<WrongAnswer> check_text(std::string_view body) const;
    [[nodiscard]] std::optional<WrongAnswer> check_json(const Answer& answer, http::JsonParser& parser,
                                                        KnownAnswer& known) const;

    Expect expect_;
    std::unique_ptr<const re2::RE2> regex_;  ///< takes linear time, whatever the body
    std::optional<http::ExpectedJson> json_;
    bool needs_body_ = false;
};

/// The first 200 bytes of a body, for an example of an error.
std::string excerpt(std::string_view body);

}  // namespace joust::load
