#pragma once

#include "files/effects_json.hpp"
#include "files/json_fields.hpp"
#include "model/single_requests.hpp"

// What single requests of an entrant did: a part of the line of a trial, and of a cell of the results.
namespace joust::files {

template <typename F, Is<model::SlowCommits> S>
void fields(F& f, S& slow) {
    f.nanoseconds("delay_ns", slow.delay);
    f("requests", slow.requests);
    f("before_commit", slow.before_commit);
    f("without_commit", slow.without_commit);
    f("before_durable", slow.before_durable);
    f.nanoseconds("shortest_ns", slow.shortest);
    if constexpr (F::reading)
        for (const std::uint64_t part : {slow.before_commit, slow.without_commit, slow.before_durable})
            if (part > slow.requests) f.complain("requests", "is less than a part of them");
}

template <typename F, Is<model::OneByOne> O>
void fields(F& f, O& rows) {
    f("requests", rows.requests);
    f("as_contract", rows.as_contract);
    f("late", rows.late);
    f("transactions", rows.transactions);
    f("rows", rows.rows);
    if constexpr (F::reading)
        if (rows.as_contract > rows.requests || rows.late > rows.requests - rows.as_contract)
            f.complain("as_contract", "and \"late\" are more together than \"requests\"");
}

template <typename F, Is<model::CommitSyncs> S>
void fields(F& f, S& syncs) {
    f("requests", syncs.requests);
    f("transactions", syncs.transactions);
    f("syncs", syncs.syncs);
    f("early", syncs.early);
    if constexpr (F::reading)
        if (syncs.early > syncs.requests) f.complain("early", "is more than \"requests\"");
}

template <typename F, Is<model::NotTried> N>
void fields(F& f, N& left) {
    f.text("part", left.part);
    f.text("why", left.why);
}

template <typename F, Is<model::SingleRequests> S>
void fields(F& f, S& single) {
    f.later("slow_commits", single.slow_commits);
    f("one_by_one", single.rows);
    f("syncs", single.syncs);
    f("left_out", single.left_out);
}

}  // namespace joust::files
