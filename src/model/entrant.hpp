#pragma once

#include <map>
#include <optional>
#include <string>

namespace joust::model {

/// What sets an entrant apart from its contender as it stands; nothing of it is set for the contender itself.
struct Variant {
    std::optional<std::string> commit;            ///< of the contender's sources
    std::optional<std::string> runtime;           ///< "process", "docker"
    std::map<std::string, std::string> settings;  ///< of its environment, by name
    friend bool operator==(const Variant&, const Variant&) = default;
};

/// What takes part in a run. The same contender may enter more than once; everything after the plan is keyed
/// by the label, which names files, database roles and cgroups.
struct Entrant {
    std::string label;      ///< is_label(); unique in its benchmark
    std::string contender;  ///< a folder with a contender.toml
    Variant variant;
    friend bool operator==(const Entrant&, const Entrant&) = default;
};

/// Whether a name can be a label: `[a-z0-9][a-z0-9._-]*`.
inline bool is_label(const std::string& name) {
    constexpr const char* k_inner = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    const bool begins = !name.empty() && name.front() != '.' && name.front() != '_' && name.front() != '-';
    return begins && name.find_first_not_of(k_inner) == std::string::npos;
}

}  // namespace joust::model
