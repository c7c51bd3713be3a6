#pragma once

#include <string_view>

#include "base/error.hpp"
#include "model/criterion.hpp"

namespace joust::cli {

/// Reads a criterion as the command line has it. Quantities: p50, p99, p99.9 …, mean, max (with a duration),
/// errors (with %), goodput or rps (requests per second); signs: >, >=, <, <=. An error names `flag`.
Result<model::Criterion> parse_criterion(std::string_view flag, std::string_view text);

}  // namespace joust::cli
