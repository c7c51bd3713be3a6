#pragma once

#include <compare>
#include <string>
#include <vector>

#include "model/benchmark.hpp"

namespace joust::model {

/// A setting that a role or a database has of its own in the server (ALTER ROLE … SET, ALTER DATABASE … SET):
/// sessions begin with it in place of the server's.
struct OwnSetting {
    std::string role;      ///< "": of whichever role
    std::string database;  ///< "": in whichever database
    std::string name;
    std::string value;  ///< "***" where the name is that of a secret
    friend auto operator<=>(const OwnSetting&, const OwnSetting&) = default;
};

/// What the contender's role and database had of their own when the load had ended. What a session sets by
/// SET, or a transaction by SET LOCAL, is its own matter and cannot be read from outside.
struct OwnSettings {
    Durability durability = Durability::full;  ///< that the benchmark asks for
    std::vector<OwnSetting> settings;          ///< by role, database and name
    friend bool operator==(const OwnSettings&, const OwnSettings&) = default;
};

/// Those by which commits are answered before they are on the disk, though the benchmark asks for it.
std::vector<OwnSetting> against_durability(const OwnSettings& own);

}  // namespace joust::model
