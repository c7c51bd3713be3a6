#pragma once

#include <memory>

#include "experiment/observer.hpp"
#include "model/benchmark.hpp"
#include "terminal/screen.hpp"

namespace joust::terminal {

/// Progress for people on stderr. In a terminal: a line for each finished trial, and below them a live one
/// (what runs, goodput, p99, errors, trials done, time left). In a pipe: a plain line when something begins
/// or ends. A finished trial is judged by the rules of the benchmark's experiment.
std::unique_ptr<experiment::Observer> make_progress(const Screen& screen, const model::Benchmark& benchmark);

}  // namespace joust::terminal
