#include "database/postgres_sessions.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

namespace joust::database {
namespace {

using namespace std::chrono_literals;
using model::DatabaseWaits;
using Sum = std::uint64_t DatabaseWaits::*;

struct WaitRow {
    std::string_view type;   ///< "": of any type
    std::string_view event;  ///< in lower case; "": any of the type
    Sum sum;
};
// The first that fits counts (https://www.postgresql.org/docs/current/monitoring-stats.html).
constexpr std::array<WaitRow, 10> k_waits{{
    {"", "walwrite", &DatabaseWaits::on_log},  // a lock among sessions in version 15, a file in all
    {"", "walsync", &DatabaseWaits::on_log},
    {"", "walinsert", &DatabaseWaits::on_log},
    {"", "walbufmapping", &DatabaseWaits::on_log},
    {"", "walinitsync", &DatabaseWaits::on_log},
    {"", "syncrep", &DatabaseWaits::on_log},
    {"Lock", "", &DatabaseWaits::on_lock},
    {"IO", "", &DatabaseWaits::on_storage},
    {"Client", "", &DatabaseWaits::held},  // a statement is under way whose next message is the contender's
    {"", "", &DatabaseWaits::on_other},
}};

// The function under the view pg_stat_activity, without its two joins.
constexpr const char* k_statement =
    "SELECT state, wait_event_type, wait_event, count(*) FROM pg_stat_get_activity(NULL) WHERE datid = "
    "(SELECT oid FROM pg_database WHERE datname = current_database()) AND backend_type = 'client backend' "
    "AND usesysid <> (SELECT oid FROM pg_roles WHERE rolname = current_user) GROUP BY 1, 2, 3";
constexpr Nanoseconds k_limit = 5s;

std::string lower(std::string_view text) {
    std::string found(text);
    std::transform(found.begin(), found.end(), found.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return found;
}

}  // namespace

void add_sessions(DatabaseWaits& sum, std::string_view state, std::string_view wait_type,
                  std::string_view wait_event, std::uint64_t sessions) {
    sum.sessions += sessions;
    if (state.starts_with("idle in transaction")) {
        sum.held += sessions;
        return;
    }
    if (state == "idle" || state.empty()) {  // a session that has just been opened has no state
        sum.idle += sessions;
        return;
    }
    if (wait_type.empty()) return;
    const std::string event = lower(wait_event);
    const auto row = std::find_if(k_waits.begin(), k_waits.end(), [&](const WaitRow& one) {
        return (one.type.empty() || one.type == wait_type) && (one.event.empty() || one.event == event);
    });
    sum.*(row->sum) += sessions;
}

Status PostgresSessions::read(DatabaseWaits& sum) {
    JOUST_TRY(const Rows rows, session_.query(k_statement, {}, k_limit));
    DatabaseWaits sample{.samples = 1};
    for (const auto& row : rows) {
        const std::string count = row.at(3).value_or("0");
        std::uint64_t sessions = 0;
        std::from_chars(count.data(), count.data() + count.size(), sessions);
        add_sessions(sample, row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or(""),
                     sessions);
    }
    sample.all_in_use = sample.sessions > 0 && sample.idle == 0 ? 1 : 0;
    sample.most_sessions = sample.sessions;
    model::add(sum, sample);
    return {};
}

}  // namespace joust::database
