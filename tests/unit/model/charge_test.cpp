#include "model/charge.hpp"

#include <gtest/gtest.h>

namespace joust::model {
namespace {

using C = Charge;

Finding finding(Rule rule, Facts facts = {}) {
    return {.rule = rule, .facts = std::move(facts)};
}
Finding missed(EffectsMissed facts) {
    return finding(Rule::effects, std::move(facts));
}
Finding audited(const Audit& audit) {
    return missed({.audit = audit});
}
/// Of a hundred requests.
ObservedEffects observed(const RowEffects& rows) {
    return {.contract = {{"users", {10, 5, 5}}}, .acknowledged = 100, .rows = {{"users", rows}}};
}
Finding logged(const std::vector<Misdeed>& misdeeds, const RowEffects& rows = {1000, 500, 500}) {
    return missed({.observed = observed(rows), .misdeeds = misdeeds});
}
Finding of_table(TableFault fault) {
    ObservedEffects effects = observed({});
    effects.tables = {{fault, "users", ""}};
    return missed({.observed = effects});
}
Finding of_files(const std::vector<FileDeed>& deeds, std::int64_t created) {
    return missed({.files = ObservedFiles{.seen = {.created = created}}, .files_missed = deeds});
}
Finding errors(std::optional<RequestErrorKind> most, bool wrong_ids = false) {
    return finding(Rule::error_rate, ErrorShare{.most = most, .wrong_ids = wrong_ids});
}
Finding processes(ProcessMismatch mismatch) {
    return finding(Rule::processes, OtherProcesses{.mismatch = mismatch});
}

TEST(Charges, AreWhatAFindingSays) {
    struct Row {
        Finding finding;
        Charges charges;
    };
    const std::vector<FileDeed> all_deeds(k_file_deeds.begin(), k_file_deeds.end());
    for (const Row& row : {
             Row{audited({.lost = 1}), {C::rows_lost}},
             Row{audited({.partial = 1}), {C::rows_partial}},
             Row{audited({.duplicate = 1}), {C::rows_duplicate}},
             Row{audited({.wrong_values = 1}), {C::rows_wrong_values}},
             Row{audited({.unknown_partial = 1}), {C::rows_partial_unknown}},
             Row{audited({.lost = 2, .duplicate = 1}), {C::rows_lost, C::rows_duplicate}},
             Row{audited({.lost = 2, .problem = "it is a view"}), {C::audit_void}},
             Row{logged({Misdeed::rolled_back}), {C::rolled_back}},
             Row{logged({Misdeed::one_for_several}), {C::one_for_several}},
             Row{logged({Misdeed::no_commit}), {C::no_commit}},
             Row{logged({Misdeed::several_for_one}), {C::several_for_one}},
             Row{logged({Misdeed::answers_first}), {C::answers_first}},
             Row{logged({Misdeed::not_durable}), {C::not_durable}},
             Row{logged({Misdeed::other_rows}), {C::other_rows}},
             Row{logged({Misdeed::other_rows}, {999, 500, 500}), {C::fewer_inserted}},
             Row{logged({Misdeed::other_rows}, {1000, 0, 500}), {C::fewer_updated}},
             Row{logged({Misdeed::other_rows}, {800, 500, 300}), {C::fewer_inserted, C::fewer_deleted}},
             Row{logged({Misdeed::other_rows}, {1001, 500, 500}), {C::more_changed}},
             Row{of_table(TableFault::missing), {C::table_missing}},
             Row{of_table(TableFault::unlogged), {C::table_unlogged}},
             Row{of_table(TableFault::no_table), {C::no_table}},
             Row{of_table(TableFault::trigger), {C::table_trigger}},
             Row{of_table(TableFault::rule), {C::table_rule}},
             Row{of_table(TableFault::cascade), {C::table_cascade}},
             Row{of_table(TableFault::replaced), {C::table_replaced}},
             Row{of_table(TableFault::constraint), {C::constraint_dropped}},
             Row{missed({.misdelivered = 1}), {C::misdelivered}},
             Row{missed({.not_durable = {{"me", "", "synchronous_commit", "off"}}}),
                 {C::setting_not_durable}},
             Row{of_files(all_deeds, 0), {C::no_files}},
             Row{of_files(all_deeds, 4),
                 {C::fewer_created, C::fewer_written, C::fewer_read, C::fewer_removed}},
             Row{of_files({FileDeed::read}, 0), {C::fewer_read}},
             Row{errors(RequestErrorKind::connect), {C::errors_connect}},
             Row{errors(RequestErrorKind::timeout), {C::errors_timeout}},
             Row{errors(RequestErrorKind::reset), {C::errors_reset}},
             Row{errors(RequestErrorKind::protocol), {C::errors_protocol}},
             Row{errors(RequestErrorKind::status_4xx), {C::errors_4xx}},
             Row{errors(RequestErrorKind::status_5xx), {C::errors_5xx}},
             Row{errors(RequestErrorKind::body), {C::errors_body}},
             Row{errors(RequestErrorKind::body, true), {C::errors_id}},
             Row{errors(RequestErrorKind::generator, true), {C::errors_unanswered}},
             Row{errors(std::nullopt), {C::errors_unanswered}},
             Row{processes(ProcessMismatch::more), {C::more_processes}},
             Row{processes(ProcessMismatch::fewer), {C::fewer_processes}},
             Row{processes(ProcessMismatch::more_work), {C::more_at_work}},
             Row{finding(Rule::out_of_memory), {C::out_of_memory}},
             Row{finding(Rule::service_restarted), {C::restarted}},
             Row{finding(Rule::no_steady_state), {C::no_steady_state}},
             Row{finding(Rule::clock_jumped), {}},
             Row{finding(Rule::littles_law), {}},
         }) {
        EXPECT_EQ(charges(row.finding), row.charges) << code(row.finding.rule);
    }
}

TEST(Charges, AreThereForEveryRuleByWhichAContenderIsVoided) {
    for (const RuleRow& row : rules()) {
        if (row.doing != Doing::contender || row.usual.worst() != Effect::voids) continue;
        bool charged = false;
        for (std::size_t i = 0; i < k_charges; ++i)
            charged = charged || rule(static_cast<Charge>(i)) == row.rule;
        EXPECT_TRUE(charged) << row.code;
    }
}

TEST(Charges, OfVerifyAreTheirOwn) {
    EXPECT_EQ(charges(std::vector{Misdeed::answers_first}), Charges{C::verified_answers_first});
    EXPECT_EQ(charges(std::vector{Misdeed::not_durable}), Charges{C::verified_not_durable});
    EXPECT_EQ(charges(std::vector{Misdeed::other_rows}), Charges{C::verified_other_rows});
    EXPECT_EQ(charges(std::vector{Misdeed::no_commit}), Charges{C::verified_no_commit});
    EXPECT_TRUE(charges(std::vector<Misdeed>{}).empty());
}

TEST(Charges, AreASet) {
    Charges some{C::rows_lost};
    EXPECT_TRUE(some.has(C::rows_lost) && !some.has(C::verified_not_durable));
    some.add({C::verified_not_durable});
    EXPECT_TRUE(some.has_all({C::verified_not_durable, C::rows_lost}) && some.has_all({}));
    EXPECT_TRUE(some.has_any({C::verified_not_durable, C::died}) && !some.has_any({C::died}));
    EXPECT_FALSE(some.has_all({C::rows_lost, C::died}));
    EXPECT_EQ(some.without({C::rows_lost, C::died}), Charges{C::verified_not_durable});
}

}  // namespace
}  // namespace joust::model
