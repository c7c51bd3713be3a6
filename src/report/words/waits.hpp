#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/comparison.hpp"

// What is to be said before any ratio: that a wait was measured, or the load.
namespace joust::report::words {

/// "4, 50 and 200 users"; from five levels on "50 to 250 and 350 to 1000 users" where no level of the run in
/// between is left out. At least one level, by rising level.
std::string levels_text(const std::vector<std::int64_t>& levels, const model::Comparison& comparison);

/// Where nobody was busy, and where users' think time was the limit; whole sentences, empty where neither
/// was.
std::string waits(const model::Comparison& comparison);
/// "nobody was busy with django at 4 users", or what else the ratio is of (see model::Measured); empty where
/// it is of work.
std::string wait_in(const model::Comparison& comparison, const model::PairedRatio& ratio);
/// Whether it is so at some of the levels that the ratio is over, and of work at the others.
bool in_part(const model::Comparison& comparison, const model::PairedRatio& ratio);

/// Nobody was busy at some level of the plateau, or users' think time was the limit there: more users did not
/// find it busy.
bool waited(const model::Comparison& comparison, const model::Plateau& plateau);

}  // namespace joust::report::words
