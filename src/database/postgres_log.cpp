#include "database/postgres_log.hpp"

#include <array>
#include <fstream>
#include <string_view>

namespace joust::database {
namespace {

// The first for a superuser, the second for everybody else (superuser_reserved_connections are kept back),
// the others where a role or database has a limit of its own. PostgreSQL 15 and 16, postmaster and
// InitPostgres.
constexpr std::array k_refusals = {
    std::string_view("sorry, too many clients already"),
    std::string_view("remaining connection slots are reserved"),
    std::string_view("too many connections for role"),
    std::string_view("too many connections for database"),
};

bool has(std::string_view line, std::string_view part) {
    return line.find(part) != std::string_view::npos;
}

std::string without_prefix(const std::string& line) {
    for (const std::string_view severity : {"FATAL:  ", "ERROR:  ", "PANIC:  ", "LOG:  ", "WARNING:  "})
        if (const std::size_t at = line.find(severity); at != std::string::npos)
            return line.substr(at + severity.size());
    return line;
}

void look_at(const std::string& line, LogFindings& findings) {
    for (const std::string_view refusal : k_refusals)
        if (has(line, "FATAL:  ") && has(line, refusal)) {
            if (findings.refused_connections++ == 0) findings.refusal = without_prefix(line);
            return;
        }
    if (has(line, "No space left on device") && !findings.disk_full)
        findings.disk_full = without_prefix(line);
    const bool killed = has(line, "LOG:  ") && has(line, "was terminated by signal");
    if ((killed || has(line, "PANIC:  ")) && !findings.crash) findings.crash = without_prefix(line);
}

}  // namespace

LogFindings read_log(const Path& log, std::uint64_t offset) {
    LogFindings findings;
    std::ifstream file(log);
    file.seekg(static_cast<std::streamoff>(offset));
    std::string line;
    while (std::getline(file, line))
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
