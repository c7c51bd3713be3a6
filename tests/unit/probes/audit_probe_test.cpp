#include "probes/audit_probe.hpp"

#include <gmock/gmock.h>

namespace joust::probes {
namespace {

using Rows = std::vector<database::RowsOfRequest>;

// Ten ids, of which 7 failed and 8 and 9 did not end.
std::vector<model::IssuedIds> ids() {
    model::IssuedIds thread{.prefix = "a", .issued = 10};
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

TEST(Audit, OfATableThatProvesNothingIsNotAsTheContract) {
    EXPECT_FALSE((model::Audit{.rows_left = 5, .right = 7, .problem = "it is a view"}).as_contract());
}

TEST(RowsLeft, AreThoseThatEveryOperationDeclaresAlike) {
    model::Operation operation{.name = "o", .route = "r", .body = R"({"id": "{request_id}"})"};
    operation.effects = {.rows = {{"users", {10, 5, 5}}}, .rows_left = 5};
    model::Workload workload{.name = "w", .operations = {operation, operation}};
    ASSERT_TRUE(rows_left(workload));
    EXPECT_EQ(rows_left(workload)->table, "users");
    EXPECT_EQ(rows_left(workload)->rows, 5);
    workload.operations[1].effects.rows_left = 4;
    EXPECT_FALSE(rows_left(workload)) << "an id does not tell its operation";
    workload.operations[1].effects.rows_left = 5;
    workload.operations[1].effects.values_left = {{"age", "99"}};
    EXPECT_FALSE(rows_left(workload)) << "nor what its rows have to hold";
    workload.operations[0].effects.values_left = {{"age", "99"}};
    EXPECT_EQ(rows_left(workload)->values.at("age"), "99");
    workload.operations = {operation};
    workload.operations[0].body = "{}";
    EXPECT_FALSE(rows_left(workload)) << "no id is sent";
    workload.operations = {operation};
    workload.operations[0].effects.rows_left = 0;
    EXPECT_FALSE(rows_left(workload)) << "nothing is left";
}

}  // namespace
}  // namespace joust::probes
