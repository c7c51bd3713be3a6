#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "files/diagnostics.hpp"
#include "model/benchmark.hpp"

namespace joust::files {

/// What the command line may change; empty strings and lists change nothing.
struct BenchmarkOverrides {
    std::string profile;                   ///< "" takes "quick" where the file has it
    std::vector<std::string> assignments;  ///< TOML, for example `load.duration = "5s"`
};

/// Reads and checks a benchmark file with every profile it has, so that a mistake in any of them is found.
/// Mistakes go to `diagnostics`; the result is empty exactly when there are any.
std::optional<model::Benchmark> read_benchmark(const Path& file, const BenchmarkOverrides& overrides,
                                               Diagnostics& diagnostics);

/// Reads a benchmark file, with what could be read in spite of mistakes, so that the files it names can be
/// checked along with it; defaults stand in for the rest. Empty only where a file is missing or no TOML at
/// all.
std::optional<model::Benchmark> read_benchmark_as_far_as_possible(const Path& file,
                                                                  const BenchmarkOverrides& overrides,
                                                                  Diagnostics& diagnostics);

/// Reads the text of a benchmark file, as read_benchmark() does; `name` stands for the file in messages.
std::optional<model::Benchmark> parse_benchmark(std::string_view text, std::string name,
                                                Diagnostics& diagnostics);

/// The benchmark as run, as TOML with every default written out; read_benchmark() gives the same value back,
/// but for credentials in settings, which are masked (base/secrets.hpp).
std::string to_toml(const model::Benchmark& benchmark);

}  // namespace joust::files
