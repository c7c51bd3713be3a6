#pragma once

#include "files/effects_json.hpp"
#include "files/json_fields.hpp"
#include "model/single_requests.hpp"

// What single requests of an entrant did: a part of the line of a trial, and of a cell of the results.
namespace joust::files {

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
    f("one_by_one", single.rows);
    f("syncs", single.syncs);
    f("left_out", single.left_out);
}

}  // namespace joust::files
