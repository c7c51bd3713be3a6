#include "database/postgres_changes.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace joust::database {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_read_limit = 10min;         // a million requests take some 40 s
constexpr std::size_t k_longest_line = 64U << 20U;  // a commit names each of its subtransactions
constexpr const char* k_slot = "joust";

// Without names, which are everybody's own matter. An index that a constraint made is in the constraint, and
// a unique one that no constraint made does the same.
constexpr const char* k_constraints =
    "WITH tables AS (SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind = 'r'), constraints AS ("
    "SELECT conrelid AS relation, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE contype IN "
    "('p', 'u', 'f', 'c', 'x') "
    "UNION SELECT k.confrelid, t.relname || ': ' || pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN "
    "tables t ON t.oid = k.conrelid WHERE k.contype = 'f' AND k.conrelid <> k.confrelid "
    "UNION SELECT attrelid, attname || ' NOT NULL' FROM pg_attribute WHERE attnotnull AND attnum > 0 AND "
    "NOT attisdropped "
    "UNION SELECT i.indrelid, CASE WHEN i.indisunique THEN 'UNIQUE (' ELSE 'INDEX (' END || "
    "(SELECT string_agg(pg_get_indexdef(i.indexrelid, place, true), ', ' ORDER BY place) FROM "
    "generate_series(1, i.indnkeyatts) AS place) || ')' || CASE m.amname WHEN 'btree' THEN '' ELSE ' USING ' "
    "|| m.amname END || COALESCE(' WHERE ' || pg_get_expr(i.indpred, i.indrelid), '') FROM pg_index i JOIN "
    "pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam WHERE NOT EXISTS (SELECT FROM "
    "pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))) "
    "SELECT DISTINCT t.relname, left(k.text, 200) FROM constraints k JOIN tables t ON t.oid = k.relation "
    "WHERE k.text IS NOT NULL ORDER BY 1, 2 LIMIT 10000";

std::string text_of(const Rows& rows, std::size_t column = 0) {
    return rows.at(0).at(column).value_or("");
}

// Cuts a stream into lines.
class Lines {
public:
    explicit Lines(std::function<Status(std::string_view)> each) : each_(std::move(each)) {}

    Status add(std::string_view text) {
        for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
            begun_ += text.substr(0, end);
            JOUST_CHECK(each_(begun_));
            begun_.clear();
            text.remove_prefix(end + 1);
        }
        begun_ += text;
        if (begun_.size() > k_longest_line)
            return fail(ErrorKind::unsupported, "a line of the write-ahead log is longer than {} bytes",
                        k_longest_line);
        return {};
    }

private:
    std::function<Status(std::string_view)> each_;
    std::string begun_;
};

// Hands on what comes out of a pipe, to its end.
Status drain(int pipe, const runtime::Interrupted& interrupted, Lines& lines) {
    const TimePoint deadline = now() + k_read_limit;
    std::array<char, std::size_t{1} << 16U> buffer{};
    for (;;) {
        if (interrupted && interrupted())
            return fail(ErrorKind::interrupted, "interrupted while the write-ahead log was read");
        if (now() > deadline)
            return fail(ErrorKind::timed_out, "the write-ahead log was not read within {}",
                        spoken(k_read_limit));
        pollfd watched{.fd = pipe, .events = POLLIN, .revents = 0};
        constexpr int k_patience_ms = 100;
        if (::poll(&watched, 1, k_patience_ms) <= 0) continue;
        const ssize_t size = ::read(pipe, buffer.data(), buffer.size());
        if (size == 0) return {};
        if (size < 0 && errno != EINTR)
            return fail(ErrorKind::io, "cannot read what pg_waldump prints: {}", errno_text());
        if (size > 0) JOUST_CHECK(lines.add({buffer.data(), static_cast<std::size_t>(size)}));
    }
}

Result<host::ProcessSpec> waldump(const ChangeReader& reader, const ChangeLog& log) {
    const PostgresFiles& files = reader.files;
    runtime::Program program{
        .command = {(files.programs / "pg_waldump").string(), "--path", (files.data / "pg_wal").string(),
                    "--start", log.start, "--end", log.end, "--rmgr", "Heap", "--rmgr", "Heap2", "--rmgr",
                    "Transaction"},
        // Times are printed in the time zone of the process.
        .environment = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C"}, {"TZ", "UTC"}},
        .directory = files.root,
        .user = files.user,
        .image = files.image};
    if (files.volume) program.folders = {files.volume.get()};
    JOUST_TRY(host::ProcessSpec spec, reader.runtime.errand(program, reader.name));
    host::RunState& run = reader.run;
    spec.before_start = [&run](const host::ProcessIdentity& leader) { return run.record_session(leader); };
    return spec;
}

}  // namespace

Result<std::string> begin_stretch(Connection& session) {
    JOUST_CHECK(session.query(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1",
        {k_slot}));
    JOUST_CHECK(session.query("CHECKPOINT"));
    JOUST_CHECK(session.query("SELECT pg_create_physical_replication_slot($1, true)", {k_slot}));
    JOUST_TRY(const Rows place, session.query("SELECT pg_current_wal_insert_lsn()"));
    return text_of(place);
}

std::vector<model::FaultyTable> code_in(const Rows& rows) {
    std::vector<model::FaultyTable> found;
    for (const auto& row : rows)
        found.push_back({row[0] == "t" ? model::TableFault::trigger : model::TableFault::rule,
                         printable(row[1].value_or("")), printable(row[2].value_or(""))});
    return found;
}

Result<std::vector<model::FaultyTable>> own_code(Connection& session) {
    JOUST_TRY(const Rows rows, session.query(k_own_code));
    return code_in(rows);
}

Result<TableStates> table_states(Connection& session) {
    TableStates states;
    JOUST_TRY(
        const Rows tables,
        session.query(
            "SELECT c.relname, c.relkind, c.relpersistence, "
            "COALESCE(NULLIF(c.reltablespace, 0), d.dattablespace)::text || '/' || d.oid::text || '/' || "
            "pg_relation_filenode(c.oid)::text FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace JOIN pg_database d ON d.datname = current_database() "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"));
    for (const auto& row : tables)
        states[row[0].value_or("")] = {.relation = row[3].value_or(""),
                                       .ordinary = row[1] == "r",
                                       .logged = row[2] == "p",
                                       .triggers = {},
                                       .rules = {},
                                       .cascades = {}};
    JOUST_TRY(const auto code, own_code(session));
    for (const model::FaultyTable& one : code) {
        TableState& table = states.try_emplace(one.table, TableState{.ordinary = false}).first->second;
        (one.fault == model::TableFault::trigger ? table.triggers : table.rules).push_back(one.what);
    }
    JOUST_TRY(const Rows cascades,
              session.query("SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = "
                            "k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "
                            "'public' AND k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR "
                            "k.confupdtype IN ('c', 'n', 'd')) ORDER BY k.conname"));
    for (const auto& row : cascades)
        states[row[0].value_or("")].cascades.push_back(row[1].value_or(""));
    JOUST_TRY(const Rows constraints, session.query(k_constraints));
    for (const auto& row : constraints)
        states[row[0].value_or("")].constraints.push_back(printable(row[1].value_or("")));
    return states;
}

Status end_stretch(Connection& session, ChangeLog& log) {
    JOUST_TRY(const Rows database,
              session.query("SELECT oid FROM pg_database WHERE datname = current_database()"));
    log.database = text_of(database);
    JOUST_CHECK(session.query("BEGIN"));
    JOUST_CHECK(session.query("SET LOCAL synchronous_commit = on"));
    JOUST_TRY(const Rows last, session.query("SELECT pg_current_xact_id()::text"));
    // Its upper half counts how often the numbers in the log began anew.
    log.last = static_cast<std::uint32_t>(std::strtoull(text_of(last).c_str(), nullptr, 10));
    JOUST_CHECK(session.query("SELECT pg_logical_emit_message(true, 'joust', 'end of the trial')"));
    JOUST_CHECK(session.query("COMMIT"));
    JOUST_TRY(const Rows end, session.query("SELECT pg_current_wal_flush_lsn()"));
    log.end = text_of(end);
    return {};
}

Status read_stretch(const ChangeReader& reader, const ChangeLog& log,
                    const std::function<void(const WalRecord&)>& each) {
    JOUST_TRY(host::ProcessSpec spec, waldump(reader, log));
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail(ErrorKind::io, "cannot make a pipe: {}", errno_text());
    const Fd from(ends[0]);
    Fd to(ends[1]);
    spec.output = to.get();
    JOUST_TRY(const host::Process process, host::Process::start(spec));
    to.close();
    bool whole = false;
    std::string said;
    Lines lines([&](std::string_view line) -> Status {
        JOUST_TRY(const std::optional<WalRecord> record, parse_wal_line(line));
        if (record) {
            whole = whole || (record->act == WalAct::committed && record->transaction == log.last);
            each(*record);
        } else if (line.starts_with("pg_waldump: ")) {
            said = line.substr(0, 300);
        }
        return {};
    });
    JOUST_CHECK(drain(from.get(), reader.interrupted, lines));
    const auto status = process.wait_for(10s);
    if (!status || !status->success())
        return fail(ErrorKind::unsupported, "pg_waldump {}: {}", status ? to_text(*status) : "did not end",
                    said.empty() ? "it said nothing" : said);
    if (!whole)
        return fail(ErrorKind::unsupported, "the write-ahead log that was read does not go up to {}",
                    log.end);
    return {};
}

}  // namespace joust::database
