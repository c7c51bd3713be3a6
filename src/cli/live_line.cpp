#include "cli/live_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/quantity.hpp"

namespace joust::cli {
namespace {

constexpr int k_bar_cells = 16;

std::string milliseconds(Nanoseconds duration) {
    const double value = seconds(duration) * 1000;
    return value < 10 ? fmt::format("{:.1f} ms", value) : fmt::format("{:.0f} ms", value);
}

// Columns a UTF-8 text takes: every character used here is one column wide.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string bar(double share) {
    const int full = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * k_bar_cells));
    std::string text;
    for (int cell = 0; cell < k_bar_cells; ++cell)
        text += cell < full ? "█" : "░";
    return text;
}

std::string phase_text(const experiment::LiveReading& reading) {
    using experiment::Phase;
    switch (reading.phase) {
        case Phase::starting:
            return "starting";
        case Phase::warming_up:
            return fmt::format("warm-up {:.0f} s", seconds(reading.in_phase));
        case Phase::measuring:
            return fmt::format("measuring {:.0f}/{:.0f} s", seconds(reading.in_phase),
                               seconds(reading.phase_length));
        case Phase::draining:
            return fmt::format("draining {:.0f} s", seconds(reading.in_phase));
    }
    return {};
}

}  // namespace

std::string subject(const model::PlannedTrial& trial) {
    return fmt::format("{}, {} user{}, block {}", trial.contender, trial.level, trial.level == 1 ? "" : "s",
                       trial.block + 1);
}

std::string live_line(const LiveView& view, int columns) {
    const double share = view.trials > 0 ? static_cast<double>(view.trial.index) / view.trials : 0.0;
    const std::vector<std::string> parts{
        fmt::format("{} {}/{}", bar(share), view.trial.index + 1, view.trials),
        subject(view.trial),
        phase_text(view.reading),
        fmt::format("{:.0f} req/s", view.reading.goodput_rps),
        fmt::format("p99 {}", milliseconds(view.reading.response_time_p99)),
        fmt::format("{} error{}", view.reading.errors, view.reading.errors == 1 ? "" : "s"),
        fmt::format("{} left", spoken(view.time_left)),
    };
    std::string line;
    for (const std::string& part : parts) {
        const std::string separator = line.empty() ? "" : "  ";
        if (width(line) + separator.size() + width(part) >
            static_cast<std::size_t>(std::max(columns - 1, 20)))
            break;
        line += separator + part;
    }
    return line;
}

std::string finished_line(const model::TrialResult& result, int trials) {
    const model::Samples& samples = result.samples;
    std::string text = fmt::format("{}/{} {}: {:.1f} req/s", result.plan.index + 1, trials,
                                   subject(result.plan), samples.goodput_rps());
    if (!samples.response_time.empty())
        text +=
            fmt::format(", p99 {}", milliseconds(Nanoseconds{samples.response_time.value_at_quantile(0.99)}));
    text += fmt::format(", {:.1f} % errors", samples.error_rate() * 100);
    if (!result.warmup.steady) text += ", no steady state";
    for (const model::Incident& incident : result.incidents)
        text += "\n    " + incident.text;
    return text;
}

}  // namespace joust::cli
