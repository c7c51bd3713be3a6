#pragma once

#include <string>

#include "experiment/experiment.hpp"

namespace joust::cli {

/// What is said last of a run that ended before its plan did: where its trials are, and whether `--resume`
/// would measure any more of it. A line, with its end; printable.
std::string stopped_text(const model::Benchmark& benchmark, const experiment::Outcome& outcome);

}  // namespace joust::cli
