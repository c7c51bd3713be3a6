#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "analysis/compare.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "report/report.hpp"
#include "support/report_cases.hpp"

namespace joust::testing {

/// A run whose files go to a directory of its own.
class Rendered {
public:
    explicit Rendered(ReportCase run)
        : run_(std::move(run)),
          environment_(synthetic_environment(run_.benchmark)),
          comparison_(analysis::compare(run_.benchmark, run_.trials)) {
        remove_those_of_killed_tests();
        std::string pattern =
            (std::filesystem::temp_directory_path() / fmt::format("{}{}-XXXXXX", k_prefix, ::getpid()))
                .string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~Rendered() { std::filesystem::remove_all(directory_); }
    Rendered(const Rendered&) = delete;
    Rendered& operator=(const Rendered&) = delete;

    [[nodiscard]] report::RunReport report() const {
        return {directory_, run_.benchmark, environment_, run_.trials, comparison_};
    }
    [[nodiscard]] std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_))
            if (entry.is_regular_file())
                files[std::filesystem::relative(entry.path(), directory_)] = *read_file(entry.path());
        return files;
    }
    model::Environment& environment() { return environment_; }

private:
    static constexpr std::string_view k_prefix = "joust-report-";

    static void remove_those_of_killed_tests() {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
            const std::string name = entry.path().filename();
            if (!name.starts_with(k_prefix)) continue;
            const std::string_view number = std::string_view(name).substr(k_prefix.size());
            const std::string process(split(number, '-').front());
            if (process.find_first_not_of("0123456789") != std::string::npos) continue;
            if (!std::filesystem::exists("/proc/" + process)) std::filesystem::remove_all(entry.path());
        }
    }

    ReportCase run_;
    model::Environment environment_;
    model::Comparison comparison_;
    Path directory_;
};

/// FastAPI is steady in two trials only: of nine pairs two are without doubt, which is on it alone.
inline ReportCase in_doubt_alone() {
    ReportCase run = clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && (trial.plan.level >= 50 || trial.plan.block == 2))
            trial.warmup.steady = false;
    return run;
}

}  // namespace joust::testing
