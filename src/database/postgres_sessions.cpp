#include "database/postgres_sessions.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

#include "base/text.hpp"
#include "database/postgres_changes.hpp"
#include "database/postgres_data.hpp"

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

// What is asked again and again is planned once: a plan takes the server longer than what it finds. The
// function is that under the view pg_stat_activity, without its two joins; {0} is the database, {1} the
// superuser, whose own sessions do not count. Of other databases, by their names, it has the sessions with a
// statement under way.
constexpr const char* k_states =
    "SELECT CASE WHEN datid <> {0} THEN (SELECT datname FROM pg_database d WHERE d.oid = a.datid) END, "
    "state, wait_event_type, wait_event, count(*) FROM pg_stat_get_activity(NULL) a WHERE "
    "(datid = {0} OR state = 'active') AND backend_type = 'client backend' AND usesysid <> {1} "
    "GROUP BY datid, state, wait_event_type, wait_event";
constexpr const char* k_open =
    "SELECT pg_stat_get_db_sessions({0}), current_setting('port'), (SELECT string_agg(client_port::text, "
    "',') FROM pg_stat_get_activity(NULL) WHERE datid = {0} AND backend_type = 'client backend' AND "
    "client_port > 0 AND usesysid <> {1})";
constexpr Nanoseconds k_limit = 5s;

template <typename Number>
Number number_in(const std::optional<std::string>& field) {
    Number number = 0;
    const std::string text = field.value_or("0");
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// Whoever sleeps, or waits for its client or a lock of its own database, takes nothing from others.
bool takes_something(std::string_view wait_type) {
    return wait_type != "Client" && wait_type != "Timeout" && wait_type != "Lock";
}

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

// Up to version 17 pg_stat_wal has it, from 18 on pg_stat_io.
Result<std::optional<std::uint64_t>> PostgresSessions::log_syncs() {
    JOUST_TRY(const Rows about, session_.query("SELECT current_setting('server_version_num')::int / 10000, "
                                               "current_setting('wal_sync_method') LIKE 'f%'",
                                               {}, k_limit));
    const int version = number_in<int>(about.at(0).at(0));
    if (version < 14 || about[0].at(1) != "t") return std::optional<std::uint64_t>();
    JOUST_TRY(const Rows rows,
              session_.query(version < 18 ? "SELECT wal_sync FROM pg_stat_wal"
                                          : "SELECT sum(fsyncs)::bigint FROM pg_stat_io WHERE object = 'wal'",
                             {}, k_limit));
    return std::optional(number_in<std::uint64_t>(rows.at(0).at(0)));
}

Result<Rows> PostgresSessions::planned(const std::string& name, std::string_view statement) {
    if (!planned_.contains(name)) {
        JOUST_TRY(const Rows about,
                  session_.query("SELECT d.oid, r.oid FROM pg_database d, pg_roles r WHERE d.datname = "
                                 "current_database() AND r.rolname = current_user",
                                 {}, k_limit));
        const auto database = number_in<std::uint32_t>(about.at(0).at(0));
        const auto superuser = number_in<std::uint32_t>(about[0].at(1));
        JOUST_CHECK(session_.query(
            fmt::format("PREPARE {} AS {}", name, fmt::format(fmt::runtime(statement), database, superuser)),
            {}, k_limit));
        planned_.insert(name);
    }
    return session_.query("EXECUTE " + name, {}, k_limit);
}

Result<OpenSessions> PostgresSessions::open_sessions() {
    JOUST_TRY(const Rows rows, planned("joust_open", k_open));
    OpenSessions open{.server_port = number_in<std::uint16_t>(rows.at(0).at(1)),
                      .ever = number_in<std::uint64_t>(rows[0].at(0))};
    const std::string ports = rows[0].at(2).value_or("");
    for (const std::string_view port : split(ports, ','))
        if (!port.empty()) open.ports.push_back(number_in<std::uint16_t>(std::string(port)));
    return open;
}

Result<std::vector<model::FaultyTable>> PostgresSessions::own_code() {
    JOUST_TRY(const Rows rows, planned("joust_code", k_own_code));
    return code_in(rows);
}

Status PostgresSessions::read(DatabaseWaits& sum) {
    JOUST_TRY(const Rows rows, planned("joust_states", k_states));
    DatabaseWaits sample{.samples = 1};
    for (const auto& row : rows) {
        const std::string type = row.at(2).value_or("");
        if (const auto& other = row.at(0); !other)
            add_sessions(sample, row.at(1).value_or(""), type, row.at(3).value_or(""),
                         number_in<std::uint64_t>(row.at(4)));
        else if (other->starts_with(database_name("")) && takes_something(type))
            sample.others[other->substr(database_name("").size())] = 1;
    }
    sample.all_in_use = sample.sessions > 0 && sample.idle == 0 ? 1 : 0;
    sample.most_sessions = sample.sessions;
    model::add(sum, sample);
    return {};
}

}  // namespace joust::database
