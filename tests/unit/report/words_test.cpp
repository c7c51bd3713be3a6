// The tables of rules and quantities against the words for their rows.
#include <gmock/gmock.h>

#include <set>

#include "report/words/explanations.hpp"
#include "report/words/proofs.hpp"
#include "report/words/prose.hpp"
#include "report/words/quantities.hpp"
#include "report/words/rules.hpp"

namespace joust::report::words {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(about_users, speaks_of_a_database_user_only_where_there_is_a_server) {
    using model::DatabaseEngine;
    EXPECT_EQ(plain(about_users(true, DatabaseEngine::postgres)),
              "each contender and the database have one of their own");
    EXPECT_EQ(plain(about_users(true, DatabaseEngine::sqlite)), "each contender has one of its own");
    for (const DatabaseEngine engine : {DatabaseEngine::postgres, DatabaseEngine::sqlite}) {
        const Prose shared = about_users(false, engine);
        EXPECT_EQ(shared.spans.front().style, Style::strong);
        EXPECT_THAT(plain(shared), HasSubstr("not separated: contenders"));
    }
}

TEST(how_to_read_ratios, names_the_looks_that_the_run_can_have) {
    const auto told = [](int least, int most) {
        return plain(how_to_read_ratios({.blocks_min = least, .blocks_max = most}, false));
    };
    EXPECT_THAT(told(4, 12), HasSubstr("looked at after 4, 6, 8, 10 and 12 blocks, at"));
    EXPECT_THAT(told(5, 7), HasSubstr("looked at after 4 and 6 blocks, at"));
    EXPECT_THAT(told(4, 5), HasSubstr("looked at after 4 blocks, at"));
    EXPECT_THAT(told(1, 3), HasSubstr("judged once, at 95 %, when all of its blocks are there. Levels"));
    EXPECT_THAT(told(3, 3), HasSubstr("judged once, at 95 %, over all levels together"));
}

TEST(audit_words, say_how_many_are_right_and_what_the_others_are) {
    model::Audit audit{.table = "users", .rows_left = 5, .right = 1240};
    EXPECT_EQ(audited_right(audit), "all of 1240");
    EXPECT_EQ(audited_wrong(audit), "none");
    EXPECT_EQ(rows_left_each(audit), "5 rows each");
    audit.lost = 1;
    audit.duplicate = 2;
    audit.wrong_values = 3;
    EXPECT_EQ(audited_right(audit), "1240 of 1246");
    EXPECT_EQ(audited_wrong(audit), "1 lost, 2 duplicate, 3 other values");
    audit.problem = "it is a view";
    EXPECT_EQ(audited_wrong(audit), "it is a view");
}

TEST(proof_trials_text, counts_trials_where_they_differ) {
    EXPECT_EQ(proof_trials_text({}), "–");
    EXPECT_EQ(proof_trials_text({.proven = 3}), "proven");
    EXPECT_EQ(proof_trials_text({.open = 2}), "open");
    EXPECT_EQ(proof_trials_text({.proven = 2, .missed = 1}), "missed (1 of 3 trials), proven (2)");
}

TEST(rule_table, has_a_code_of_its_own_for_each_rule) {
    std::set<std::string_view> codes;
    for (const model::RuleRow& row : model::rules())
        codes.insert(row.code);
    EXPECT_EQ(codes.size(), model::k_rules);
}

TEST(quantity_table, has_a_key_of_its_own_for_each_quantity) {
    std::set<std::string_view> keys;
    for (const model::QuantityRow& row : model::quantities())
        keys.insert(row.key);
    EXPECT_EQ(keys.size(), model::k_quantities);
}

TEST(quantity_words, say_of_each_compared_quantity_what_better_is) {
    for (const model::Quantity quantity : model::k_compared_quantities) {
        EXPECT_EQ(compared_words(quantity).quantity, quantity) << row(quantity).key;
        EXPECT_NE(row(quantity).better, model::Better::neither) << row(quantity).key;
    }
}

TEST(quantity_columns, have_each_quantity_at_most_once) {
    std::set<model::Quantity> seen;
    for (const QuantityColumn& column : quantity_columns())
        EXPECT_TRUE(seen.insert(column.quantity).second) << column.title;
}

TEST(figure_text, of_what_no_trial_has_is_a_dash) {
    const model::Cell cell;
    for (const model::QuantityRow& row : model::quantities())
        EXPECT_EQ(figure_text(cell, row.quantity), "–") << row.key;
}

TEST(figure_text, has_the_unit_of_its_quantity_and_marks_lower_bounds) {
    model::Cell cell;
    cell.figures[model::Quantity::response_time_p99] = {12.3e6, 11.9e6, 12.8e6};
    cell.figures[model::Quantity::cpu_per_operation] = {5120, std::nullopt, std::nullopt};
    cell.figures[model::Quantity::throttled_share] = {0.34, std::nullopt, std::nullopt};
    cell.figures[model::Quantity::storage_written_per_operation] = {4096, 2048, 8192};
    EXPECT_EQ(figure_with_interval(cell, model::Quantity::response_time_p99), "12.3 ms [11.9 ms, 12.8 ms]");
    EXPECT_EQ(figure_text(cell, model::Quantity::cpu_per_operation), "5.12 ms");
    EXPECT_EQ(figure_text(cell, model::Quantity::throttled_share), "34 %");
    EXPECT_EQ(figure_text(cell, model::Quantity::storage_written_per_operation), "4.00 KiB");
    cell.figures[model::Quantity::response_time_p99].at_least = true;
    EXPECT_EQ(figure_with_interval(cell, model::Quantity::response_time_p99), "≥ 12.3 ms");
}

TEST(sentence, says_in_how_many_trials_a_rule_was_broken) {
    const model::Finding finding{model::Rule::steal, model::Grade::usual, model::ShareOverLimit{0.03, 0.01},
                                 model::Occurrence{2, 3}};
    EXPECT_EQ(sentence(finding),
              "other guests of the hypervisor took 3 % of the CPU time (limit 1 %) (2 of 3 trials)");
}

// What is said of a rule that had no data is about that rule.
TEST(sentence, of_a_rule_without_data_says_what_there_was_not) {
    std::set<std::string> said;
    for (const model::Rule rule :
         {model::Rule::cpu_taken, model::Rule::generator_lag, model::Rule::generator_run_delay,
          model::Rule::generator_cpu, model::Rule::generator_throttled, model::Rule::steal,
          model::Rule::offered_rate, model::Rule::saturation, model::Rule::littles_law, model::Rule::effects})
        EXPECT_TRUE(said.insert(sentence(model::NotEvaluated{rule, {}})).second) << code(rule);
    EXPECT_THAT(said, Not(::testing::Contains("there was no data")));
}

TEST(prose, without_marks_is_its_text) {
    const Prose prose = strong("a") + " b " + code("c") + emphasis(" d") + link(" e", "f");
    EXPECT_EQ(plain(prose), "a b c d e");
    EXPECT_EQ(prose.spans.size(), 5U);
    EXPECT_EQ((Prose("a") + "b").spans.size(), 1U);
}

}  // namespace
}  // namespace joust::report::words
