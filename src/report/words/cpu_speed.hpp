#pragma once

#include <string>

#include "model/comparison.hpp"

// How far apart the contenders' CPUs ran from trial to trial, and what of the scatter of ratios goes with
// it: it explains why an interval is wide, and no verdict rests on it. All are empty where the speed is not
// known or hardly differs.
namespace joust::report::words {

/// How far apart they ran, and whether the ratios of goodput went with it; whole sentences.
std::string cpu_speeds(const model::Comparison& comparison);
/// The same in short, and what to do about it, where some ratio of goodput over all levels is too uncertain
/// for a verdict; empty of any other run, and where that ratio did not go with the speed.
std::string slowed_cpus(const model::Comparison& comparison);
/// What would make up for more blocks, after the advice to measure them: a sentence; empty where that ratio
/// is not too uncertain, and likewise.
std::string quieter_host(const model::Comparison& comparison, const model::PairedRatio& goodput);

}  // namespace joust::report::words
