#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "stats/histogram.hpp"

namespace joust::stats {

/// HdrHistogram's V2 compressed encoding in base64 ("HISTFAAA…"), as its interval logs hold it. Keeps layout
/// and counters; minimum and maximum only to the resolution.
std::string encode(const Histogram& histogram);

/// Reads what encode() or another HdrHistogram library wrote; bad_input for anything malformed, and for
/// histograms of doubles or with shifted counters, which have no nanoseconds. Never takes more memory than
/// the counters of the stated layout need (at most 50 MB).
Result<Histogram> decode(std::string_view base64);

}  // namespace joust::stats
