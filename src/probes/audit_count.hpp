#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/secret_order.hpp"
#include "database/database.hpp"
#include "model/audit.hpp"
#include "model/samples.hpp"

namespace joust::probes {

/// Holds rows by request id against the ids that were sent, as they come: an id is kept as a number of four
/// bytes in the place that its thread and sequence number give it; ids of others are counted, not kept.
class AuditCount {
public:
    /// `ids` outlive it; none is truncated. `rows_left` is what each request has to leave, above 0.
    AuditCount(std::span<const model::IssuedIds> ids, std::int64_t rows_left);

    /// An id may come several times, with some of its rows each.
    void add(const database::RowsOfRequest& rows);
    /// Without table, values and problem.
    [[nodiscard]] model::Audit result() const;

    /// What is kept of an id. Rows beyond the most that it holds are all the same: more than any contract's.
    struct Left {
        std::uint32_t rows : 30;
        std::uint32_t other_values : 1;
        std::uint32_t unknown : 1;  ///< its request was not answered rightly
    };
    static_assert(sizeof(Left) == 4);

private:
    struct Thread {
        SecretOrder order;
        std::vector<Left> left;  ///< by sequence
    };

    [[nodiscard]] Left* find(std::string_view id);

    std::int64_t rows_left_;
    std::unordered_map<std::string_view, Thread> threads_;  ///< by the ids' prefix
    std::uint64_t foreign_rows_ = 0;
};

}  // namespace joust::probes
