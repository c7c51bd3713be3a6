#include "experiment/steady_state.hpp"

#include <fmt/format.h>

#include <cmath>
#include <span>

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t k_bin_completions = 50;
constexpr Nanoseconds k_bin_length = 250ms;
constexpr std::size_t k_stretch = 3;  // bins
constexpr double k_tolerance = 0.15;

// Relative difference of two positive numbers, 0 when both are 0.
double relative_difference(double a, double b) {
    const double mean = (a + b) / 2;
    return mean > 0 ? std::abs(a - b) / mean : 0.0;
}

}  // namespace

void SteadyState::add(const WarmUpReading& reading) {
    last_ = reading;
    const std::uint64_t completed = reading.completed - bin_start_.completed;
    const Nanoseconds length = reading.since_start - bin_start_.since_start;
    if (completed < k_bin_completions || length < k_bin_length) return;
    const Nanoseconds sum = reading.response_time_sum - bin_start_.response_time_sum;
    bins_.push_back(
        {static_cast<double>(completed) / seconds(length), seconds(sum) / static_cast<double>(completed)});
    bin_start_ = reading;
}

std::string SteadyState::too_little() const {
    if (last_.users_completed < users_)
        return fmt::format("{} of {} users had completed a request", last_.users_completed, users_);
    if (bins_.size() >= 2 * k_stretch) return {};
    // Where bins are filled by their least length, it is time that there was too little of.
    if (last_.completed > 0 && static_cast<double>(last_.completed) * seconds(k_bin_length) >=
                                   static_cast<double>(k_bin_completions) * seconds(last_.since_start))
        return fmt::format("{:.1f} s are too short to tell", seconds(last_.since_start));
    return fmt::format("only {} completions in {:.1f} s: too few to tell", last_.completed,
                       seconds(last_.since_start));
}

double SteadyState::moved(double Bin::* quantity) const {
    const std::span<const Bin> recent(bins_.data() + bins_.size() - k_stretch, k_stretch);
    const std::span<const Bin> earlier(bins_.data() + bins_.size() - 2 * k_stretch, k_stretch);
    double before = 0;
    double after = 0;
    for (std::size_t i = 0; i < k_stretch; ++i) {
        before += earlier[i].*quantity;
        after += recent[i].*quantity;
    }
    return relative_difference(before, after);
}

bool SteadyState::goodput_steady() const {
    return too_little().empty() && moved(&Bin::goodput_rps) <= k_tolerance;
}

std::string SteadyState::why_not() const {
    if (std::string why = too_little(); !why.empty()) return why;
    if (const double goodput = moved(&Bin::goodput_rps); goodput > k_tolerance)
        return fmt::format("goodput still moved by {:.0f} %", goodput * 100);
    if (const double time = moved(&Bin::mean_response_time_s); time > k_tolerance)
        return fmt::format("the mean response time still moved by {:.0f} %", time * 100);
    return {};
}

Nanoseconds SteadyState::twice_mean_response_time() const {
    if (last_.completed == 0) return Nanoseconds{0};
    return 2 * last_.response_time_sum / static_cast<std::int64_t>(last_.completed);
}

}  // namespace joust::experiment
