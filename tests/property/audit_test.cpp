#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "probes/audit_count.hpp"

namespace joust::probes {
namespace {

struct Kept {
    std::string id;
    std::int64_t rows = 0;
    std::int64_t as_stated = 0;
};

// By definition, with every id and every row in a map.
model::Audit plain_audit(const std::vector<model::IssuedIds>& ids, const std::vector<Kept>& rows,
                         std::int64_t rows_left) {
    model::Audit audit{.table = {}, .rows_left = rows_left};
    std::map<std::string, Kept> by_id;
    for (const Kept& one : rows) {
        by_id[one.id].rows += one.rows;
        by_id[one.id].as_stated += one.as_stated;
        audit.foreign_rows += static_cast<std::uint64_t>(one.rows);
    }
    for (const model::IssuedIds& thread : ids)
        for (std::uint64_t sequence = 0; sequence < thread.issued; ++sequence) {
            const Kept left = by_id[thread.id(sequence)];
            audit.foreign_rows -= static_cast<std::uint64_t>(left.rows);
            bool unknown = false;
            for (const model::UnacknowledgedId& id : thread.unacknowledged)
                unknown = unknown || id.sequence == sequence;
            const bool all = left.rows == rows_left;
            const bool right = all && left.as_stated == left.rows;
            const bool several = left.rows > rows_left && left.rows % rows_left == 0;
            if (unknown)
                ++(right            ? audit.unknown_applied
                   : left.rows == 0 ? audit.unknown_absent
                                    : audit.unknown_partial);
            else
                ++(right            ? audit.right
                   : all            ? audit.wrong_values
                   : left.rows == 0 ? audit.lost
                   : several        ? audit.duplicate
                                    : audit.partial);
        }
    return audit;
}

std::vector<model::IssuedIds> some_ids() {
    std::vector<model::IssuedIds> ids;
    for (int thread = 0; thread < *rc::gen::inRange(0, 4); ++thread) {
        model::IssuedIds& one = ids.emplace_back();
        one.prefix = thread == 0 ? "" : "thread" + std::to_string(thread) + "-";
        if (*rc::gen::arbitrary<bool>()) one.order = SecretOrder::drawn();
        one.issued = *rc::gen::inRange<std::uint64_t>(0, 20);
        for (std::uint64_t sequence = 0; sequence < one.issued; ++sequence)
            if (*rc::gen::inRange(0, 4) == 0)
                one.unacknowledged.push_back({sequence, model::RequestErrorKind::timeout});
    }
    return ids;
}

std::string some_id(const std::vector<model::IssuedIds>& ids) {
    if (ids.empty() || *rc::gen::inRange(0, 5) == 0)
        return *rc::gen::element<std::string>("", "somebody's", "000000000000", "thread1-00000000000A",
                                              "thread1-0000000000001", "thread9-000000000001");
    return (*rc::gen::elementOf(ids)).id(*rc::gen::inRange<std::uint64_t>(0, 22));
}

RC_GTEST_PROP(Audit, countsAsADefinitionWithEveryIdDoes, ()) {
    const std::vector<model::IssuedIds> ids = some_ids();
    const std::int64_t rows_left = *rc::gen::inRange<std::int64_t>(1, 6);
    std::vector<Kept> rows;
    for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
        Kept& one = rows.emplace_back(Kept{some_id(ids)});
        one.rows = *rc::gen::element<std::int64_t>(1, rows_left, rows_left, rows_left, rows_left * 2, 7);
        one.as_stated =
            *rc::gen::inRange(0, 5) == 0 ? *rc::gen::inRange<std::int64_t>(0, one.rows) : one.rows;
    }
    AuditCount count(ids, rows_left);
    for (const Kept& one : rows)
        count.add({one.id, one.rows, one.as_stated});
    RC_ASSERT(count.result() == plain_audit(ids, rows, rows_left));
}

}  // namespace
}  // namespace joust::probes
