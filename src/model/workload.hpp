#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace joust::model {

/// Row changes of one table per successful request.
struct RowEffects {
    std::int64_t inserted = 0;
    std::int64_t updated = 0;
    std::int64_t deleted = 0;
    friend auto operator<=>(const RowEffects&, const RowEffects&) = default;
};

/// File operations per successful request.
struct FileEffects {
    std::int64_t created = 0;
    std::int64_t written = 0;
    std::int64_t read = 0;
    std::int64_t removed = 0;
    friend bool operator==(const FileEffects&, const FileEffects&) = default;
};

/// What one successful request must have changed: the effects contract.
struct EffectsContract {
    std::map<std::string, RowEffects> rows;  ///< by table
    std::int64_t transactions = 0;
    FileEffects files;
    std::int64_t rows_left = 0;  ///< rows that carry the request's id afterwards
    /// What all of them hold then, by column, as the database writes it as text.
    std::map<std::string, std::string> values_left = {};
    friend bool operator==(const EffectsContract&, const EffectsContract&) = default;
};

/// One kind of request of a workload.
struct Operation {
    std::string name;
    std::string route;  ///< key in the contender's [routes]
    std::string method = "POST";
    std::string content_type;   ///< empty: no body is sent
    std::string body;           ///< may hold {request_id}
    std::int64_t weight = 1;    ///< share in the mix
    int status = 200;           ///< of a right answer
    std::string expected_json;  ///< fields that a right answer has, as a JSON object; may hold {request_id}
    EffectsContract effects;
    friend bool operator==(const Operation&, const Operation&) = default;
};

struct Workload {
    std::string name;
    std::string title;
    std::string description;
    std::vector<Operation> operations;  ///< at least one
    friend bool operator==(const Workload&, const Workload&) = default;
};

}  // namespace joust::model
