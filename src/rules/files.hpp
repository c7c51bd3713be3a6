#pragma once

#include <vector>

#include "model/observed_files.hpp"

namespace joust::rules {

/// What of the contract was done to fewer files than the requests that lay in the slices as a whole have to
/// do it to. More than the contract is no fault: those that straddle an edge of a slice do their part in it.
/// Nothing where files are not declared or were not evaluated.
std::vector<model::FileDeed> files_missed(const model::ObservedFiles& files);

/// All of the contract was seen: nothing is missed, and no file was merely opened to be read.
bool files_as_contract(const model::ObservedFiles& files);

}  // namespace joust::rules
