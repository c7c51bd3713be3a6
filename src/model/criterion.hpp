#pragma once

#include <string>

namespace joust::model {

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
};

/// What a load's result is, in the unit of a criterion's bound.
struct FoundValue {
    double value = 0;       ///< times of an empty result are infinite
    bool at_least = false;  ///< only a lower bound: requests that never ended count at their age
};

}  // namespace joust::model
