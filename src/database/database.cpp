#include "database/database.hpp"

#include "database/postgres.hpp"
#include "database/sqlite.hpp"
#include "host/port.hpp"

namespace joust::database {

Result<std::unique_ptr<Database>> start_database(const DatabaseContext& context) {
    if (context.spec.engine == model::DatabaseEngine::sqlite) return Sqlite::start(context);
    return Postgres::start(context, host::free_loopback_port);
}

namespace {

Error no_server() {
    return {ErrorKind::unsupported, "this database has no server"};
}

}  // namespace

Result<TableStates> Database::tables_of(const std::string&) {
    return TableStates{};
}

Status Database::behave(Behaviour) {
    return tl::unexpected(no_server());
}

Status Database::kill() {
    return tl::unexpected(no_server());
}

Status Database::start_again() {
    return tl::unexpected(no_server());
}

Result<std::uint64_t> Database::statements_since(const std::string&, LogMark) {
    return tl::unexpected(no_server());
}

Status Database::call_witness(const std::string&, const std::set<std::string>&) {
    return fail(ErrorKind::unsupported, "this database has a log");
}

Result<Witnessed> Database::witnessed(const std::string&) {
    return fail(ErrorKind::unsupported, "this database has a log");
}

Status Database::dismiss_witness(const std::string&) {
    return {};
}

std::string masked(const std::string& url) {
    const std::size_t scheme = url.find("://");
    const std::size_t at = url.find('@');
    if (scheme == std::string::npos || at == std::string::npos) return url;
    const std::size_t colon = url.find(':', scheme + 3);
    if (colon == std::string::npos || colon > at) return url;
    return url.substr(0, colon + 1) + "***" + url.substr(at);
}

}  // namespace joust::database
