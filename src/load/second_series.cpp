#include "load/second_series.hpp"

#include <algorithm>
#include <map>

namespace joust::load {

void SecondSeries::pack(Open& from) {
    if (from.second < 0) return;
    Second packed{.second = from.second, .failed = from.failed, .max_ns = from.max_ns, .counts = {}};
    for (std::size_t i = 0; i < LiveHistogram::k_size; ++i)
        if (const std::uint64_t count = from.response_time.count_at(i); count != 0)
            packed.counts.emplace_back(static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(count));
    packed_.push_back(std::move(packed));
    from = Open{};
}

SecondSeries::Open& SecondSeries::open(std::int64_t second) {
    Open& place = open_[static_cast<std::size_t>(second & 1)];
    if (place.second == second) return place;
    if (place.second > second) return place;  // later than two seconds: counted in the oldest open one
    Open& other = open_[static_cast<std::size_t>(~second & 1)];
    if (other.second >= 0 && other.second < second - 1) pack(other);
    pack(place);
    place.second = second;
    return place;
}

void SecondSeries::succeeded(Nanoseconds since_window, std::int64_t response_time_ns) {
    Open& place = open(since_window / std::chrono::seconds(1));
    place.response_time.record(response_time_ns);
    place.max_ns = std::max(place.max_ns, response_time_ns);
}

void SecondSeries::failed(Nanoseconds since_window) {
    ++open(since_window / std::chrono::seconds(1)).failed;
}

std::vector<SecondSeries::Second> SecondSeries::take() {
    pack(open_[0]);
    pack(open_[1]);
    std::sort(packed_.begin(), packed_.end(),
              [](const Second& a, const Second& b) { return a.second < b.second; });
    return std::exchange(packed_, {});
}

std::vector<model::SecondOfLoad> merged(const std::vector<std::vector<SecondSeries::Second>>& threads,
                                        Nanoseconds window) {
    struct Sum {
        LiveHistogram response_time;
        std::uint64_t failed = 0;
        std::int64_t max_ns = 0;
    };
    std::map<std::int64_t, Sum> sums;
    for (std::int64_t second = 0; std::chrono::seconds(second) < window; ++second)
        sums[second];
    for (const auto& thread : threads) {
        for (const SecondSeries::Second& second : thread) {
            Sum& sum = sums[second.second];
            sum.failed += second.failed;
            sum.max_ns = std::max(sum.max_ns, second.max_ns);
            for (const auto& [index, count] : second.counts)
                sum.response_time.add(index, count);
        }
    }
    std::vector<model::SecondOfLoad> series;
    for (const auto& [second, sum] : sums)
        series.push_back(
            {.second = second,
             .succeeded = sum.response_time.count(),
             .failed = sum.failed,
             // A counter's middle value may be above the largest that was counted.
             .response_time_p50_ns = std::min(sum.response_time.value_at_quantile(0.5), sum.max_ns),
             .response_time_p99_ns = std::min(sum.response_time.value_at_quantile(0.99), sum.max_ns),
             .response_time_max_ns = sum.max_ns});
    return series;
}

}  // namespace joust::load
