#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "load/engine.hpp"
#include "model/criterion.hpp"
#include "terminal/painter.hpp"

namespace joust::cli {

/// What is known beforehand about a load, or a lap of it, that is waited for.
struct ExpectedLoad {
    std::string title;
    Nanoseconds warm_up{0};
    Nanoseconds length{0};                  ///< of the measured window; 0: it ends by count
    std::optional<std::uint64_t> requests;  ///< in all
    bool slice = false;                     ///< of several targets: judged when its round is complete
};

/// Waits for loads to end, with a live view on stderr where that is a terminal. A signal or a criterion ends
/// the load where it is.
class LoadWatch {
public:
    /// `stop_if` is looked at each whole second of the measured time, for that second.
    explicit LoadWatch(std::vector<model::Criterion> stop_if) : stop_if_(std::move(stop_if)) {}
    /// Returns when nothing is in flight any more; the live view is gone then.
    void wait(load::Engine& engine, const ExpectedLoad& expected);
    /// Looks at the criteria for a second or a whole slice; `where` is told with the one that holds.
    void judge(const model::Samples& samples, Nanoseconds timeout, std::string_view where);
    /// Why a load was ended before its time; "": it was not.
    [[nodiscard]] const std::string& stopped() const { return stopped_; }

private:
    void look(load::Engine& engine, const load::Progress& progress, const ExpectedLoad& expected);
    void show(const load::Progress& progress, const ExpectedLoad& expected, TimePoint started);
    [[nodiscard]] const model::Criterion* held(const model::Samples& samples, Nanoseconds timeout) const;

    std::vector<model::Criterion> stop_if_;
    std::string stopped_;
    std::deque<load::Progress> seconds_;  ///< snapshots a second apart, the last one less; never empty
    std::vector<double> rates_;
    terminal::Painter painter_;
};

/// What happened between two snapshots of one load.
model::Samples between(const load::Progress& before, const load::Progress& after);

}  // namespace joust::cli
