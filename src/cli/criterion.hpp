#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "model/samples.hpp"

namespace joust::cli {

/// A condition on a load's result under which a script wants to fail: "p99>200ms", "errors>1%",
/// "goodput<1000".
struct Criterion {
    enum class Quantity {
        response_time_quantile,
        response_time_mean,
        response_time_max,
        error_rate,
        goodput
    };

    std::string text;  ///< as the user wrote it
    Quantity quantity = Quantity::goodput;
    double quantile = 0;    ///< of response_time_quantile, 0 … 1
    bool above = true;      ///< fails above the bound; else below
    bool or_equal = false;  ///< fails at the bound too
    double bound = 0;       ///< ns for times, 0 … 1 for errors, requests per second for goodput

    /// What a result is, in the bound's unit.
    struct Found {
        double value = 0;       ///< times of an empty result are infinite
        bool at_least = false;  ///< only a lower bound: requests that never ended count at their age
    };
    /// `timeout` is the one that the samples were measured with.
    [[nodiscard]] Found found(const model::Samples& samples, Nanoseconds timeout) const;
    /// The same for people, with its unit.
    [[nodiscard]] std::string found_text(const model::Samples& samples, Nanoseconds timeout) const;
    /// Whether the result fails, or cannot be known not to: a lower bound may be above any limit.
    [[nodiscard]] bool missed(const model::Samples& samples, Nanoseconds timeout) const;
};

/// Quantities: p50, p99, p99.9 …, mean, max (with a duration), errors (with %), goodput or rps (requests
/// per second); signs: >, >=, <, <=. An error names `flag`.
Result<Criterion> parse_criterion(std::string_view flag, std::string_view text);

}  // namespace joust::cli
