#include "experiment/single_requests.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "host/sync_count.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

constexpr const char* k_sync_part = "syncs of the database's file";
constexpr const char* k_rows_part = "rows of single requests";

// By then a transaction that was not there with its answer is, if it comes at all.
constexpr Nanoseconds k_late = 200ms;
// Whoever answers first does so while its sync is held back, and has made it when the next request is sent; a
// busy host may take 20 ms until it looks.
constexpr Nanoseconds k_sync_delay = 40ms;

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

bool did_just(const model::EffectsContract& contract, const database::Witnessed& before,
              const database::Witnessed& after) {
    model::RowsByTable wanted;
    add(wanted, contract.rows, 1);
    model::RowsByTable changed = after.rows;
    add(changed, before.rows, -1);
    return changed == wanted && (contract.transactions == 0 ||
                                 std::cmp_equal(after.commits - before.commits, contract.transactions));
}

class SingleLook {
public:
    SingleLook(const deploy::Instance& instance, OneUser user, database::Database& database)
        : instance_(instance), user_(std::move(user)), database_(database) {}

    // Of a file SQLite's counters tell in a trial how many transactions all requests made, but neither their
    // rows nor whether they were durable. Every system call of a traced program takes longer, which matters
    // to nobody here.
    Result<model::SingleRequests> run() {
        JOUST_CHECK(user_.load_before());
        // What is still owed to the load would pass for the work of the first request, and so on.
        std::this_thread::sleep_for(k_late);
        auto witness = Witness::call(database_, instance_.label(), user_.tables());
        if (!witness) leave_out(k_rows_part, witness.error().message);
        auto syncs =
            host::SyncCount::begin(instance_.pids(), database_.directory_of(instance_.label()), k_sync_delay);
        if (!syncs) leave_out(k_sync_part, syncs.error().message);
        const Nanoseconds clocks_before = clock_offset();
        std::vector<deploy::Asked> asked;
        RowsSeen seen;
        for (int number = 0; number < OneUser::k_requests; ++number) {
            JOUST_TRY(const deploy::Asked one, user_.ask(number));
            asked.push_back(one);
            if (witness && !seen.failed) look_at_rows(*witness, number, seen);
            std::this_thread::sleep_for(OneUser::k_pause);
        }
        if (syncs) {
            if (const auto counted = syncs->finish(); !counted)
                leave_out(k_sync_part, counted.error().message);
            else if (std::chrono::abs(clock_offset() - clocks_before) > k_clock_drift)
                leave_out(k_sync_part, "the wall clock, by which syncs are dated, jumped meanwhile");
            else
                found_.syncs = held_against(asked, syncs->ends());
        }
        if (witness && !seen.failed) {
            seen.found.transactions = seen.before.commits;
            seen.found.rows = seen.before.rows;
            found_.rows = std::move(seen.found);
        }
        return std::move(found_);
    }

private:
    void leave_out(const std::string& part, std::string why) {
        found_.left_out.push_back({part, std::move(why)});
    }

    [[nodiscard]] model::CommitSyncs held_against(const std::vector<deploy::Asked>& asked,
                                                  const std::vector<WallTime>& syncs) const {
        model::CommitSyncs counted{.requests = asked.size(), .syncs = syncs.size()};
        for (std::size_t number = 0; number < asked.size(); ++number) {
            const auto wanted = user_.operation(static_cast<int>(number)).effects.transactions;
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
        const model::EffectsContract& contract = user_.operation(number).effects;
        auto after = witness.says();
        const bool at_once = after && did_just(contract, seen.before, *after);
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
        else if (did_just(contract, seen.before, *after))
            ++seen.found.late;
        seen.before = std::move(*after);
    }

    const deploy::Instance& instance_;
    OneUser user_;
    database::Database& database_;
    model::SingleRequests found_;
};

}  // namespace

Result<model::SingleRequests> single_requests(const deploy::Instance& instance, OneUser user,
                                              database::Database& database) {
    return SingleLook(instance, std::move(user), database).run();
}

}  // namespace joust::experiment
