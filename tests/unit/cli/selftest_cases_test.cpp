#include "cli/selftest_cases.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "model/name_rules.hpp"

namespace joust::cli {
namespace {

using model::EffectsMissed;
using model::Finding;
using model::Misdeed;
using model::RequestErrorKind;
using model::Rule;
using model::TableFault;
using C = model::Charge;

model::Judgement judged(std::vector<Finding> findings) {
    model::Judgement judgement;
    judgement.findings = std::move(findings);
    judgement.validity = model::validity_of(judgement.findings);
    return judgement;
}
Finding found(Rule rule) {
    return {.rule = rule, .facts = {}};
}
Finding effects(EffectsMissed facts) {
    return {.rule = Rule::effects, .facts = std::move(facts)};
}
Finding errors(double share, RequestErrorKind most, bool wrong_ids = false) {
    return {.rule = Rule::error_rate,
            .facts = model::ErrorShare{.share = share, .most = most, .wrong_ids = wrong_ids}};
}

/// Of a thousand requests that were answered rightly.
model::ObservedEffects logged(std::uint64_t commits, std::uint64_t rolled_back = 0,
                              const model::RowEffects& rows = {10'000, 5000, 5000}) {
    return {.contract = {{"users", {10, 5, 5}}},
            .transactions = 1,
            .acknowledged = 1000,
            .other_commits = commits,
            .rows = {{"users", rows}},
            .rolled_back = rolled_back};
}
model::ObservedEffects with_table(TableFault fault, const std::string& table, const std::string& what) {
    model::ObservedEffects effects = logged(1000);
    effects.tables = {{fault, table, what}};
    return effects;
}
model::Audit audited(std::uint64_t lost, std::uint64_t duplicate = 0, std::uint64_t wrong_values = 0) {
    return {.table = "users",
            .rows_left = 5,
            .right = 1000 - lost - duplicate - wrong_values,
            .lost = lost,
            .duplicate = duplicate,
            .wrong_values = wrong_values};
}
/// In a hundred requests.
model::ObservedFiles files(std::int64_t created, std::int64_t read) {
    return {.contract = {5, 5, 5, 5},
            .requests = 100,
            .seen = {.created = created, .written = created, .read = read, .removed = created}};
}
const std::vector<model::FileDeed> k_all_deeds(model::k_file_deeds.begin(), model::k_file_deeds.end());

Finding two_processes(const std::string& one, const std::string& other) {
    model::ServiceProcesses seen{.declared = 1, .workers = 1, .most = 2};
    seen.seen = {{.command = one, .first = true}, {.command = other}};
    return {.rule = Rule::processes, .facts = model::OtherProcesses{model::ProcessMismatch::more, 2, seen}};
}

struct Evidence {
    model::Judgement judgement;
    std::vector<Misdeed> verified = {};
};

/// What the variants left behind when they were run, with rounder numbers.
std::map<std::string_view, Evidence> evidence() {
    const EffectsMissed lost_in_log{
        .audit = audited(950), .observed = logged(50), .misdeeds = {Misdeed::no_commit}};
    EffectsMissed while_watched = lost_in_log;
    while_watched.audit->right = 1000;
    while_watched.files = files(0, 0);
    while_watched.files_missed = k_all_deeds;
    model::Audit unlogged;
    unlogged.problem = "it is unlogged, so a crash empties it";
    const EffectsMissed not_synced{.observed = logged(1000), .misdeeds = {Misdeed::not_durable}};
    EffectsMissed by_role = not_synced;
    by_role.not_durable = {{"joust_async-role", "", "synchronous_commit", "off"}};
    return {
        {"skips-a-file", {judged({effects({.files = files(400, 400), .files_missed = k_all_deeds})})}},
        {"never-reads",
         {judged({effects({.files = files(500, 0), .files_missed = {model::FileDeed::read}})})}},
        {"files-in-memory", {judged({effects({.files = files(0, 0), .files_missed = k_all_deeds})})}},
        {"inserts-eight",
         {judged({effects(
             {.observed = logged(1000, 0, {8000, 5000, 3000}), .misdeeds = {Misdeed::other_rows}})})}},
        {"updates-nothing",
         {judged({effects({.audit = audited(0, 0, 950),
                           .observed = logged(1000, 0, {10'000, 250, 5000}),
                           .misdeeds = {Misdeed::other_rows}})})}},
        {"updates-to-the-same", {judged({effects({.audit = audited(0, 0, 950)})})}},
        {"two-transactions",
         {judged({effects({.observed = logged(1950), .misdeeds = {Misdeed::several_for_one}})})}},
        {"one-for-several",
         {judged({effects({.observed = logged(400), .misdeeds = {Misdeed::one_for_several}})})}},
        {"commits-after-answer", {judged({}), {Misdeed::answers_first}}},
        {"rolls-back",
         {judged({effects(
             {.audit = audited(950), .observed = logged(50, 950), .misdeeds = {Misdeed::rolled_back}})})}},
        {"unlogged",
         {judged({effects({.audit = unlogged,
                           .observed = with_table(TableFault::unlogged, "users", ""),
                           .misdeeds = {Misdeed::no_commit}})})}},
        {"another-database", {judged({effects(lost_in_log), found(Rule::littles_law)})}},
        {"trigger",
         {judged({effects({.observed = with_table(TableFault::trigger, "users", "delete_rest")}),
                  found(Rule::no_steady_state)})}},
        {"cached-body",
         {judged({errors(1, RequestErrorKind::body, true), found(Rule::few_operations),
                  effects({.misdelivered = 950})})}},
        {"wrong-id", {judged({errors(1, RequestErrorKind::body, true), found(Rule::few_operations)})}},
        {"error-inside", {judged({errors(1, RequestErrorKind::body), found(Rule::few_operations)})}},
        {"three-percent", {judged({errors(0.031, RequestErrorKind::status_5xx)})}},
        {"async-session", {judged({effects(not_synced)})}},
        {"async-role", {judged({effects(by_role)})}},
        {"async-local", {judged({effects(not_synced)}), {Misdeed::not_durable}}},
        {"loses-one",
         {judged({effects(
             {.audit = audited(1), .observed = logged(999, 1), .misdeeds = {Misdeed::rolled_back}})})}},
        {"duplicates-one",
         {judged({effects(
             {.audit = audited(0, 1), .observed = logged(1001), .misdeeds = {Misdeed::several_for_one}})})}},
        {"restarts", {judged({found(Rule::service_restarted)})}},
        {"leaks",
         {judged({errors(1, RequestErrorKind::connect), found(Rule::service_died), found(Rule::out_of_memory),
                  found(Rule::few_operations)})}},
        {"degrades", {judged({found(Rule::no_steady_state)})}},
        {"id-of-another", {judged({effects({.misdelivered = 1})})}},
        {"sheds-load", {judged({errors(0.1, RequestErrorKind::reset)})}},
        {"two-workers", {judged({two_processes("beast", "beast")})}},
        {"helper", {judged({two_processes("beast", "beast-helper")})}},
        {"while-watched", {judged({effects(while_watched)})}},
    };
}

const SelftestCase& of_label(std::string_view label) {
    for (const SelftestCase& one : selftest_cases())
        if (one.label == label) return one;
    ADD_FAILURE() << label << " is no case";
    return selftest_cases().front();
}
SelftestEnd end_of(std::string_view label, const Evidence& seen) {
    return cli::end_of(of_label(label), seen.judgement, seen.verified);
}

constexpr SelftestCase k_honest{"honest", "", {}, "", {}};
constexpr SelftestCase k_named{"named", "", {}, "", {.explained = {C::stood_still}}};
constexpr SelftestCase k_cheat{"cheat", "", {C::errors_5xx}, "answers", {.besides = {C::died}}};
constexpr SelftestCase k_gap{"gap", "", {C::rows_lost}, "something to come", {.gap = Gap::open}};

TEST(SelftestCases, HaveLabelsThatAreNamesEachOnce) {
    std::set<std::string_view> labels;
    for (const SelftestCase& one : selftest_cases()) {
        EXPECT_TRUE(model::is_name(std::string(one.label))) << one.label;
        EXPECT_TRUE(labels.insert(one.label).second) << one.label;
        EXPECT_FALSE(one.what.empty());
    }
}

TEST(SelftestCases, ACheatHasAProof) {
    for (const SelftestCase& one : selftest_cases())
        EXPECT_TRUE(one.named.empty() || !one.proof.empty()) << one.label;
}

TEST(SelftestCases, AreCaughtForWhatTheyDo) {
    const auto all = evidence();
    for (const SelftestCase& one : selftest_cases()) {
        if (one.named.empty()) continue;
        ASSERT_TRUE(all.contains(one.label)) << one.label;
        EXPECT_EQ(end_of(one.label, all.at(one.label)), SelftestEnd::caught) << one.label;
    }
}

// Whoever is charged with what another one does is caught, but not rightly named. What only doubts the one
// is not there for the other.
TEST(SelftestCases, AreNeverCaughtForWhatAnotherOneDoes) {
    const auto all = evidence();
    for (const auto& [label, own] : all)
        for (const auto& [other, seen] : all) {
            if (label == other) continue;
            const bool doubted = other == "degrades";
            EXPECT_EQ(end_of(label, seen), doubted ? SelftestEnd::not_caught : SelftestEnd::misnamed)
                << label << " by what " << other << " does";
        }
}

TEST(SelftestCases, AreMisnamedByOtherNumbersAndNames) {
    struct Row {
        const char* label;
        Finding finding;
        const char* reason;
    };
    EffectsMissed both_settings{.not_durable = {{"", "joust_async-role", "synchronous_commit", "off"}}};
    for (const Row& row : {
             Row{"skips-a-file", effects({.files = files(250, 250), .files_missed = k_all_deeds}),
                 "half of the files"},
             Row{"never-reads", effects({.files = files(500, 100), .files_missed = {model::FileDeed::read}}),
                 "one of five is read"},
             Row{"loses-one",
                 effects(
                     {.audit = audited(2), .observed = logged(998, 2), .misdeeds = {Misdeed::rolled_back}}),
                 "two are lost"},
             Row{"rolls-back",
                 effects(
                     {.audit = audited(1), .observed = logged(999, 1), .misdeeds = {Misdeed::rolled_back}}),
                 "one is lost"},
             Row{"duplicates-one",
                 effects({.audit = audited(0, 2),
                          .observed = logged(1002),
                          .misdeeds = {Misdeed::several_for_one}}),
                 "two are there twice"},
             Row{"id-of-another", effects({.misdelivered = 2}), "two got another's answer"},
             Row{"unlogged", effects({.observed = with_table(TableFault::unlogged, "orders", "")}),
                 "another table"},
             Row{"trigger", effects({.observed = with_table(TableFault::trigger, "users", "some_other")}),
                 "another trigger"},
             Row{"async-role", effects(both_settings), "a setting of the database"},
             Row{"three-percent", errors(0.3, RequestErrorKind::status_5xx), "30 %"},
             Row{"sheds-load", errors(0.9, RequestErrorKind::reset), "90 %"},
             Row{"two-workers", two_processes("beast", "other"), "another program"},
             Row{"helper", two_processes("beast", "beast"), "a worker"},
         })
        EXPECT_EQ(end_of(row.label, {judged({row.finding})}), SelftestEnd::misnamed)
            << row.label << ": " << row.reason;
}

TEST(SelftestCases, AreMisnamedByWhatIsChargedBesides) {
    Evidence lost = evidence().at("never-reads");
    std::get<EffectsMissed>(lost.judgement.findings[0].facts).audit = audited(1);
    EXPECT_EQ(end_of("never-reads", lost), SelftestEnd::misnamed) << "its rows are not lost";
    Evidence early = evidence().at("rolls-back");
    early.verified = {Misdeed::answers_first};
    EXPECT_EQ(end_of("rolls-back", early), SelftestEnd::misnamed);
    Evidence dead = evidence().at("restarts");
    dead.judgement.findings.push_back(found(Rule::service_died));
    EXPECT_EQ(end_of("restarts", dead), SelftestEnd::misnamed) << "it goes on";
}

TEST(SelftestEnd, IsToldByWhatWasExpectedAndWhatWasFound) {
    struct Row {
        const SelftestCase& one;
        std::vector<Finding> findings;
        SelftestEnd end;
        const char* reason;
    };
    const Finding wrong_status = errors(0.5, RequestErrorKind::status_5xx);
    const Finding wrong_body = errors(0.5, RequestErrorKind::body);
    const Finding lost = effects({.audit = audited(1)});
    for (const Row& row : {
             Row{k_honest, {}, SelftestEnd::valid, "nothing was found"},
             Row{k_honest,
                 {found(Rule::no_steady_state), found(Rule::steal)},
                 SelftestEnd::valid,
                 "doubts wrong nobody"},
             Row{k_honest, {found(Rule::clock_jumped)}, SelftestEnd::valid, "that is the host's doing"},
             Row{k_honest, {lost}, SelftestEnd::wronged, "an honest one is no cheat"},
             Row{k_named, {found(Rule::stood_still)}, SelftestEnd::valid, "valid, and named"},
             Row{k_named, {found(Rule::steal)}, SelftestEnd::not_named, "valid, but nothing is said of it"},
             Row{k_named,
                 {found(Rule::stood_still), lost},
                 SelftestEnd::wronged,
                 "an honest one is no cheat"},
             Row{k_cheat, {wrong_status}, SelftestEnd::caught, "as expected"},
             Row{k_cheat, {wrong_status, found(Rule::service_died)}, SelftestEnd::caught, "in consequence"},
             Row{k_cheat, {wrong_status, found(Rule::steal)}, SelftestEnd::caught, "the host's, besides"},
             Row{k_cheat, {wrong_status, found(Rule::littles_law)}, SelftestEnd::caught, "a doubt, besides"},
             Row{k_cheat, {wrong_status, lost}, SelftestEnd::misnamed, "that is not what it does"},
             Row{k_cheat, {wrong_body}, SelftestEnd::misnamed, "the right rule for another reason"},
             Row{k_cheat, {lost}, SelftestEnd::misnamed, "the right verdict for another reason"},
             Row{k_cheat, {found(Rule::service_died)}, SelftestEnd::misnamed, "only in consequence"},
             Row{k_cheat, {found(Rule::no_steady_state)}, SelftestEnd::not_caught, "a doubt catches nobody"},
             Row{k_gap, {}, SelftestEnd::not_caught_yet, "its proof is still to come"},
             Row{k_gap, {found(Rule::cpu_taken)}, SelftestEnd::not_caught_yet, "that is the host's doing"},
             Row{k_gap, {lost}, SelftestEnd::gap_closed, "the mark has to go"},
             Row{k_gap,
                 {found(Rule::service_restarted)},
                 SelftestEnd::gap_closed,
                 "by whatever it is caught"},
         })
        EXPECT_EQ(cli::end_of(row.one, judged(row.findings), {}), row.end) << row.reason;
}

TEST(SelftestEnd, IsAlsoToldByWhatWasSeenBesideTheTrial) {
    const std::vector<Misdeed> early{Misdeed::answers_first};
    constexpr SelftestCase verified{"verified", "", {C::verified_answers_first}, "verify", {}};
    EXPECT_EQ(cli::end_of(verified, judged({}), early), SelftestEnd::caught);
    EXPECT_EQ(cli::end_of(verified, judged({}), {Misdeed::not_durable}), SelftestEnd::misnamed);
    EXPECT_EQ(cli::end_of(k_honest, judged({}), early), SelftestEnd::wronged);
    EXPECT_EQ(cli::end_of(k_cheat, judged({}), early), SelftestEnd::misnamed);
}

TEST(SelftestEnd, FailsWhereSomethingIsNotAsExpected) {
    using enum SelftestEnd;
    for (const SelftestEnd end : {valid, caught, not_caught_yet})
        EXPECT_FALSE(fails(end)) << words(end);
    for (const SelftestEnd end : {not_caught, misnamed, wronged, gap_closed, not_named})
        EXPECT_TRUE(fails(end)) << words(end);
}

TEST(SelftestCharges, AreOfTheContendersDoingOnly) {
    const auto judgement = judged({effects({.misdelivered = 1}), found(Rule::steal)});
    EXPECT_EQ(charges(judgement, {Misdeed::answers_first}),
              (model::Charges{C::misdelivered, C::verified_answers_first}));
}

TEST(SelftestCodes, AreOfTheRulesThatTheChargesComeFrom) {
    EXPECT_EQ(codes({C::misdelivered, C::errors_id, C::rows_lost}), "error_rate, effects");
    EXPECT_EQ(codes({C::verified_not_durable}), "effects");
    EXPECT_EQ(codes({}), "");
}

}  // namespace
}  // namespace joust::cli
