#pragma once

#include <string>

#include "model/observed_effects.hpp"
#include "model/single_requests.hpp"

// What requests sent one after the other did, in words.
namespace joust::report::words {

/// What requests did while the server took long to make a commit durable, without a full stop, with the
/// numbers.
std::string misdeed_text(model::Misdeed misdeed, const model::SlowCommits& slow);
/// "4 of 20 requests were answered sooner than 50 ms after their commit, …"
std::string too_soon_text(const model::SlowCommits& slow);
/// "20 of 20 requests, the soonest 50.8 ms": those that were answered when their commit was durable.
std::string slow_commits_text(const model::SlowCommits& slow);
/// What single requests did wrong, without a full stop, with the numbers.
std::string misdeed_text(model::Misdeed misdeed, const model::SingleRequests& single);
/// "20 of 20 requests", of those that did just what the contract has.
std::string one_by_one_text(const model::OneByOne& rows);
/// "20 of 20 requests", of those that were answered when their file was durable.
std::string synced_text(const model::CommitSyncs& syncs);
/// Why a part was not made, without a full stop.
std::string not_tried_text(const model::NotTried& left);
/// "which rows a transaction changed is in no log, and single requests did not tell it (…)": what they would
/// have had to tell of a file, and why they did not.
std::string untold_text(const model::SingleRequests& single);
/// The same of a server: "whether a commit that takes long is waited for, single requests did not tell (…)".
std::string untold_of_server_text(const model::SingleRequests& single);

}  // namespace joust::report::words
