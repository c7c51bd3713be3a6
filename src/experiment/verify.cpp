#include "experiment/verify.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "deploy/preflight.hpp"
#include "experiment/files_by_answer.hpp"
#include "experiment/trial.hpp"
#include "host/sync_count.hpp"
#include "load/engine.hpp"
#include "probes/audit_probe.hpp"
#include "probes/commit_times.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;
using database::Behaviour;

constexpr int k_slow_requests = 20;
constexpr Nanoseconds k_answer_limit = 10s;
// A commit behind its answer falls into it, before the next request, and no flush reaches from one to the
// next.
constexpr Nanoseconds k_pause = database::k_slow_commit + 5ms;
constexpr std::uint64_t k_least_slow_requests = 5;
constexpr Nanoseconds k_load_before = 1s;  // whoever is honest in its first requests only is told, too
constexpr Nanoseconds k_crash_load = 1500ms;
constexpr std::int64_t k_users = 8;
// An answer that has waited for the delay may seem to be a little faster, as the clock may be adjusted.
constexpr Nanoseconds k_waited = database::k_slow_commit * 9 / 10;

constexpr const char* k_slow_part = "commits that take long";
constexpr const char* k_file_part = "single requests";
constexpr const char* k_sync_part = "syncs of the database's file";
constexpr const char* k_rows_part = "rows of single requests";
constexpr const char* k_files_part = "files by the answer";
constexpr const char* k_crash_part = "crash of the database";

// By then a transaction that was not there with its answer is, if it comes at all.
constexpr Nanoseconds k_late = 200ms;
// Whoever answers first does so while its sync is held back, and has made it when the next request is sent.
constexpr Nanoseconds k_sync_delay = 20ms;

constexpr Nanoseconds k_clock_drift = 5ms;  // in some seconds a clock is slewed by less

Nanoseconds clock_offset() {
    return wall_now().time_since_epoch() - now().time_since_epoch();
}

// The tables that an operation changes rows of.
std::set<std::string> tables_of(const model::Operation& operation) {
    std::set<std::string> tables;
    for (const auto& [table, rows] : operation.effects.rows)
        if (rows != model::RowEffects{}) tables.insert(table);
    return tables;
}

// A way of the server that ends with it.
class Behaving {
public:
    static Result<Behaving> start(database::Database& database, Behaviour behaviour) {
        JOUST_CHECK(database.behave(behaviour));
        return Behaving(database);
    }
    Behaving(Behaving&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Behaving(const Behaving&) = delete;
    Behaving& operator=(const Behaving&) = delete;
    Behaving& operator=(Behaving&&) = delete;
    ~Behaving() {
        if (database_ != nullptr && database_->running())
            static_cast<void>(database_->behave(Behaviour::usual));
    }
    Status end() { return std::exchange(database_, nullptr)->behave(Behaviour::usual); }

private:
    explicit Behaving(database::Database& database) : database_(&database) {}
    database::Database* database_;
};

// Triggers of Joust's in a contender's database, which go with it.
class Witness {
public:
    static Result<Witness> call(database::Database& database, const std::string& contender,
                                const std::set<std::string>& tables) {
        JOUST_CHECK(database.call_witness(contender, tables));
        return Witness(database, contender);
    }
    Witness(Witness&& other) noexcept
        : database_(std::exchange(other.database_, nullptr)), contender_(other.contender_) {}
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    Witness& operator=(Witness&&) = delete;
    ~Witness() {
        if (database_ != nullptr) static_cast<void>(database_->dismiss_witness(contender_));
    }
    [[nodiscard]] Result<database::Witnessed> says() const { return database_->witnessed(contender_); }

private:
    Witness(database::Database& database, const std::string& contender)
        : database_(&database), contender_(contender) {}
    database::Database* database_;
    const std::string& contender_;
};

// Adds `more` to `sum`, `times` being 1, or takes it away, being -1; tables without any are left out.
void add(model::RowsByTable& sum, const model::RowsByTable& more, std::int64_t times) {
    for (const auto& [table, rows] : more) {
        model::RowEffects& of_table = sum[table];
        of_table.inserted += times * rows.inserted;
        of_table.updated += times * rows.updated;
        of_table.deleted += times * rows.deleted;
    }
    std::erase_if(sum, [](const auto& one) { return one.second == model::RowEffects{}; });
}

// One entrant that is looked at.
class Look {
public:
    Look(Rig& rig, const RunSpec& spec, const std::string& label, Observer& observer,
         const Interrupted& interrupted)
        : rig_(rig), spec_(spec), label_(label), observer_(observer), interrupted_(interrupted) {
        result_.entrant = label;
    }

    Result<model::Verification> run() {
        for (const model::Operation& operation : spec_.workload.operations) {
            if (tables_of(operation).empty()) continue;
            operations_.push_back(&operation);
        }
        JOUST_CHECK(look_at_files());
        if (operations_.empty()) {
            leave_out(k_slow_part, "the workload declares no rows");
            return std::move(result_);
        }
        const bool server = spec_.benchmark.database.engine == model::DatabaseEngine::postgres;
        JOUST_CHECK(server ? look_at_server() : tried(k_file_part, [this] { return single_requests(); }));
        return std::move(result_);
    }

private:
    Status look_at_files() {
        std::vector<const model::Operation*> with_files;
        for (const model::Operation& operation : spec_.workload.operations)
            if (operation.effects.files != model::FileEffects{}) with_files.push_back(&operation);
        if (with_files.empty()) return {};
        return tried(k_files_part, [&]() -> Status {
            JOUST_TRY(deploy::Instance instance, start());
            JOUST_CHECK(load_before(instance));
            const auto operation = [&](int number) -> const model::Operation& {
                return *with_files[static_cast<std::size_t>(number) % with_files.size()];
            };
            JOUST_TRY(result_.files,
                      files_by_answer(
                          {.folder = instance.scratch().here(),
                           .count = k_slow_requests,
                           .declared = [&](int number) { return operation(number).effects.files; },
                           .ask = [&](int number) -> Status {
                               JOUST_TRY(const deploy::Asked one, ask(instance, operation(number), number));
                               static_cast<void>(one);
                               return {};
                           }}));
            instance.stop(k_stop_grace);
            return {};
        });
    }

    Status look_at_server() {
        if (spec_.benchmark.database.durability != model::Durability::full) {
            leave_out(k_slow_part, "durability = \"relaxed\": no answer has to wait for the disk");
            leave_out(k_crash_part, "durability = \"relaxed\": a crash may lose answered work");
            return {};
        }
        JOUST_CHECK(tried(k_slow_part, [this] { return slow_commits(); }));
        return tried(k_crash_part, [this] { return crash(); });
    }

    void leave_out(const std::string& part, std::string why) {
        result_.left_out.push_back({part, std::move(why)});
    }

    // What the entrant does not answer to is left out; all other failures end the verification.
    template <typename Part>
    Status tried(const std::string& part, const Part& look) {
        if (interrupted_()) return fail(ErrorKind::interrupted, "interrupted while {} was verified", label_);
        observer_.stage(fmt::format("verify {}: {}", label_, part));
        const database::LogMark mark = rig_.database().mark();
        Status done = look();
        if (done || done.error().kind == ErrorKind::interrupted || done.error().kind == ErrorKind::database)
            return done;
        leave_out(part, rig_.explained(done.error(), mark).message);
        return {};
    }

    Result<deploy::Instance> start() {
        JOUST_TRY(deploy::Instance instance, rig_.start_instance(label_));
        JOUST_TRY(const Nanoseconds healthy,
                  instance.wait_until_healthy(instance.contender().healthy_within, interrupted_));
        static_cast<void>(healthy);
        JOUST_CHECK(rig_.database().begin_turn(label_));
        return instance;
    }

    [[nodiscard]] const model::Operation& operation(int number) const {
        return *operations_[static_cast<std::size_t>(number) % operations_.size()];
    }

    // Its ids go on where those of the load before end, so that nobody is honest to these alone.
    Result<deploy::Asked> ask(const deploy::Instance& instance, int number) {
        return ask(instance, operation(number), number);
    }
    Result<deploy::Asked> ask(const deploy::Instance& instance, const model::Operation& operation,
                              int number) {
        if (interrupted_()) return fail(ErrorKind::interrupted, "interrupted while {} was verified", label_);
        const std::uint64_t sequence = ids_.issued + static_cast<std::uint64_t>(number);
        return deploy::ask(instance, operation, ids_.id(sequence), k_answer_limit);
    }

    Status slow_commits() {
        JOUST_TRY(deploy::Instance instance, start());
        JOUST_CHECK(load_before(instance));
        JOUST_TRY(Behaving slow, Behaving::start(rig_.database(), Behaviour::slow_commits));
        JOUST_CHECK(rig_.database().begin_turn(label_));
        const Nanoseconds clocks_before = clock_offset();
        std::vector<deploy::Asked> asked;
        for (int number = 0; number < k_slow_requests; ++number) {
            JOUST_TRY(const deploy::Asked one, ask(instance, number));
            asked.push_back(one);
            std::this_thread::sleep_for(k_pause);
        }
        std::set<std::string> tables;
        for (const model::Operation* operation : operations_)
            tables.merge(tables_of(*operation));
        JOUST_TRY(const auto commits, probes::commit_times(rig_.database(), label_, tables));
        instance.stop(k_stop_grace);
        const model::SlowCommits found = held_against(asked, commits);
        if (std::chrono::abs(clock_offset() - clocks_before) > k_clock_drift)
            leave_out(k_slow_part, "the wall clock, by which commits are dated, jumped meanwhile");
        else if (found.requests >= k_least_slow_requests)
            result_.slow_commits = found;
        else
            leave_out(k_slow_part, "other commits come beside almost all of its own");
        return slow.end();
    }

    // Of a file SQLite's counters tell in a trial how many transactions all requests made, but neither their
    // rows nor whether they were durable. Every system call of a traced program takes longer, which matters
    // to nobody here.
    Status single_requests() {
        JOUST_TRY(deploy::Instance instance, start());
        JOUST_CHECK(load_before(instance));
        std::set<std::string> tables;
        for (const model::Operation* operation : operations_)
            tables.merge(tables_of(*operation));
        auto witness = Witness::call(rig_.database(), label_, tables);
        if (!witness) leave_out(k_rows_part, witness.error().message);
        auto syncs =
            host::SyncCount::begin(instance.pids(), rig_.database().directory_of(label_), k_sync_delay);
        if (!syncs) leave_out(k_sync_part, syncs.error().message);
        const Nanoseconds clocks_before = clock_offset();
        std::vector<deploy::Asked> asked;
        RowsSeen seen;
        for (int number = 0; number < k_slow_requests; ++number) {
            JOUST_TRY(const deploy::Asked one, ask(instance, number));
            asked.push_back(one);
            if (witness && !seen.failed) look_at_rows(*witness, number, seen);
            std::this_thread::sleep_for(k_pause);
        }
        if (syncs) {
            if (const auto counted = syncs->finish(); !counted)
                leave_out(k_sync_part, counted.error().message);
            else if (std::chrono::abs(clock_offset() - clocks_before) > k_clock_drift)
                leave_out(k_sync_part, "the wall clock, by which syncs are dated, jumped meanwhile");
            else
                result_.syncs = held_against(asked, syncs->ends());
        }
        instance.stop(k_stop_grace);
        if (witness && !seen.failed) {
            seen.found.transactions = seen.before.commits;
            seen.found.rows = seen.before.rows;
            result_.one_by_one = std::move(seen.found);
        }
        return {};
    }

    [[nodiscard]] model::CommitSyncs held_against(const std::vector<deploy::Asked>& asked,
                                                  const std::vector<WallTime>& syncs) const {
        model::CommitSyncs counted{.requests = asked.size(), .syncs = syncs.size()};
        for (std::size_t number = 0; number < asked.size(); ++number) {
            const auto wanted = operation(static_cast<int>(number)).effects.transactions;
            const auto ended = std::count_if(syncs.begin(), syncs.end(), [&](WallTime sync) {
                return sync >= asked[number].sent && sync <= asked[number].answered;
            });
            counted.transactions += static_cast<std::uint64_t>(wanted);
            if (ended < wanted) ++counted.early;
        }
        return counted;
    }

    // Of single requests, up to the last one.
    struct RowsSeen {
        model::OneByOne found;
        database::Witnessed before;
        bool failed = false;
    };
    void look_at_rows(const Witness& witness, int number, RowsSeen& seen) {
        const model::EffectsContract& contract = operation(number).effects;
        auto after = witness.says();
        const bool at_once = after && as_contract(contract, seen.before, *after);
        if (after && !at_once) {
            std::this_thread::sleep_for(k_late);
            after = witness.says();
        }
        if (!after) {
            leave_out(k_rows_part, after.error().message);
            seen.failed = true;
            return;
        }
        ++seen.found.requests;
        if (at_once)
            ++seen.found.as_contract;
        else if (as_contract(contract, seen.before, *after))
            ++seen.found.late;
        seen.before = std::move(*after);
    }

    static bool as_contract(const model::EffectsContract& contract, const database::Witnessed& before,
                            const database::Witnessed& after) {
        model::RowsByTable wanted;
        add(wanted, contract.rows, 1);
        model::RowsByTable changed = after.rows;
        add(changed, before.rows, -1);
        return changed == wanted && (contract.transactions == 0 ||
                                     std::cmp_equal(after.commits - before.commits, contract.transactions));
    }

    // A commit that comes while another is made durable may be made so together with it, sooner than it
    // seems.
    static bool shared(WallTime commit, const std::vector<WallTime>& others) {
        return std::any_of(others.begin(), others.end(), [&](WallTime other) {
            return other <= commit && commit - other < 2 * database::k_slow_commit;
        });
    }

    static model::SlowCommits held_against(const std::vector<deploy::Asked>& asked,
                                           const probes::CommitTimes& commits) {
        model::SlowCommits slow{.delay = database::k_slow_commit};
        for (const deploy::Asked& one : asked) {
            std::optional<WallTime> last;
            for (const WallTime commit : commits.of_tables)
                if (commit >= one.sent && commit <= one.answered) last = commit;
            if (last && shared(*last, commits.others)) continue;
            ++slow.requests;
            if (!last) {
                ++slow.before_commit;
                continue;
            }
            const Nanoseconds waited = one.answered - *last;
            if (waited < k_waited) ++slow.before_durable;
            slow.shortest = std::min(slow.shortest.value_or(waited), waited);
        }
        return slow;
    }

    Status crash() {
        const auto left = probes::rows_left(spec_.workload);
        if (!left) {
            leave_out(k_crash_part, "the workload does not say what rows each request leaves");
            return {};
        }
        database::Database& database = rig_.database();
        JOUST_TRY(Behaving lazy, Behaving::start(database, Behaviour::lazy_log));
        JOUST_TRY(deploy::Instance instance, start());
        JOUST_TRY(model::Samples samples, load(instance, k_crash_load));
        JOUST_CHECK(database.kill());
        instance.stop(0ns);  // before the database is back: it may do what it owes no more
        JOUST_CHECK(database.start_again());
        model::TrialResult trial;
        trial.samples = std::move(samples);
        JOUST_CHECK(probes::AuditProbe(database, label_, *left).finish(trial));
        if (!trial.audit)
            return fail(ErrorKind::service, "{}",
                        trial.incidents.empty() ? "too many requests failed" : trial.incidents.front().text);
        if (trial.audit->acknowledged() == 0)
            return fail(ErrorKind::service, "no request was answered rightly");
        result_.crash = std::move(trial.audit);
        return lazy.end();
    }

    Status load_before(const deploy::Instance& instance) {
        JOUST_TRY(const model::Samples samples, load(instance, k_load_before));
        if (!samples.ids.empty()) ids_ = samples.ids.front();
        return {};
    }

    Result<model::Samples> load(const deploy::Instance& instance, Nanoseconds length) {
        load::Options options = load_options(spec_, instance.contender(), {.level = k_users}, instance.port(),
                                             rig_.layout().generator.cpus);
        options.schedule = load::ClosedLoop{.users = static_cast<int>(k_users)};
        options.stop = load::StopAfter{.length = length};
        options.timeout = std::min(options.timeout, k_answer_limit);
        JOUST_TRY(load::Engine engine, load::Engine::start(std::move(options)));
        return engine.finish();
    }

    Rig& rig_;
    const RunSpec& spec_;
    const std::string& label_;
    Observer& observer_;
    const Interrupted& interrupted_;
    std::vector<const model::Operation*> operations_;  ///< that change rows
    model::IssuedIds ids_;                             ///< of the load before
    model::Verification result_;
};

}  // namespace

Result<model::Verification> verify(Rig& rig, const RunSpec& spec, const std::string& label,
                                   Observer& observer, const Interrupted& interrupted) {
    return Look(rig, spec, label, observer, interrupted).run();
}

}  // namespace joust::experiment
