#pragma once

#include <map>
#include <memory>
#include <string>

#include "database/sqlite.hpp"
#include "support/rig.hpp"

// What tests of a real SQLite have in common.
namespace joust::database {

/// SQLite without limits on the rig, which waits for a lock no longer than a test may.
inline Result<std::unique_ptr<Database>> start_sqlite(
    test::Rig& rig, const model::DatabaseSpec& spec = {.engine = model::DatabaseEngine::sqlite},
    const std::map<std::string, host::User>& contender_users = {}) {
    return start_database({.spec = spec,
                           .limits = std::nullopt,
                           .cpu = std::nullopt,
                           .runtime = rig.runtime(),
                           .run = rig.run(),
                           .user = rig.user(),
                           .contender_users = contender_users,
                           .log_directory = rig.logs(),
                           .lock_patience = std::chrono::milliseconds(500)});
}

}  // namespace joust::database
