#include "probes/audit_count.hpp"

#include <gmock/gmock.h>
#include <malloc.h>

namespace joust::probes {
namespace {

/// Rows of a request, with an id that is its own.
struct Kept {
    std::string id;
    std::int64_t rows = 0;
    std::int64_t as_stated = 0;
};
using Rows = std::vector<Kept>;

// Ten ids, of which 7 failed and 8 and 9 did not end.
std::vector<model::IssuedIds> ids() {
    const SecretOrder order({{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {10, 11, 12}}});
    model::IssuedIds thread{.prefix = "a", .order = order, .issued = 10};
    for (const std::uint64_t sequence : {9U, 7U, 8U})
        thread.unacknowledged.push_back({sequence, model::RequestErrorKind::timeout});
    return {thread};
}
Rows rows_of(const std::vector<std::int64_t>& rows) {
    Rows all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i] > 0) all.push_back({ids()[0].id(i), rows[i], rows[i]});
    return all;
}

model::Audit audit(const std::vector<model::IssuedIds>& ids, const Rows& rows, std::int64_t rows_left) {
    AuditCount count(ids, rows_left);
    for (const Kept& one : rows)
        count.add({one.id, one.rows, one.as_stated});
    return count.result();
}

TEST(Audit, OfRequestsThatLeftWhatTheyHaveToIsAsTheContract) {
    const model::Audit found = audit(ids(), rows_of({5, 5, 5, 5, 5, 5, 5, 0, 5, 0}), 5);
    EXPECT_EQ(found, (model::Audit{.rows_left = 5, .right = 7, .unknown_applied = 1, .unknown_absent = 2}));
    EXPECT_TRUE(found.as_contract());
}

TEST(Audit, TellsLostPartialAndDuplicateApart) {
    const model::Audit found = audit(ids(), rows_of({5, 0, 4, 10, 15, 7, 5, 3, 0, 0}), 5);
    EXPECT_EQ(found, (model::Audit{.rows_left = 5,
                                   .right = 2,
                                   .lost = 1,
                                   .partial = 2,
                                   .duplicate = 2,
                                   .unknown_absent = 2,
                                   .unknown_partial = 1}));
    EXPECT_FALSE(found.as_contract());
    EXPECT_EQ(found.acknowledged(), 7U);
}

TEST(Audit, TellsRowsWithOtherValuesThanTheContractsApart) {
    Rows rows = rows_of({5, 5, 5, 5, 5, 5, 5, 5, 0, 0});
    rows[1].as_stated = 4;
    rows[2].as_stated = 0;
    rows[7].as_stated = 0;  // its request failed
    const model::Audit found = audit(ids(), rows, 5);
    EXPECT_EQ(found,
              (model::Audit{
                  .rows_left = 5, .right = 5, .wrong_values = 2, .unknown_absent = 2, .unknown_partial = 1}));
    EXPECT_FALSE(found.as_contract());
    EXPECT_EQ(found.acknowledged(), 7U);
}

TEST(Audit, CountsRowsThatNobodyAskedForApart) {
    Rows rows = rows_of({5, 5, 5, 5, 5, 5, 5, 0, 0, 0});
    rows.push_back({"somebody's", 12, 12});
    rows.push_back({"", 1, 1});
    const model::Audit found = audit(ids(), rows, 5);
    EXPECT_EQ(found.foreign_rows, 13U);
    EXPECT_TRUE(found.as_contract());
}

TEST(Audit, TakesTheRowsOfAnIdInPieces) {
    Rows rows = rows_of({5, 5, 5, 5, 5, 5, 2, 0, 0, 0});
    rows.push_back({ids()[0].id(6), 2, 2});
    EXPECT_EQ(audit(ids(), rows, 5).partial, 1U);
    rows.push_back({ids()[0].id(6), 1, 1});
    EXPECT_TRUE(audit(ids(), rows, 5).as_contract());
    rows.back().as_stated = 0;
    EXPECT_EQ(audit(ids(), rows, 5).wrong_values, 1U);
}

TEST(Audit, OfMoreRowsThanItCountsIsNotAsTheContract) {
    Rows rows = rows_of({5, 5, 5, 5, 5, 5, 5, 0, 0, 0});
    for (int i = 0; i < 3; ++i)
        rows.push_back({ids()[0].id(0), std::int64_t{1} << 40, std::int64_t{1} << 40});
    const model::Audit found = audit(ids(), rows, 5);
    EXPECT_EQ(found.partial + found.duplicate, 1U);
    EXPECT_EQ(found.right, 6U);
}

// Each of the two has a million ids.
TEST(Audit, KeepsFourBytesOfAnId) {
    EXPECT_LE(sizeof(AuditCount::Left), 4U);
    const std::vector<model::IssuedIds> ids{{.prefix = "a", .issued = 1'000'000},
                                            {.prefix = "b", .issued = 1'000'000}};
    const auto in_use = [] { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; };
    const std::size_t before = in_use();
    AuditCount count(ids, 1);
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        count.add({ids[0].id(i), 1, 1});
        count.add({"somebody's " + ids[1].id(i), 1, 1});
    }
    EXPECT_LT(in_use() - before, 2'000'000 * 5U);
    EXPECT_EQ(count.result().foreign_rows, 1'000'000U);
}

TEST(Audit, OfATableThatProvesNothingIsNotAsTheContract) {
    EXPECT_FALSE((model::Audit{.rows_left = 5, .right = 7, .problem = "it is a view"}).as_contract());
}

}  // namespace
}  // namespace joust::probes
