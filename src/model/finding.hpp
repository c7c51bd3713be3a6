#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "model/audit.hpp"
#include "model/observed_effects.hpp"
#include "model/observed_files.hpp"
#include "model/own_settings.hpp"
#include "model/rule.hpp"
#include "model/samples.hpp"
#include "model/service_processes.hpp"
#include "model/shortage.hpp"
#include "model/single_requests.hpp"

// What rules found, as numbers; report/words makes the sentences.
namespace joust::model {

enum class Validity { valid, suspect, invalid };
std::string_view name(Validity validity);

/// Most answers had a status 3xx, and those are not followed.
struct Redirects {
    double share = 0;       ///< of the answers
    StatusCounts statuses;  ///< only those
    friend bool operator==(const Redirects&, const Redirects&) = default;
};
struct ErrorShare {
    double share = 0;  ///< 0..1, as is the limit
    double limit = 0;
    std::optional<RequestErrorKind> most;  ///< the most frequent kind; empty where none was counted
    bool all_of_it = false;                ///< there is no other kind
    bool database_refused = false;         ///< the database refused connections meanwhile
    std::optional<Redirects> redirects;
    /// Most are wrong answers, and most of these have another text where their request's id has to stand.
    bool wrong_ids = false;
    friend bool operator==(const ErrorShare&, const ErrorShare&) = default;
};
struct ServiceEnd {
    std::string exit;  ///< how it ended, as the system has it: "exited with code 3"
    friend bool operator==(const ServiceEnd&, const ServiceEnd&) = default;
};
struct IncidentText {
    std::string text;  ///< as the trial recorded it
    friend bool operator==(const IncidentText&, const IncidentText&) = default;
};
struct FewOperations {
    std::uint64_t found = 0;
    std::uint64_t least = 0;
    friend bool operator==(const FewOperations&, const FewOperations&) = default;
};
struct Unsteady {
    Nanoseconds warm_up{0};
    std::string why;  ///< as the trial recorded it; may be empty
    /// Threads of the contender that were ready to run, but had no CPU, on average over the window; told
    /// where they were more than the CPUs that it may use, as of a compiler that starves.
    std::optional<double> threads_without_cpu;
    friend bool operator==(const Unsteady&, const Unsteady&) = default;
};
struct ShareOverLimit {
    double share = 0;  ///< 0..1, as is the limit
    double limit = 0;
    friend bool operator==(const ShareOverLimit&, const ShareOverLimit&) = default;
};
/// What the generator's own host ran out of, and how often.
struct HostShortages {
    Shortages shortages;
    std::optional<std::uint64_t> local_ports;  ///< that the host allows; empty: not read
    friend bool operator==(const HostShortages&, const HostShortages&) = default;
};
struct MissingConnections {
    std::uint64_t established = 0;
    std::uint64_t asked = 0;
    friend bool operator==(const MissingConnections&, const MissingConnections&) = default;
};
struct DelayOverLimit {
    double delay_ns = 0;
    double limit_ns = 0;
    friend bool operator==(const DelayOverLimit&, const DelayOverLimit&) = default;
};
struct Standstill {
    Nanoseconds total{0};
    Nanoseconds longest{0};
    double share = 0;  ///< of the window, as is the limit
    double limit = 0;
    friend bool operator==(const Standstill&, const Standstill&) = default;
};
struct RateMissed {
    double due_rps = 0;
    double done_rps = 0;       ///< sent, or served
    double limit = 0;          ///< least share of what was due
    bool of_schedule = false;  ///< requests were due over a schedule, not over the whole window
    friend bool operator==(const RateMissed&, const RateMissed&) = default;
};
struct HeldBack {
    double share = 0;  ///< of the requests, as is the limit
    double limit = 0;
    std::uint64_t connections = 0;  ///< that may be open at once
    friend bool operator==(const HeldBack&, const HeldBack&) = default;
};
struct LittleMismatch {
    double share = 0;  ///< of the larger side, as are the next two
    double limit = 0;
    double edges = 0;  ///< the part of the limit that the edges of the window account for
    friend bool operator==(const LittleMismatch&, const LittleMismatch&) = default;
};
struct TimeoutReached {
    std::optional<double> unanswered;  ///< share of the requests, where it is most of them
    double p50_ns = 0;
    bool p50_at_least = false;
    Nanoseconds timeout{0};
    bool idle = false;  ///< nobody was busy (see InUse)
    friend bool operator==(const TimeoutReached&, const TimeoutReached&) = default;
};

/// Answers whose rest came as long after their beginning as an acknowledgement is delayed.
struct DelayedBody {
    double share = 0;    ///< of the answers
    double rest_ns = 0;  ///< mean time from the first byte to the last, over all answers
    friend bool operator==(const DelayedBody&, const DelayedBody&) = default;
};
/// The closed model's throughput, and the most that users who pause between requests can cause.
struct ThinkBound {
    double rps = 0;
    double most_rps = 0;
    std::uint64_t users = 0;
    Nanoseconds think_time{0};
    friend bool operator==(const ThinkBound&, const ThinkBound&) = default;
};

/// What requests waited for at the database, by samples of the contender's sessions with it.
struct SessionWait {
    enum class For : std::uint8_t { lock, log, connection };
    For what{};
    double sessions = 0;    ///< that were open, on average, as are the next three
    double in_use = 0;      ///< with a statement or a transaction under way
    double waiting = 0;     ///< for just that; of a connection: held in a transaction without a statement
    double all_in_use = 0;  ///< share of the samples in which none was free, 0..1
    friend bool operator==(const SessionWait&, const SessionWait&) = default;
};
using Wait = std::variant<DelayedBody, SessionWait>;

/// Of what they may use, what contender, database and storage used. Of CPUs that is no more than requests can
/// be under way on.
struct InUse {
    double contender = 0;            ///< 0..1 of its limit, less what others took of it
    std::optional<double> database;  ///< 0..1 of its limit; empty: the contender does its work
    std::optional<double> storage;   ///< 0..1 of the time, the busiest device; empty: not known
    std::optional<Wait> wait;        ///< what was waited for, where the evidence shows it
    [[nodiscard]] double total() const { return contender + database.value_or(0) + storage.value_or(0); }
    friend bool operator==(const InUse&, const InUse&) = default;
};

/// What requests did is not what the contract has: by the rows that they left, by the database's log, by
/// their files, by what single requests did before, or several of these.
struct EffectsMissed {
    std::optional<Audit> audit;
    std::optional<ObservedEffects> observed;
    std::vector<Misdeed> misdeeds;   ///< by `observed`; besides, a table of it may prove nothing
    std::uint64_t misdelivered = 0;  ///< requests that got the answer to another one
    std::optional<ObservedFiles> files;
    std::vector<FileDeed> files_missed;        ///< by `files`
    std::vector<OwnSetting> not_durable = {};  ///< of role or database: commits are answered too early
    std::optional<SingleRequests> single = {};
    std::vector<Misdeed> single_misdeeds = {};  ///< by `single`
    friend bool operator==(const EffectsMissed&, const EffectsMissed&) = default;
};

/// No answer came to anybody, though requests were under way.
struct StoodStill {
    std::uint64_t times = 0;
    Nanoseconds longest{0};
    Nanoseconds total{0};
    friend bool operator==(const StoodStill&, const StoodStill&) = default;
};

/// Contenders that rested, and were at work in the database server that all share.
struct DatabaseTaken {
    std::vector<std::string> contenders;
    double share = 0;  ///< of the samples, by the one that was at work most, 0..1, as is the limit
    double limit = 0;
    friend bool operator==(const DatabaseTaken&, const DatabaseTaken&) = default;
};

/// Somebody beside the load generator sent requests, whose ids stand in rows and are none of the run.
struct ForeignRequests {
    std::uint64_t requests = 0;    ///< by their rows
    std::uint64_t commits = 0;     ///< of all
    std::uint64_t generators = 0;  ///< requests of the load generator
    friend bool operator==(const ForeignRequests&, const ForeignRequests&) = default;
};

/// The service ran other processes than its manifest declares.
struct OtherProcesses {
    ProcessMismatch mismatch = ProcessMismatch::more;
    int count = 0;  ///< of processes that lived, or worked, where another number is declared
    ServiceProcesses found;
    friend bool operator==(const OtherProcesses&, const OtherProcesses&) = default;
};

/// The numbers of a finding. Rules that need none have the first alternative.
using Facts =
    std::variant<std::monostate, ErrorShare, Redirects, HostShortages, ServiceEnd, IncidentText,
                 FewOperations, Unsteady, ShareOverLimit, MissingConnections, DelayOverLimit, Standstill,
                 RateMissed, HeldBack, LittleMismatch, TimeoutReached, InUse, DelayedBody, ThinkBound,
                 EffectsMissed, OtherProcesses, StoodStill, DatabaseTaken, ForeignRequests>;

/// In how many of the trials of a cell something was found.
struct Occurrence {
    int trials = 0;
    int of = 0;
    friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

/// A rule that was broken, with its numbers.
struct Finding {
    Rule rule;
    Grade grade = Grade::usual;
    Facts facts;
    std::optional<Occurrence> in;  ///< of a cell: where it was not all of its trials

    [[nodiscard]] const Effects& effects() const { return row(rule).effects(grade); }
    friend bool operator==(const Finding&, const Finding&) = default;
};

/// Requests that take too long for the window to tell something about them.
struct ShortWindow {
    double mean_ns = 0;  ///< of the requests
    Nanoseconds window{0};
    friend bool operator==(const ShortWindow&, const ShortWindow&) = default;
};

/// A rule that this host or this run gave no data for.
struct NotEvaluated {
    Rule rule;
    std::optional<ShortWindow> short_window;  ///< there is data, but too little
    bool in_part = false;      ///< another part of the rule was evaluated, and holds: of effects, the audit
    bool in_log = false;       ///< … of effects, what the database's log has
    bool in_counters = false;  ///< … of effects, transactions, by a database's counter
    bool inserts_counted = false;  ///< … of effects, inserted rows, by a database's numbers
    bool in_files = false;         ///< … of effects, files
    bool no_files = false;         ///< of effects: the workload declares no files
    bool durability_open = false;  ///< of effects: whether commits waited for the disk does not follow
    bool unread =
        false;  ///< of nobody_busy: CPU time of the contender was not read, though limits were in force
    bool undeclared = false;  ///< there is nothing that the rule could be held against
    /// Of effects: what single requests told, which was not enough; empty where none were sent.
    std::optional<SingleRequests> single = {};
    friend bool operator==(const NotEvaluated&, const NotEvaluated&) = default;
};

struct Judgement {
    Validity validity = Validity::valid;
    std::vector<Finding> findings;
    std::vector<NotEvaluated> not_evaluated;

    [[nodiscard]] bool has(Rule rule) const;
    friend bool operator==(const Judgement&, const Judgement&) = default;
};

/// Invalid where a finding voids goodput, and with it the trial; suspect where one doubts or bounds a figure,
/// or voids only others.
Validity validity_of(const std::vector<Finding>& findings);
/// Whether one of the findings has just that effect on figures of that kind.
bool has_effect(const std::vector<Finding>& findings, Effect effect, Aspect aspect);
/// By Little's law: requests that were sent before the window and waited through it are in none of its times.
bool users_starve(const std::vector<Finding>& findings);
/// The gravest fault of those that void goodput. Of few operations none where anything else voids it: that is
/// why there were few.
Fault fault_of(const std::vector<Finding>& findings);

}  // namespace joust::model
