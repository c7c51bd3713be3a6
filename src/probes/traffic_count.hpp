#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "database/session_reader.hpp"
#include "host/tcp_segments.hpp"
#include "model/database_traffic.hpp"

namespace joust::probes {

/// Adds up what went over a contender's connections with its database, of samples in order of time. The first
/// is of the beginning: what a connection had carried by then does not count, and one that appears later
/// counts from zero. One that ends keeps its last sample.
class TrafficCount {
public:
    /// `connections`: of the server with whomever; those of the contender are told by the port of their other
    /// end. Of the first sample they are to be read before `sessions`, of the others after them, so that no
    /// session is counted whose connection cannot have been seen.
    void add(const database::OpenSessions& sessions, const std::vector<host::TcpSegments>& connections);

    /// Empty without two samples. Segments are left empty where more sessions were opened than connections
    /// appeared, where sessions are open whose connections the kernel does not show, and where more than one
    /// connection in twenty that were sampled ended before the next sample, with what it had yet to carry.
    [[nodiscard]] std::optional<model::DatabaseTraffic> traffic() const;

private:
    struct Life {
        model::Segments first;  ///< that do not count
        model::Segments last;
        int sample = 0;  ///< in which it was seen last
    };
    [[nodiscard]] bool all_seen() const;

    int samples_ = 0;
    std::uint64_t ever_at_first_ = 0;
    std::uint64_t ever_ = 0;
    std::uint64_t appeared_ = 0;  ///< connections after the first sample
    std::uint64_t seen_ = 0;      ///< connections, summed up over the samples
    std::uint64_t ended_ = 0;
    std::uint64_t open_ = 0;               ///< sessions over TCP in the last sample
    std::map<std::uint64_t, Life> lives_;  ///< by cookie
};

}  // namespace joust::probes
