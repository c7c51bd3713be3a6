#include "model/observed_effects.hpp"

#include <gmock/gmock.h>

namespace joust::model {
namespace {

CommitShape shape(std::int64_t inserted, std::uint64_t commits) {
    return {{{"users", {inserted, 5, 5}}}, commits};
}

ObservedEffects observed(const std::vector<CommitShape>& shapes, std::optional<std::uint64_t> ahead,
                         const std::vector<FaultyTable>& tables = {}) {
    ObservedEffects effects{.contract = {{"users", {10, 5, 5}}},
                            .transactions = 1,
                            .acknowledged = 7,
                            .unknown = 1,
                            .shapes = shapes,
                            .other_commits = 2,
                            .rows = {{"users", {70, 35, 35}}},
                            .rolled_back = 3,
                            .rows_elsewhere = 4,
                            .answers_ahead = ahead,
                            .tables = tables};
    return effects;
}

ObservedEffects sum(ObservedEffects a, const ObservedEffects& b) {
    add(a, b);
    return a;
}

TEST(ObservedEffects, AddUpToTheSameSumInAnyOrder) {
    const ObservedEffects a = observed({shape(10, 7)}, 0, {{TableFault::trigger, "users", "t"}});
    const ObservedEffects b = observed({shape(8, 9), shape(10, 2)}, 5, {{TableFault::missing, "a", ""}});
    const ObservedEffects c = observed({shape(9, 9)}, std::nullopt, {{TableFault::trigger, "users", "t"}});
    EXPECT_EQ(sum(a, b), sum(b, a));
    EXPECT_EQ(sum(sum(a, b), c), sum(a, sum(b, c)));
    const ObservedEffects all = sum(sum(a, b), c);
    EXPECT_EQ(all.acknowledged, 21U);
    EXPECT_EQ(all.rows.at("users"), (RowEffects{210, 105, 105}));
    EXPECT_EQ(all.answers_ahead, 5U);
    EXPECT_EQ(all.tables.size(), 2U);
    EXPECT_THAT(all.shapes, ::testing::ElementsAre(shape(8, 9), shape(9, 9), shape(10, 9)));
    EXPECT_EQ(all.as_declared(), 9U);
    EXPECT_EQ(all.commits(), 27U + 6U);
}

TEST(ObservedEffects, CountATableThatEachOfThemCounted) {
    ObservedEffects a = observed({}, std::nullopt);
    ObservedEffects b = a;
    ObservedEffects c = a;
    a.counters = OwnCounters{7, {{"users", 70}, {"orders", 1}}};
    b.counters = OwnCounters{8, {{"users", 80}}};
    c.counters = OwnCounters{9, {{"orders", 2}, {"users", 90}}};
    EXPECT_EQ(sum(sum(a, b), c), sum(a, sum(b, c)));
    EXPECT_EQ(sum(a, b), sum(b, a));
    const ObservedEffects all = sum(sum(a, b), c);
    EXPECT_EQ(all.commits(), 24U);
    EXPECT_EQ(all.counters->inserted, (std::map<std::string, std::int64_t>{{"users", 240}}));
}

TEST(TableFault, IsReadBackByItsName) {
    for (const TableFault fault :
         {TableFault::missing, TableFault::unlogged, TableFault::no_table, TableFault::trigger,
          TableFault::rule, TableFault::cascade, TableFault::replaced, TableFault::constraint})
        EXPECT_EQ(table_fault(name(fault)), fault);
    EXPECT_EQ(table_fault("haunted"), std::nullopt);
}

}  // namespace
}  // namespace joust::model
