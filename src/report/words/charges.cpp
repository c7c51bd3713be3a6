#include "report/words/charges.hpp"

#include <array>
#include <vector>

#include "base/text.hpp"

namespace joust::report::words {
namespace {

using model::Charge;

struct Row {
    Charge charge;
    std::string_view text;
};
constexpr std::array<Row, model::k_charges> k_rows{{
    {Charge::errors_connect, "connections refused"},
    {Charge::errors_timeout, "no answer in time"},
    {Charge::errors_reset, "connections closed"},
    {Charge::errors_protocol, "answers that are no HTTP"},
    {Charge::errors_4xx, "status 4xx"},
    {Charge::errors_5xx, "status 5xx"},
    {Charge::errors_body, "wrong body"},
    {Charge::errors_id, "wrong id in the body"},
    {Charge::errors_unanswered, "requests without an end"},
    {Charge::restarted, "restarted"},
    {Charge::died, "died"},
    {Charge::out_of_memory, "out of memory"},
    {Charge::few_operations, "few operations"},
    {Charge::no_steady_state, "no steady state"},
    {Charge::stood_still, "stood still"},
    {Charge::rows_lost, "rows lost"},
    {Charge::rows_partial, "rows in part"},
    {Charge::rows_duplicate, "rows twice"},
    {Charge::rows_wrong_values, "other values in rows"},
    {Charge::rows_partial_unknown, "rows in part of failed requests"},
    {Charge::audit_void, "no table to audit"},
    {Charge::rolled_back, "rolled back"},
    {Charge::one_for_several, "fewer transactions than requests"},
    {Charge::no_commit, "work missing in the log"},
    {Charge::several_for_one, "more transactions than requests"},
    {Charge::other_rows, "other rows by transaction"},
    {Charge::answers_first, "answered before its commit"},
    {Charge::not_durable, "too few syncs"},
    {Charge::fewer_inserted, "fewer rows inserted"},
    {Charge::fewer_updated, "fewer rows updated"},
    {Charge::fewer_deleted, "fewer rows deleted"},
    {Charge::more_changed, "more rows changed"},
    {Charge::table_missing, "table missing"},
    {Charge::table_unlogged, "table unlogged"},
    {Charge::no_table, "no ordinary table"},
    {Charge::table_trigger, "trigger"},
    {Charge::table_rule, "rule of a table"},
    {Charge::table_cascade, "foreign key that changes rows"},
    {Charge::table_replaced, "table replaced"},
    {Charge::constraint_dropped, "constraint or index dropped"},
    {Charge::setting_not_durable, "setting of role or database"},
    {Charge::misdelivered, "answer to another request"},
    {Charge::no_files, "no files created"},
    {Charge::fewer_created, "fewer files created"},
    {Charge::fewer_written, "fewer files written"},
    {Charge::fewer_read, "fewer files read"},
    {Charge::fewer_removed, "fewer files removed"},
    {Charge::more_processes, "more processes"},
    {Charge::fewer_processes, "fewer processes"},
    {Charge::more_at_work, "more processes at work"},
    {Charge::verified_answers_first, "verified: answered before its commit"},
    {Charge::verified_not_durable, "verified: answered before it was durable"},
    {Charge::verified_other_rows, "verified: other rows, one by one"},
    {Charge::verified_no_commit, "verified: no commit, one by one"},
    {Charge::verified_files_late, "verified: files after the answer"},
}};
constexpr bool in_order() {
    for (std::size_t i = 0; i < k_rows.size(); ++i)
        if (static_cast<std::size_t>(k_rows[i].charge) != i || k_rows[i].text.empty()) return false;
    return true;
}
static_assert(in_order(), "a row stands at the place of its charge");

}  // namespace

std::string_view charge_text(Charge charge) {
    return k_rows[static_cast<std::size_t>(charge)].text;
}

std::string charges_text(model::Charges charges) {
    std::vector<std::string> texts;
    for (const Row& row : k_rows)
        if (charges.has(row.charge)) texts.emplace_back(row.text);
    return joust::joined(texts, ", ");
}

std::string expected_text(model::Charges named, bool exactly) {
    return fmt::format("expected was {}{}, and nothing else that voids", charges_text(named),
                       exactly ? " in its own number or name" : "");
}

}  // namespace joust::report::words
