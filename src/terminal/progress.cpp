#include "terminal/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "model/wording.hpp"
#include "rules/judge.hpp"
#include "terminal/live_line.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::terminal {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_progress_redraw = 100ms;
constexpr Nanoseconds k_first_word = 60s;  // what was measured so far is told once

class Progress : public experiment::Observer {
public:
    Progress(const Screen& screen, const model::Benchmark& benchmark)
        : screen_(screen), benchmark_(benchmark) {}
    ~Progress() override { erase_live(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void stage(const std::string& what) override {
        line(fmt::format("{} {} …", paint("·", k_dim), printable(what)));
    }

    void warning(const std::string& text) override {
        line(fmt::format("{} {}", paint("warning:", k_yellow), printable_lines(text)));
    }

    void planned(const model::PlannedRun& plan, int finished, const Path& run_directory) override {
        trials_ = plan.most_trials;
        before_ = done_ = finished;
        expected_per_trial_ = plan.time.most / std::max(trials_, 1);
        started_ = finished_ = now();
        const std::string trials = plan.fewest_trials == trials_
                                       ? model::counted(trials_, "trial")
                                       : fmt::format("{} to {} trials", plan.fewest_trials, trials_);
        line(fmt::format("{}{}, {} to {}; results go to {}", trials,
                         finished > 0 ? fmt::format(", {} of them finished before", finished) : "",
                         spoken(plan.time.least), spoken(plan.time.most), printable(run_directory.string())));
    }

    void trial_started(const model::PlannedTrial& trial) override {
        trials_ = trials_in_all(benchmark_, trial, trials_);
        if (!screen_.terminal)
            line(fmt::format("trial {}/{}: {}", trial.index + 1, trials_,
                             printable(subject(trial, load_model_of(benchmark_, trial)))));
    }

    void trial_reading(const model::PlannedTrial& trial, const experiment::LiveReading& reading) override {
        if (!screen_.terminal || now() - drawn_ < k_progress_redraw) return;
        drawn_ = now();
        const Pace pace{.trials = trials_ - before_,
                        .done = done_ - before_,
                        .took = finished_ - started_,
                        .running = now() - finished_,
                        .planned = expected_per_trial_};
        const std::string text = live_line({.trial = trial,
                                            .load_model = load_model_of(benchmark_, trial),
                                            .trials = trials_,
                                            .reading = reading,
                                            .time_left = time_left(pace)},
                                           screen_.columns);
        tell("\r\x1b[2K{}", text);
        live_ = true;
    }

    void trial_finished(const model::TrialResult& result) override {
        done_ = result.plan.index + 1;
        finished_ = now();
        const model::Judgement judgement = rules::judge(result, benchmark_.experiment);
        std::string mark = paint(finished_mark(judgement.validity), colour_of(judgement.validity)) + " ";
        for (const std::string& one : finished_lines(result, trials_, judgement)) {
            line(mark + printable(one));
            mark.clear();
        }
        so_far_.push_back({result.plan.entrant, result.plan.level, result.samples.goodput_rps(),
                           result.plan.lens, judgement.validity != model::Validity::invalid});
        if (!told_so_far_ && finished_ - started_ >= k_first_word) {
            told_so_far_ = true;
            line(fmt::format("{} {}", paint("·", k_dim),
                             printable(so_far_line(so_far_, benchmark_.load.model, finished_ - started_))));
        }
    }

private:
    static constexpr std::string_view k_dim = "2";
    static constexpr std::string_view k_red = "31";
    static constexpr std::string_view k_green = "32";
    static constexpr std::string_view k_yellow = "33";

    static std::string_view colour_of(model::Validity validity) {
        if (validity == model::Validity::valid) return k_green;
        return validity == model::Validity::suspect ? k_yellow : k_red;
    }

    [[nodiscard]] std::string paint(std::string_view text, std::string_view code) const {
        return screen_.colours ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
    }

    void erase_live() {
        if (live_) tell("\r\x1b[2K");
        live_ = false;
    }

    void line(std::string_view text) {
        erase_live();
        tell("{}\n", text);
    }

    Screen screen_;
    model::Benchmark benchmark_;
    int trials_ = 0;
    int done_ = 0;
    int before_ = 0;  ///< finished when the run was gone on with
    std::vector<MeasuredRate> so_far_;
    bool told_so_far_ = false;
    Nanoseconds expected_per_trial_{0};
    TimePoint started_;
    TimePoint finished_;  ///< the last trial; before the first, the start
    TimePoint drawn_;
    bool live_ = false;
};

}  // namespace

std::unique_ptr<experiment::Observer> make_progress(const Screen& screen, const model::Benchmark& benchmark) {
    return std::make_unique<Progress>(screen, benchmark);
}

}  // namespace joust::terminal
