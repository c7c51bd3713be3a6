#pragma once

#include <string>

#include "model/finding.hpp"

namespace joust::report::words {

/// "the service ran 2 processes at the same time and declares 1: beast (4711) used 48 % of a CPU, …"
std::string other_processes(const model::OtherProcesses& facts);

}  // namespace joust::report::words
