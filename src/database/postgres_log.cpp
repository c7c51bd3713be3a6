#include "database/postgres_log.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"
#include "runtime/log_text.hpp"

namespace joust::database {
namespace {

// SQLSTATE of what is looked for, the same in every version and language.
constexpr std::string_view k_too_many_connections = "53300";
constexpr std::string_view k_disk_full = "53100";

// More than a whole log has, see host::LogBounds.
constexpr std::uint64_t k_most_read = std::uint64_t{256} << 20U;

/// "TIME UTC [PID] STATE user@database SEVERITY:  message", by the log_line_prefix of postgres_config.cpp.
struct LogLine {
    std::string_view state;     ///< SQLSTATE; empty where the line has no prefix
    std::string_view severity;  ///< LOG, FATAL, …; DETAIL, STATEMENT, … for what belongs to the line before
    std::string_view message;
};

LogLine parsed(std::string_view line) {
    constexpr std::size_t state_size = 5;
    LogLine result;
    if (line.starts_with('\t')) return result;  // the message, or a statement, goes on
    if (const std::size_t at = line.find("] ");
        at != std::string_view::npos && at + 2 + state_size < line.size())
        result.state = line.substr(at + 2, state_size);
    if (const std::size_t at = line.find(":  "); at != std::string_view::npos) {
        const std::size_t space = line.rfind(' ', at);
        const std::size_t begin = space == std::string_view::npos ? 0 : space + 1;
        result.severity = line.substr(begin, at - begin);
        result.message = line.substr(at + 3);
    }
    return result;
}

bool is_event(std::string_view severity) {
    constexpr std::array k_events = {"LOG", "WARNING", "ERROR", "FATAL", "PANIC"};
    return std::find(k_events.begin(), k_events.end(), severity) != k_events.end();
}

bool has(std::string_view line, std::string_view part) {
    return line.find(part) != std::string_view::npos;
}

void look_at(std::string_view text, LogFindings& findings) {
    const LogLine line = parsed(text);
    if (!is_event(line.severity)) return;
    if (line.severity == "FATAL" && line.state == k_too_many_connections) {
        if (findings.refused_connections++ == 0) findings.refusal = line.message;
        return;
    }
    if (!findings.disk_full && (line.state == k_disk_full || has(line.message, "No space left on device")))
        findings.disk_full = line.message;
    const bool killed = line.severity == "LOG" && has(line.message, "was terminated by signal");
    if (!findings.crash && (killed || line.severity == "PANIC")) findings.crash = line.message;
}

}  // namespace

LogFindings read_log(const Path& log, std::uint64_t offset) {
    LogFindings findings;
    const std::string text = runtime::log_text(log, offset, k_most_read);
    for (const std::string_view line : split(text, '\n'))
        look_at(line, findings);
    return findings;
}

std::vector<model::Incident> incidents(const LogFindings& findings, const std::string& max_connections) {
    if (findings.refused_connections == 0) return {};
    return {
        {model::IncidentKind::database_connections,
         fmt::format("PostgreSQL refused {} connection{} (\"{}\"): max_connections is {}; let the contender "
                     "open fewer connections, or raise database.settings.max_connections in the benchmark",
                     findings.refused_connections, findings.refused_connections == 1 ? "" : "s",
                     findings.refusal, max_connections)}};
}

}  // namespace joust::database
