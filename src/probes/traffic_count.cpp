#include "probes/traffic_count.hpp"

#include <algorithm>
#include <set>

namespace joust::probes {
namespace {

constexpr std::uint64_t k_sampled_per_ended = 20;

model::Segments segments_by_now(const host::TcpSegments& connection) {
    return {.received = connection.segments_received,
            .sent = connection.segments_sent,
            .received_bytes = connection.bytes_received,
            .sent_bytes = connection.bytes_acknowledged};
}

}  // namespace

void TrafficCount::add(const database::OpenSessions& sessions,
                       const std::vector<host::TcpSegments>& connections) {
    const bool first = samples_++ == 0;
    ever_ = sessions.ever;
    if (first) ever_at_first_ = ever_;
    open_ = sessions.ports.size();
    const std::set<std::uint16_t> ports(sessions.ports.begin(), sessions.ports.end());
    for (const host::TcpSegments& connection : connections) {
        if (!ports.contains(connection.peer_port)) continue;
        const auto [life, is_new] = lives_.try_emplace(connection.cookie);
        const model::Segments now = segments_by_now(connection);
        if (is_new && first) life->second.first = now;
        if (is_new && !first) ++appeared_;
        life->second.last = now;
        life->second.sample = samples_;
        ++seen_;
    }
    ended_ += static_cast<std::uint64_t>(std::count_if(
        lives_.begin(), lives_.end(), [&](const auto& one) { return one.second.sample == samples_ - 1; }));
}

bool TrafficCount::all_seen() const {
    const bool unseen = ever_ - std::min(ever_, ever_at_first_) > appeared_;
    const bool hidden = open_ > 0 && lives_.empty();
    return !unseen && !hidden && ended_ * k_sampled_per_ended <= seen_;
}

std::optional<model::DatabaseTraffic> TrafficCount::traffic() const {
    if (samples_ < 2) return std::nullopt;
    model::DatabaseTraffic traffic{.sessions_opened = ever_ - std::min(ever_, ever_at_first_),
                                   .connections = lives_.size()};
    if (!all_seen()) return traffic;
    model::Segments& sum = traffic.segments.emplace();
    for (const auto& [cookie, life] : lives_)
        for (const auto part : {&model::Segments::received, &model::Segments::sent,
                                &model::Segments::received_bytes, &model::Segments::sent_bytes})
            sum.*part += life.last.*part - life.first.*part;
    return traffic;
}

}  // namespace joust::probes
