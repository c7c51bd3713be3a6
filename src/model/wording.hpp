#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "model/benchmark.hpp"
#include "model/samples.hpp"

// How numbers read in sentences and tables, the same everywhere: three significant digits, a blank before the
// unit.
namespace joust::model {

/// "200 × 1990 · 302 × 10", by ascending status.
std::string statuses_text(const StatusCounts& statuses);
/// "34 %", "3.4 %", "0.02 %", "0 %"; a share that is not whole never reads as 0 or 100. `share` in 0..1.
std::string percent(double share);
/// Three significant digits, whole from 100 on: "0.0123", "1.23", "12.3", "1234".
std::string significant(double value);
/// "850 µs", "12.3 ms", "1.25 s", "61 s".
std::string duration_text(double nanoseconds);
inline std::string duration_text(Nanoseconds duration) {
    return duration_text(static_cast<double>(duration.count()));
}
/// A length of time as it was asked for or came about, without digits that say nothing: "10 s", "1.5 s", "250
/// ms", "1800 s".
std::string span_text(Nanoseconds span);
/// "182/s"
std::string rate_text(double per_second);
/// "12.3 MiB", "1.25 GiB"
std::string mebibytes_text(double mebibytes);
/// An amount of memory for people, from bytes on: "840 B", "1.50 KiB", "12.3 MiB".
std::string bytes_text(Bytes bytes);
/// A limit as it was asked for: "2 GiB", "512 MiB"; "60 s", "250 ms".
std::string limit_text(Bytes bytes);
std::string limit_text(Nanoseconds duration);
/// "200 users", "1 user", "200 requests/s"
std::string level_text(LoadModel model, std::int64_t level);
/// "timeouts", "answers with status 5xx", …
std::string_view plural(RequestErrorKind kind);
/// "3 blocks", "1 block"
std::string counted(std::int64_t count, const std::string& noun);

}  // namespace joust::model
