#include "probes/audit_probe.hpp"

#include <gmock/gmock.h>

namespace joust::probes {
namespace {

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
