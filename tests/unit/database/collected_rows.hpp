#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "support/rig.hpp"

namespace joust::database {

/// Rows of a request, kept.
struct CountedId {
    std::string id;
    std::int64_t rows = 0;
    std::int64_t as_stated = 0;
    friend bool operator==(const CountedId&, const CountedId&) = default;
};

/// All that Database::rows_by_request() tells.
struct CollectedRows {
    std::string problem;
    std::vector<CountedId> rows;
};

inline CollectedRows collected_rows(Database& database, const std::string& contender, const RowQuery& query) {
    CollectedRows all;
    all.problem = test::must(database.rows_by_request(contender, query, [&](const RowsOfRequest& one) {
        all.rows.push_back({std::string(one.request_id), one.rows, one.as_stated});
    }));
    return all;
}

}  // namespace joust::database
