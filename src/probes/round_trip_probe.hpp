#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "database/session_reader.hpp"
#include "host/tcp_segments.hpp"
#include "probes/probe.hpp"
#include "probes/sampling_thread.hpp"
#include "probes/traffic_count.hpp"

namespace joust::probes {

/// The traffic between the contender and its database server in the window: TrialResult::database_traffic. It
/// stays empty without a reader, and where server or kernel did not answer.
class RoundTripProbe final : public Probe {
public:
    using ReadConnections = std::function<Result<std::vector<host::TcpSegments>>(std::uint16_t local_port)>;
    /// The reader's session ends with finish(): few connections are kept free for the superuser.
    explicit RoundTripProbe(std::unique_ptr<database::SessionReader> reader,
                            ReadConnections read_connections = host::read_tcp_segments)
        : reader_(std::move(reader)), read_connections_(std::move(read_connections)) {}
    Status begin(TimePoint start, TimePoint end) override;
    Status finish(model::TrialResult& trial) override;

private:
    void sample(TimePoint start, TimePoint end);
    Status take_first();
    Status take();

    std::unique_ptr<database::SessionReader> reader_;
    ReadConnections read_connections_;
    std::uint16_t server_port_ = 0;
    TrafficCount count_;      ///< of the thread until join
    bool complete_ = false;   ///< written by the thread, read after join
    SamplingThread sampler_;  ///< the last: it uses the others until its end
};

}  // namespace joust::probes
