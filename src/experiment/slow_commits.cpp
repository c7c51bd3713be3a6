#include "experiment/slow_commits.hpp"

#include <thread>
#include <vector>

#include "experiment/behaving.hpp"
#include "probes/commit_times.hpp"

namespace joust::experiment {
namespace {

constexpr std::uint64_t k_least_slow_requests = 5;

}  // namespace

Result<model::SingleRequests> slow_commits(const deploy::Instance& instance, OneUser user,
                                           database::Database& database) {
    JOUST_CHECK(user.load_before());
    JOUST_TRY(Behaving slow, Behaving::start(database, database::Behaviour::slow_commits));
    JOUST_CHECK(database.begin_turn(instance.label()));
    const Nanoseconds clocks_before = clock_offset();
    std::vector<probes::Answered> asked;
    for (int number = 0; number < OneUser::k_requests; ++number) {
        JOUST_TRY(const deploy::Asked one, user.ask(number));
        asked.push_back({one.sent, one.answered});
        std::this_thread::sleep_for(OneUser::k_pause);
    }
    JOUST_TRY(const auto commits, probes::commit_times(database, instance.label(), user.tables()));
    model::SingleRequests found{.rows = {}, .syncs = {}, .left_out = {}};
    const model::SlowCommits slowly = probes::slow_commits(asked, commits);
    if (std::chrono::abs(clock_offset() - clocks_before) > k_clock_drift)
        found.left_out.push_back(
            {k_slow_part, "the wall clock, by which commits are dated, jumped meanwhile"});
    else if (slowly.requests >= k_least_slow_requests)
        found.slow_commits = slowly;
    else
        found.left_out.push_back({k_slow_part, "other commits come beside almost all of its own"});
    JOUST_CHECK(slow.end());
    return found;
}

}  // namespace joust::experiment
