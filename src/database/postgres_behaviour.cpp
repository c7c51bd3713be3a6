#include <array>
#include <csignal>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "database/postgres.hpp"
#include "runtime/log_text.hpp"

namespace joust::database {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_reload_limit = 10s;
constexpr Nanoseconds k_log_limit = 5s;
constexpr Nanoseconds k_ask_again = 5ms;
constexpr std::uint64_t k_most_log = std::uint64_t{64} << 20U;

using Settings = std::vector<std::pair<std::string, std::string>>;

// Whole pages of 8 KiB apart, nobody writes the log but the session that waits for its commit: not the writer
// of the log, and not the writer of pages, which may not overtake it. So the last commits, which end in a
// page that is not full, stay in memory.
Settings lazy_settings() {
    return {{"wal_writer_delay", "10s"}, {"wal_writer_flush_after", "1GB"}, {"bgwriter_lru_maxpages", "0"}};
}

Settings settings_of(Behaviour behaviour) {
    switch (behaviour) {
        case Behaviour::usual:
            return {};
        case Behaviour::lazy_log:
            return lazy_settings();
        case Behaviour::telling:
            return {{"log_statement", "all"}};
        case Behaviour::slow_commits:
            break;
    }
    Settings settings = lazy_settings();
    const auto delay = duration_cast<std::chrono::microseconds>(k_slow_commit).count();
    settings.emplace_back("commit_delay", std::to_string(delay));
    settings.emplace_back("commit_siblings", "0");
    return settings;
}

// Whether a line is the first of a statement's: "… joust_x@joust_x LOG:  statement: BEGIN". Further lines of
// a statement begin with a tab, whatever stands in it.
bool tells_statement(std::string_view line, std::string_view session) {
    if (line.empty() || line.front() == '\t') return false;
    const std::size_t at = line.find(session);
    if (at == std::string_view::npos) return false;
    const std::string_view message = line.substr(at + session.size());
    constexpr std::array<std::string_view, 3> kinds{"statement: ", "execute ", "fastpath function call: "};
    for (const std::string_view kind : kinds)
        if (message.starts_with(kind)) return true;
    return false;
}

}  // namespace

Status Postgres::behave(Behaviour behaviour) {
    const std::string doing = "changing how PostgreSQL works";
    auto session = admin_session("postgres");
    if (!session) return tl::unexpected(with_context(session.error(), doing));
    const auto run = [&](const std::string& statement) -> Result<Rows> {
        auto rows = session->query(statement);
        if (!rows) return tl::unexpected(with_context(rows.error(), doing));
        return rows;
    };
    JOUST_CHECK(run("ALTER SYSTEM RESET ALL"));
    for (const auto& [name, value] : settings_of(behaviour))
        JOUST_CHECK(run(fmt::format("ALTER SYSTEM SET {} = '{}'", name, value)));
    // The server has taken them when it says so of a moment after this one.
    JOUST_TRY(const Rows before, run("SELECT pg_conf_load_time(), pg_reload_conf()"));
    const std::string earlier = before.at(0).at(0).value_or("");
    for (const TimePoint deadline = now() + k_reload_limit; now() < deadline;
         std::this_thread::sleep_for(k_ask_again)) {
        auto later = admin_session("postgres");
        if (!later) return tl::unexpected(with_context(later.error(), doing));
        const auto rows = later->query("SELECT pg_conf_load_time()");
        if (rows && rows->at(0).at(0).value_or("") != earlier) return {};
    }
    return fail(ErrorKind::timed_out, "{}: it did not read its settings within {}", doing,
                spoken(k_reload_limit));
}

Status Postgres::kill() {
    if (!running()) return fail(ErrorKind::database, "PostgreSQL {}", description());
    stretch_.reset();
    server_->signal(SIGKILL);
    ending_ = server_->stop(Nanoseconds{0});
    server_.reset();
    remove_orphaned_segments(user_);
    return {};
}

Status Postgres::start_again() {
    if (server_)
        return fail(ErrorKind::database, "PostgreSQL {}, and cannot be started again", description());
    JOUST_CHECK(launch(port_));
    return check_in_force();
}

Result<std::uint64_t> Postgres::statements_since(const std::string& contender, LogMark mark) {
    // What a session prints arrives a moment later, and in order.
    const std::string end = fmt::format("joust-end-of-statements-{}", ++marks_);
    JOUST_TRY(Connection session, admin_session("postgres"));
    JOUST_CHECK(session.query(fmt::format("SELECT '{}'", end)));
    std::string text;
    for (const TimePoint deadline = now() + k_log_limit; now() < deadline;
         std::this_thread::sleep_for(k_ask_again)) {
        text = runtime::log_text(log(), mark.offset, k_most_log);
        if (text.find(end) != std::string::npos) break;
    }
    if (text.find(end) == std::string::npos || server_->left_out_of_log() > mark.left_out)
        return fail(ErrorKind::unsupported, "not all of the statements of {} are in the database's log",
                    contender);
    const std::string name = database_name(contender);
    const std::string session_name = fmt::format(" {}@{} LOG:  ", name, name);
    std::uint64_t count = 0;
    for (const std::string_view line : split(text, '\n'))
        if (tells_statement(line, session_name)) ++count;
    return count;
}

}  // namespace joust::database
