#include "probes/round_trip_probe.hpp"

#include <algorithm>

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

// Between the edges samples only serve connections that come and go.
constexpr int k_intervals = 3;
constexpr Nanoseconds k_least_interval = 1s;

}  // namespace

Status RoundTripProbe::take_first() {
    JOUST_TRY(const auto connections, read_connections_(server_port_));
    JOUST_TRY(const auto sessions, reader_->open_sessions());
    count_.add(sessions, connections);
    return {};
}

Status RoundTripProbe::take() {
    JOUST_TRY(const auto sessions, reader_->open_sessions());
    JOUST_TRY(const auto connections, read_connections_(server_port_));
    count_.add(sessions, connections);
    return {};
}

void RoundTripProbe::sample(TimePoint start, TimePoint end) {
    if (!sampler_.wait_until(start) || !take_first()) return;
    const Nanoseconds interval = std::max((end - start) / k_intervals, k_least_interval);
    for (TimePoint then = start + interval; then + interval / 2 < end; then += interval)
        if (!sampler_.wait_until(then) || !take()) return;
    complete_ = sampler_.wait_until(end) && take();
}

// The server tells its port before the window, so that its beginning waits for nothing else.
Status RoundTripProbe::begin(TimePoint start, TimePoint end) {
    if (reader_ == nullptr) return {};
    const auto sessions = reader_->open_sessions();
    if (!sessions) return {};
    server_port_ = sessions->server_port;
    return sampler_.start([this, start, end] { sample(start, end); });
}

Status RoundTripProbe::finish(model::TrialResult& trial) {
    if (sampler_.started()) {
        sampler_.join();
        if (complete_) trial.database_traffic = count_.traffic();
    }
    reader_.reset();
    return {};
}

}  // namespace joust::probes
