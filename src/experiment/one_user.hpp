#pragma once

#include <set>
#include <string>
#include <vector>

#include "deploy/instance.hpp"
#include "deploy/preflight.hpp"
#include "experiment/rig.hpp"
#include "model/samples.hpp"
#include "model/workload.hpp"

namespace joust::experiment {

inline constexpr Nanoseconds k_answer_limit = std::chrono::seconds(10);
/// In some seconds a clock is slewed by less.
inline constexpr Nanoseconds k_clock_drift = std::chrono::milliseconds(5);

/// Of the wall clock to the monotonic one.
Nanoseconds clock_offset();

/// The operations of a workload that declare changed rows, and the tables of one.
std::vector<const model::Operation*> operations_with_rows(const model::Workload& workload);
std::set<std::string> tables_of(const model::Operation& operation);

/// One user who asks a running service for one thing after the other, behind a load, so that nobody is honest
/// to the first requests only. What it refers to outlives it.
class OneUser {
public:
    static constexpr int k_requests = 20;
    /// Between two requests: a commit behind its answer falls into it, before the next request, and no flush
    /// reaches from one to the next.
    static constexpr Nanoseconds k_pause = database::k_slow_commit + std::chrono::milliseconds(5);

    /// `cpus`: of the load generator. `operations`, of the workload of `spec` and at least one, are what it
    /// asks for.
    OneUser(const deploy::Instance& instance, const RunSpec& spec, std::vector<int> cpus,
            const Interrupted& interrupted, std::vector<const model::Operation*> operations);

    /// Load by eight users. Errors: interrupted; service (some requests do not end); those of the
    /// generator.
    Status load_before(Nanoseconds length = std::chrono::seconds(1));
    /// The same users for so long.
    Result<model::Samples> load(Nanoseconds length) const;

    /// Operations take turns. Ids go on where those of the load before end, and its connection is kept as one
    /// of the load, so that nobody is honest to these alone. Errors: interrupted; service (not answered
    /// rightly within k_answer_limit).
    Result<deploy::Asked> ask(int number);
    /// Nothing more is asked for now, so that the service need not wait for it when it ends.
    void hang_up() { connection_ = {}; }
    [[nodiscard]] const model::Operation& operation(int number) const;
    /// Of all operations that it asks for.
    [[nodiscard]] std::set<std::string> tables() const;

private:
    [[nodiscard]] Error interrupted_error() const;

    const deploy::Instance& instance_;
    const RunSpec& spec_;
    std::vector<int> cpus_;
    const Interrupted& interrupted_;
    std::vector<const model::Operation*> operations_;
    model::IssuedIds ids_;  ///< of the load before
    deploy::KeptConnection connection_;
};

}  // namespace joust::experiment
