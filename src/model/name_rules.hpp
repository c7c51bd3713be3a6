#pragma once

#include <string>
#include <string_view>

namespace joust::model {

/// Whether `text` may name a benchmark, workload, contender or operation: [a-z0-9][a-z0-9._-]*, at most 64
/// characters and without "..", as it becomes part of paths, file names and reports.
bool is_name(std::string_view text);

/// "is "../x"; write a name of lower-case letters, digits, '.', '_' and '-' …", for messages that begin with
/// the key.
std::string not_a_name(std::string_view text);

}  // namespace joust::model
