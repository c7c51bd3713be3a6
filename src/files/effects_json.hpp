#pragma once

#include <optional>
#include <string>

#include "files/json_fields.hpp"
#include "model/audit.hpp"
#include "model/database_traffic.hpp"
#include "model/database_waits.hpp"
#include "model/observed_effects.hpp"

// What the requests of a trial did: the parts of its line that hold it against the contract.
namespace joust::files {

template <typename F, Is<model::Audit> A>
void fields(F& f, A& audit) {
    f("table", audit.table);
    f("rows_left", audit.rows_left);
    f("right", audit.right);
    f("lost", audit.lost);
    f("partial", audit.partial);
    f("duplicate", audit.duplicate);
    f.later("wrong_values", audit.wrong_values);
    f.later("values", audit.values);
    f("unknown_applied", audit.unknown_applied);
    f("unknown_absent", audit.unknown_absent);
    f("unknown_partial", audit.unknown_partial);
    f("foreign_rows", audit.foreign_rows);
    f.text("problem", audit.problem);
}

template <typename F, Is<model::DatabaseWaits> W>
void fields(F& f, W& waits) {
    f("samples", waits.samples);
    f("sessions", waits.sessions);
    f("idle", waits.idle);
    f("held", waits.held);
    f("on_lock", waits.on_lock);
    f("on_log", waits.on_log);
    f("on_storage", waits.on_storage);
    f("on_other", waits.on_other);
    f("all_in_use", waits.all_in_use);
    f("most_sessions", waits.most_sessions);
    f.later("others", waits.others);
}

template <typename F, Is<model::Segments> S>
void fields(F& f, S& segments) {
    f("received", segments.received);
    f("sent", segments.sent);
    f("received_bytes", segments.received_bytes);
    f("sent_bytes", segments.sent_bytes);
}

template <typename F, Is<model::DatabaseTraffic> T>
void fields(F& f, T& traffic) {
    f("sessions_opened", traffic.sessions_opened);
    f("connections", traffic.connections);
    f("segments", traffic.segments);
}

template <typename F, Is<model::RowEffects> R>
void fields(F& f, R& rows) {
    f("inserted", rows.inserted);
    f("updated", rows.updated);
    f("deleted", rows.deleted);
}

template <typename F, Is<model::CommitShape> S>
void fields(F& f, S& shape) {
    f("rows", shape.rows);
    f("commits", shape.commits);
}

template <typename F, Is<model::FaultyTable> T>
void fields(F& f, T& table) {
    enumeration(f, "fault", table.fault, model::table_fault);
    f.text("table", table.table);
    f.text("what", table.what);
}

template <typename F, Is<model::LogSyncs> L>
void fields(F& f, L& log) {
    f("syncs", log.syncs);
    f("commits", log.commits);
    f("most_sessions", log.most_sessions);
    f.seconds("elapsed_s", log.elapsed);
}

template <typename F, Is<model::OwnCounters> C>
void fields(F& f, C& counters) {
    f("commits", counters.commits);
    f("inserted", counters.inserted);
}

template <typename F, Is<model::ObservedEffects> E>
void fields(F& f, E& effects) {
    f("contract", effects.contract);
    f("transactions", effects.transactions);
    f.text("not_read", effects.not_read);
    f("acknowledged", effects.acknowledged);
    f("unknown", effects.unknown);
    f("shapes", effects.shapes);
    f("other_commits", effects.other_commits);
    f("rows", effects.rows);
    f("rolled_back", effects.rolled_back);
    f("rows_elsewhere", effects.rows_elsewhere);
    f("answers_ahead", effects.answers_ahead);
    f("tables", effects.tables);
    f.later("log_syncs", effects.log_syncs);
    f.later("counters", effects.counters);
    f.later("log_bytes", effects.log_bytes);
}

/// What its fields cannot say each for itself: rows that are not those of the commits that changed them.
std::optional<std::string> mistake_of_effects(const model::ObservedEffects& effects);

}  // namespace joust::files
