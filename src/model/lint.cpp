#include "model/lint.hpp"

namespace joust::model {

std::string_view name(LintKind kind) {
    constexpr std::array<std::string_view, k_lint_kinds> names{
        "operations",        "operation_order",  "db_connections",
        "sessions_seen",     "workers",          "processes",
        "threads",           "threads_seen",     "notes",
        "versions",          "recycling",        "keep_alive",
        "database_settings", "constraints",      "development",
        "printed",           "new_connections",  "new_database_connections",
        "statements",        "answer_size",      "answer_growth",
        "growing_work",      "constant_latency", "few_per_user",
        "stood_still",       "threads_waiting"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace joust::model
