#pragma once

#include "report/report.hpp"
#include "report/words/prose.hpp"

// What a reader has to know of the words and numbers of each section.
namespace joust::report::words {

/// `floor`: the run has the baseline twice, and says what the host could tell apart.
Prose how_to_read_ratios(const model::ExperimentSpec& experiment, bool floor);
Prose about_lint();
Prose about_throughput();
Prose about_capacity();
Prose about_latency();
Prose about_operations();
Prose about_resources();
Prose about_sessions();
Prose about_work();
/// `by_counters`: of SQLite, which keeps no log that can be read.
Prose about_effects(bool by_counters);
Prose about_durability();
Prose about_audit(const model::Audit& contract);
/// Of requests sent one by one before anything was measured, on SQLite.
Prose about_single_requests(bool by_counters);
/// What makes the effects of a trial proven, open or missed.
Prose about_proofs();
Prose effects_not_declared();
/// Why effects of an entrant's trial were not counted.
Prose log_not_read(const std::string& entrant, const std::string& why);
/// Whether contenders and database run as users of their own, so that none can read or change another.
Prose about_users(bool separated, model::DatabaseEngine engine);
/// What the report was made from, and how to make it again; `with_logs`: the run directory has them.
Prose about_repeating(const RunReport& run, bool with_logs);

}  // namespace joust::report::words
