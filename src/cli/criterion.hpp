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
    double quantile = 0;  ///< of response_time_quantile, 0 … 1
    bool above = true;    ///< fails above the bound; else below
    double bound = 0;     ///< ns for times, 0 … 1 for errors, requests per second for goodput

    /// What the result is, in the bound's unit; times of an empty result count as infinite.
    [[nodiscard]] double value(const model::Samples& samples) const;
    /// The same for people, with its unit.
    [[nodiscard]] std::string value_text(const model::Samples& samples) const;
    [[nodiscard]] bool missed(const model::Samples& samples) const {
        return above ? value(samples) > bound : value(samples) < bound;
    }
};

/// Quantities: p50, p99, p99.9 …, mean, max (with a duration), errors (with %), goodput or rps (requests
/// per second).
/// An error names `flag`.
Result<Criterion> parse_criterion(std::string_view flag, std::string_view text);

}  // namespace joust::cli
