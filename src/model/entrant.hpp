#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace joust::model {

/// How a program runs: as a process of this host, or in a Docker container. Persisted by name.
enum class RuntimeKind { process, docker };
/// "process", "docker".
std::string_view name(RuntimeKind kind);

/// What sets an entrant apart from its contender as it stands; nothing of it is set for the contender itself.
struct Variant {
    std::optional<std::string> commit;            ///< of the contender's sources
    std::optional<RuntimeKind> runtime;           ///< in place of the benchmark's
    std::map<std::string, std::string> settings;  ///< over the start command's environment, by name
    friend bool operator==(const Variant&, const Variant&) = default;
};

/// What takes part in a run. The same contender may enter more than once; everything after the plan is keyed
/// by the label, which names files, database roles and cgroups.
struct Entrant {
    std::string label;      ///< is_name(); unique in its benchmark
    std::string contender;  ///< a folder with a contender.toml
    Variant variant;
    /// The baseline once more, to show what this host can tell apart; its label is the baseline's with
    /// "-again".
    bool calibration = false;
    friend bool operator==(const Entrant&, const Entrant&) = default;
};

}  // namespace joust::model
