#pragma once

#include <map>
#include <optional>
#include <string>

namespace joust::database {

/// How many connections a contender may have open with a server that all share, so that none is left without.
/// Each other one keeps a hundred, what it declares where that is more, or an equal share where that is less;
/// and nobody is refused what it declares, as long as what all declare fits. `declared` has all contenders of
/// the run, by name; a few connections are Joust's own. Empty where nobody else is known.
std::optional<int> connection_limit(int max_connections, const std::map<std::string, int>& declared,
                                    const std::string& contender);

}  // namespace joust::database
