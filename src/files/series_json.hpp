#pragma once

#include "files/json_fields.hpp"
#include "model/samples.hpp"

// What a load engine saw over time: parts of the line of a trial.
namespace joust::files {

template <typename F, Is<model::SecondOfLoad> S>
void fields(F& f, S& second) {
    f("second", second.second);
    f("succeeded", second.succeeded);
    f("failed", second.failed);
    f("response_time_p50_ns", second.response_time_p50_ns);
    f("response_time_p99_ns", second.response_time_p99_ns);
    f("response_time_max_ns", second.response_time_max_ns);
}

template <typename F, Is<model::Silence> S>
void fields(F& f, S& silence) {
    f.seconds("since_window_s", silence.since_window);
    f.seconds("length_s", silence.length);
}

}  // namespace joust::files
