#include "cli/selftest_cases.hpp"

#include <gtest/gtest.h>

#include <set>

#include "model/name_rules.hpp"

namespace joust::cli {
namespace {

using model::Rule;

model::Judgement found(const std::vector<Rule>& rules) {
    model::Judgement judgement;
    for (const Rule rule : rules)
        judgement.findings.push_back({.rule = rule, .facts = {}});
    judgement.validity = model::validity_of(judgement.findings);
    return judgement;
}

constexpr SelftestCase k_honest{"honest", "", {}, ""};
constexpr SelftestCase k_named{"named", "", {}, "", Gap::none, false, Rule::stood_still};
constexpr SelftestCase k_cheat{"cheat", "", Rule::effects, "audit"};
constexpr SelftestCase k_gap{"gap", "", Rule::effects, "something to come", Gap::open};

TEST(SelftestCases, HaveLabelsThatAreNamesEachOnce) {
    std::set<std::string_view> labels;
    for (const SelftestCase& one : selftest_cases()) {
        EXPECT_TRUE(model::is_name(std::string(one.label))) << one.label;
        EXPECT_TRUE(labels.insert(one.label).second) << one.label;
        EXPECT_FALSE(one.what.empty());
    }
}

TEST(SelftestCases, AGapNamesTheProofThatIsToCome) {
    for (const SelftestCase& one : selftest_cases())
        if (one.gap != Gap::none) {
            EXPECT_TRUE(one.rule && !one.proof.empty()) << one.label;
        }
}

TEST(SelftestEnd, IsToldByWhatWasExpectedAndWhatWasFound) {
    struct Row {
        const SelftestCase& one;
        std::vector<Rule> rules;
        SelftestEnd end;
        const char* reason;
    };
    for (const Row& row : {
             Row{k_honest, {}, SelftestEnd::valid, "nothing was found"},
             Row{k_honest, {Rule::no_steady_state, Rule::steal}, SelftestEnd::valid, "doubts wrong nobody"},
             Row{k_honest, {Rule::clock_jumped}, SelftestEnd::valid, "that is the host's doing"},
             Row{k_honest, {Rule::effects}, SelftestEnd::wronged, "an honest one is no cheat"},
             Row{k_named, {Rule::stood_still}, SelftestEnd::valid, "valid, and named"},
             Row{k_named, {Rule::steal}, SelftestEnd::not_named, "valid, but nothing is said of it"},
             Row{k_named,
                 {Rule::stood_still, Rule::effects},
                 SelftestEnd::wronged,
                 "an honest one is no cheat"},
             Row{k_cheat, {Rule::effects}, SelftestEnd::caught, "as expected"},
             Row{k_cheat, {Rule::error_rate, Rule::effects}, SelftestEnd::caught, "more may be found"},
             Row{k_cheat, {Rule::error_rate}, SelftestEnd::misnamed, "the right verdict for another reason"},
             Row{k_cheat, {Rule::no_steady_state}, SelftestEnd::not_caught, "a doubt catches nobody"},
             Row{k_gap, {}, SelftestEnd::not_caught_yet, "its proof is still to come"},
             Row{k_gap, {Rule::cpu_taken}, SelftestEnd::not_caught_yet, "that is the host's doing"},
             Row{k_gap, {Rule::effects}, SelftestEnd::gap_closed, "the mark has to go"},
             Row{k_gap, {Rule::service_restarted}, SelftestEnd::gap_closed, "by whatever it is caught"},
         })
        EXPECT_EQ(end_of(row.one, found(row.rules), {}), row.end) << row.reason;
}

TEST(SelftestEnd, IsAlsoToldByWhatWasSeenBesideTheTrial) {
    const std::vector<model::Misdeed> early{model::Misdeed::answers_first};
    EXPECT_EQ(end_of(k_cheat, found({}), early), SelftestEnd::caught);
    EXPECT_EQ(end_of(k_honest, found({}), early), SelftestEnd::wronged);
    constexpr SelftestCase other{"other", "", Rule::error_rate, "answers"};
    EXPECT_EQ(end_of(other, found({}), early), SelftestEnd::misnamed);
}

TEST(SelftestEnd, FailsWhereSomethingIsNotAsExpected) {
    using enum SelftestEnd;
    for (const SelftestEnd end : {valid, caught, not_caught_yet})
        EXPECT_FALSE(fails(end)) << words(end);
    for (const SelftestEnd end : {not_caught, misnamed, wronged, gap_closed, not_named})
        EXPECT_TRUE(fails(end)) << words(end);
}

TEST(SelftestCodes, AreOfTheContendersDoingOnly) {
    EXPECT_EQ(codes(found({Rule::effects, Rule::steal, Rule::no_steady_state})), "effects, no_steady_state");
    EXPECT_EQ(codes(found({Rule::steal})), "");
}

}  // namespace
}  // namespace joust::cli
