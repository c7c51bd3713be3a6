#pragma once

#include "files/json_fields.hpp"
#include "model/observed_files.hpp"

// What the requests of a trial did to files: the part of its line that holds it against the contract.
namespace joust::files {

template <typename F, Is<model::FileEffects> E>
void fields(F& f, E& files) {
    f("created", files.created);
    f("written", files.written);
    f("read", files.read);
    f("removed", files.removed);
}

template <typename F, Is<model::ObservedFiles> O>
void fields(F& f, O& files) {
    f("contract", files.contract);
    f.text("not_evaluated", files.not_evaluated);
    f("slices", files.slices);
    f.seconds("watched_s", files.watched);
    f("requests", files.requests);
    f("requests_least", files.requests_least);
    f("seen", files.seen);
    f("opened", files.opened);
}

}  // namespace joust::files
