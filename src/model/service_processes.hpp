#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace joust::model {

/// One process of the service, as looks at it within the window found it.
struct SeenProcess {
    std::int64_t pid = 0;
    std::string command;  ///< its short name as the kernel has it, made printable
    int looks = 0;        ///< in which it lived
    Nanoseconds cpu{0};   ///< that it used from the first look to the last, at the kernel's tick
    bool first = false;   ///< it is the one that was started, from which the others come
    friend bool operator==(const SeenProcess&, const SeenProcess&) = default;
};

/// Which processes the service had in the window, beside what its manifest declares.
struct ServiceProcesses {
    int declared = 0;     ///< processes that the manifest declares
    int workers = 0;      ///< of them, those that serve requests
    int looks = 0;        ///< times that the living processes were listed
    Nanoseconds span{0};  ///< from the first look to the last
    /// Lived at the same time: the most that two looks have found, so that a process of a moment, which only
    /// one of them has seen, does not count.
    int most = 0;
    /// Threads of all of them together, likewise the most that two looks have found; empty in files of
    /// earlier versions.
    std::optional<int> most_threads = {};
    std::int64_t distinct = 0;      ///< processes that were seen at all
    std::vector<SeenProcess> seen;  ///< those with the most CPU time first; at most k_most_listed

    static constexpr std::size_t k_most_listed = 20;
    friend bool operator==(const ServiceProcesses&, const ServiceProcesses&) = default;
};

/// How the processes that ran differ from those declared; persisted nowhere.
enum class ProcessMismatch : std::uint8_t {
    more,       ///< more lived at the same time
    fewer,      ///< fewer did
    more_work,  ///< as many as declared, but more of them worked than there are workers
};

}  // namespace joust::model
