#include "probes/file_slices.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "host/file_watch.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

// Of one CPU over the window: what watching may cost a contender that uses all of it.
constexpr double k_most_cost = 0.007;
// CPU time of one event to whoever causes it; 1.7 µs were measured on ext4.
constexpr double k_event_cost_s = 2e-6;
constexpr double k_per_straddling = 10;  // requests of a slice for each that may straddle its edge
constexpr double k_least_requests = 20;
constexpr std::size_t k_most_slices = 4;
constexpr double k_most_share = 0.8;  // of the window, where there are several
constexpr Nanoseconds k_shortest = 20ms;
// The last slice ends before the window does, so that load and slice do not race for their end.
constexpr Nanoseconds k_at_end = 20ms;
// Fewer requests as a whole in the slices prove nothing.
constexpr std::uint64_t k_enough = 10;

}  // namespace

std::optional<model::FileEffects> files_per_request(const model::Workload& workload) {
    const model::FileEffects& first = workload.operations.front().effects.files;
    const bool alike = std::all_of(workload.operations.begin(), workload.operations.end(),
                                   [&](const auto& operation) { return operation.effects.files == first; });
    return alike ? std::optional(first) : std::nullopt;
}

std::vector<FileSlice> plan_slices(const FileLoad& load, Random& random) {
    const Nanoseconds usable = load.window - k_at_end;
    if (usable < k_shortest) return {};
    const double needed = std::max(k_least_requests, k_per_straddling * static_cast<double>(load.straddling));
    const double request_cost_s =
        k_event_cost_s * host::k_events_per_file * static_cast<double>(load.files_per_request);
    const double affordable = k_most_cost * seconds(load.window) / request_cost_s;
    const double requests = std::min(needed, affordable);
    const double length_s =
        load.requests_per_s > 0 ? requests / load.requests_per_s : seconds(usable) / k_most_slices;
    const Nanoseconds length =
        length_s < seconds(usable) ? std::max(k_shortest, from_seconds(length_s)) : usable;
    auto count =
        static_cast<std::size_t>(std::clamp(affordable / needed, 1.0, static_cast<double>(k_most_slices)));
    while (count > 1 && seconds(length) * static_cast<double>(count) > k_most_share * seconds(usable))
        --count;
    const Nanoseconds part = usable / static_cast<std::int64_t>(count);
    std::vector<FileSlice> slices;
    for (std::size_t i = 0; i < count; ++i) {
        const auto room = static_cast<std::uint64_t>(std::max(part - length, 0ns).count());
        const Nanoseconds within{static_cast<std::int64_t>(uniform_below(random, room + 1))};
        const Nanoseconds begin = static_cast<std::int64_t>(i) * part;
        slices.push_back({.start = begin + within,
                          .length = length,
                          .requests = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(requests)),
                          .latest = begin + part});
    }
    return slices;
}

model::ObservedFiles observed_files(const model::FileEffects& contract, std::span<const WatchedSlice> slices,
                                    std::uint64_t straddling) {
    model::ObservedFiles all{.contract = contract};
    for (const WatchedSlice& slice : slices) {
        const auto signed_count = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
        model::add(all, {.slices = 1,
                         .watched = slice.length,
                         .requests = slice.requests,
                         .requests_least = slice.requests - std::min(slice.requests, straddling),
                         .seen = {.created = signed_count(slice.files.created),
                                  .written = signed_count(slice.files.written),
                                  .read = signed_count(slice.files.read),
                                  .removed = signed_count(slice.files.removed)},
                         .opened = signed_count(slice.files.opened)});
    }
    if (all.requests_least < k_enough)
        all.not_evaluated = fmt::format(
            "too few requests were answered in the slices: {}, of which {} may have done their work before",
            all.requests, all.requests - all.requests_least);
    return all;
}

}  // namespace joust::probes
