#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "load/request.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// Why an answer is wrong; `detail` is made only then.
struct WrongAnswer {
    model::RequestErrorKind kind;
    std::string detail;
};

/// An Expect made ready to be checked against many answers.
class AnswerCheck {
public:
    /// Fails on a regular expression or JSON that does not parse, on {request_id} when the request sends
    /// none, and on headers that are too many or too long to be looked for.
    static Result<AnswerCheck> compile(const Expect& expect, bool request_sends_id);

    [[nodiscard]] bool needs_body() const { return needs_body_; }
    [[nodiscard]] const std::vector<http::Header>& headers() const { return expect_.headers; }
    /// Share of answers to be parsed in full, as a bound on a uniform 32-bit number.
    [[nodiscard]] std::uint64_t sample_bound() const { return sample_bound_; }

    /// `id`: the request id that was sent. `headers_matched`: bit i is set when headers()[i] came. Does not
    /// allocate for a right answer unless `in_full` or where only a full parse can tell.
    [[nodiscard]] std::optional<WrongAnswer> check(int status, std::string_view body, std::string_view id,
                                                   std::uint64_t headers_matched, bool in_full) const;

private:
    struct Field {
        std::string name;
        std::string quoted;   ///< "name" with its quotes
        std::string literal;  ///< the value as compact JSON
        bool is_id = false;
    };
    [[nodiscard]] std::optional<WrongAnswer> check_status(int status, std::string_view body) const;
    [[nodiscard]] std::optional<WrongAnswer> check_text(std::string_view body) const;
    [[nodiscard]] bool matches_structure(std::string_view body, std::string_view id) const;
    [[nodiscard]] std::optional<WrongAnswer> parse_in_full(std::string_view body, std::string_view id) const;

    Expect expect_;
    std::unique_ptr<const re2::RE2> regex_;  ///< takes linear time, whatever the body
    std::vector<Field> fields_;
    std::uint64_t sample_bound_ = 0;
    bool needs_body_ = false;
};

/// The first 200 bytes of a body, for an example of an error.
std::string excerpt(std::string_view body);

}  // namespace joust::load
