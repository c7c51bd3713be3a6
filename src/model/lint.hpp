#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace joust::model {

/// A difference between entrants, or a circumstance of one, that may decide a ranking as much as what the
/// entrants are named after. The order is that in which they are told; persisted by name.
enum class LintKind : std::uint8_t {
    operations,         ///< several operations are one number: their names and shares of the requests
    operation_order,    ///< one answers one operation sooner than another, and a second one later
    db_connections,     ///< most connections to the database, by the manifests
    sessions_seen,      ///< more sessions with the database were seen than the manifest declares connections
    workers,            ///< processes that serve, by the manifests
    processes,          ///< all that ran at once, and those of the manifests
    threads,            ///< threads of a worker, by the manifests
    threads_seen,       ///< more threads ran than the manifest accounts for
    notes,              ///< what manifests say beyond that: executor threads, say
    versions,           ///< the same package or interpreter in another version
    recycling,          ///< requests after which a worker is replaced, by the commands
    keep_alive,         ///< seconds that an idle connection is kept, by the commands
    database_settings,  ///< settings that role or database of one have, and the other's have not
    constraints,        ///< constraints and indexes that the tables of one have, and the other's have not
    development,        ///< a switch for debugging, reloading or logging each request
    printed,            ///< bytes that were really printed per operation
    new_connections,    ///< connections that were opened per operation, beyond those that the load keeps
    new_database_connections,  ///< sessions with the database that were opened per operation
    statements,                ///< statements that an operation sends to the database
    answer_size,               ///< bytes of an answer, head and body
    answer_growth,             ///< answers get longer as the level rises
    growing_work,              ///< CPU time per operation rises with the level, of one more than of another
    constant_latency,          ///< nobody was busy, and all answers took the same time
    few_per_user,              ///< a user completed fewer than ten operations in a window
    stood_still,               ///< for a moment no answer came to any user
    threads_waiting,           ///< threads waited for a CPU, more of them than those that serve can be
};
inline constexpr std::size_t k_lint_kinds = static_cast<std::size_t>(LintKind::threads_waiting) + 1;
/// "db_connections", …: as in the JSON.
std::string_view name(LintKind kind);

/// What of one entrant differs. Which members there are is the kind's matter.
struct LintSide {
    std::string entrant;  ///< "" of what is told of all of them together
    std::optional<double> value;
    std::optional<double> before;       ///< of what grows: at the lowest level; of what was seen: as declared
    std::string text;                   ///< as a manifest or the command has it; the operation
    std::optional<std::int64_t> level;  ///< of what is told of one level, `value`'s
    std::optional<std::uint64_t> times;  ///< of what happened more than once
    friend bool operator==(const LintSide&, const LintSide&) = default;
};

struct Lint {
    LintKind kind;
    std::string subject;  ///< the note or the package
    std::vector<LintSide> sides;
    std::optional<std::int64_t> lowest_level;  ///< of what grows, `before` is of it
    std::optional<std::int64_t> level;         ///< of what was compared at one level
    friend bool operator==(const Lint&, const Lint&) = default;
};

}  // namespace joust::model
