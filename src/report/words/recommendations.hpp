#pragma once

#include <vector>

#include "report/report.hpp"
#include "report/words/prose.hpp"

namespace joust::report::words {

/// What follows from the numbers for whoever runs these services or this benchmark; each sentence cites its
/// own.
std::vector<Prose> recommendations(const RunReport& run);

}  // namespace joust::report::words
