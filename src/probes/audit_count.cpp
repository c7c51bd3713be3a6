#include "probes/audit_count.hpp"

#include <algorithm>

namespace joust::probes {
namespace {

constexpr std::int64_t k_most_rows = (1 << 30) - 1;

// Counts an id by the rows that it has.
void count(model::Audit& audit, const AuditCount::Left& left) {
    const std::int64_t rows = left.rows;
    const bool all = rows == audit.rows_left;
    const bool right = all && left.other_values == 0;
    const bool several = rows > audit.rows_left && rows % audit.rows_left == 0;
    if (left.unknown == 0)
        ++(right       ? audit.right
           : all       ? audit.wrong_values
           : rows == 0 ? audit.lost
           : several   ? audit.duplicate
                       : audit.partial);
    else
        ++(right ? audit.unknown_applied : rows == 0 ? audit.unknown_absent : audit.unknown_partial);
}

}  // namespace

AuditCount::AuditCount(std::span<const model::IssuedIds> ids, std::int64_t rows_left)
    : rows_left_(rows_left) {
    for (const model::IssuedIds& thread : ids) {
        auto& [order, left] = threads_[thread.prefix];
        order = thread.order;
        left.resize(thread.issued);
        for (const model::UnacknowledgedId& id : thread.unacknowledged)
            if (id.sequence < thread.issued) left[id.sequence].unknown = 1;
    }
}

AuditCount::Left* AuditCount::find(std::string_view id) {
    const auto parts = model::IssuedIds::parsed(id);
    if (!parts) return nullptr;
    const auto thread = threads_.find(parts->prefix);
    if (thread == threads_.end()) return nullptr;
    const std::uint64_t sequence = thread->second.order.number_at(parts->place);
    return sequence < thread->second.left.size() ? &thread->second.left[sequence] : nullptr;
}

void AuditCount::add(const database::RowsOfRequest& rows) {
    Left* const left = find(rows.request_id);
    if (left == nullptr) {
        foreign_rows_ += static_cast<std::uint64_t>(std::max<std::int64_t>(0, rows.rows));
        return;
    }
    const std::int64_t sum = left->rows + std::clamp<std::int64_t>(rows.rows, 0, k_most_rows);
    left->rows = static_cast<std::uint32_t>(std::min(sum, k_most_rows)) & k_most_rows;
    if (rows.as_stated != rows.rows) left->other_values = 1;
}

model::Audit AuditCount::result() const {
    model::Audit audit{.table = {}, .rows_left = rows_left_};
    for (const auto& [prefix, thread] : threads_)
        for (const Left& left : thread.left)
            count(audit, left);
    audit.foreign_rows = foreign_rows_;
    return audit;
}

}  // namespace joust::probes
