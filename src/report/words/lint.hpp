#pragma once

#include <string>
#include <vector>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"

namespace joust::report::words {

/// What differs, with its numbers, and what it is likely to do.
struct LintText {
    std::string fact;    ///< "database connections: fastapi 20, django 4"
    std::string effect;  ///< a clause for after a colon; may be empty
};
LintText lint_text(const model::Lint& lint, const model::Benchmark& benchmark);
/// "Database connections: fastapi 20, django 4: …." as a sentence of its own.
std::string sentence(const model::Lint& lint, const model::Benchmark& benchmark);

/// A line for each, for a terminal: the fact, and its likely effect in few words.
std::vector<std::string> lints_in_short(const model::Comparison& comparison,
                                        const model::Benchmark& benchmark);

}  // namespace joust::report::words
