#pragma once

#include <functional>
#include <string>
#include <vector>

#include "support/synthetic_trials.hpp"

namespace joust::testing {

/// A finished run with a known story, for what renders it.
struct ReportCase {
    std::string name;
    model::Benchmark benchmark;
    std::vector<model::TrialResult> trials;
};

ReportCase clear_winner();
ReportCase equivalent();
/// Django answers 34 % of the requests wrongly from 50 users on.
ReportCase errors_at_high_levels();
/// What the original published a winner for.
ReportCase both_fail_every_request();
/// Whom the original crowned: Django answers no request rightly, at high speed, and FastAPI all.
ReportCase one_fails_every_request();
/// The original's ladder: twenty levels, one block, threads saturated from the first level on, timeouts at
/// the top.
ReportCase single_block_ladder();
/// A run with looks after its seventh block, under steal that differs within pairs, with Django against
/// itself.
ReportCase looks_under_steal();
/// FastAPI, told to by a variable of its own, inserts eight rows of ten by the database's log, loses one of a
/// request and hardly waits for the disk.
ReportCase work_not_done();
/// The same run where both do their work on SQLite, and single requests told what its counters do not; files
/// of one trial were not counted.
ReportCase on_sqlite();
/// Of a contender that does all of its work.
model::SingleRequests single_requests();
/// The generator ran out of files in two of FastAPI's three trials at 50 users, and Django replaced a worker
/// in one of its own at 200.
ReportCase void_trials();
ReportCase one_contender();
ReportCase nothing_measured();
std::vector<ReportCase> report_cases();

}  // namespace joust::testing
