#include "probes/process_probe.hpp"

#include <algorithm>

#include "base/proc.hpp"
#include "base/text.hpp"

namespace joust::probes {
namespace {

constexpr Nanoseconds k_between_looks = std::chrono::milliseconds(180);
constexpr std::size_t k_most_lives = 10'000;  // of a service that starts one for each request

std::string command_of(const Path& process) {
    const Result<std::string> text = read_file(process / "comm");
    return printable(text ? trimmed(*text) : std::string_view("?"));
}

// The most that two looks have found; there are two.
int most_of_two(std::vector<int> looks) {
    std::nth_element(looks.begin(), looks.begin() + 1, looks.end(), std::greater<>());
    return looks[1];
}

}  // namespace

Status ProcessProbe::begin(TimePoint /*start*/, TimePoint /*end*/) {
    return {};
}

void ProcessProbe::look(TimePoint at) {
    if (began_ && at - last_ < k_between_looks) return;
    const bool first_look = !began_;
    int living = 0;
    int threads = 0;
    for (const pid_t pid : pids_()) {
        const Path process = proc_ / std::to_string(pid);
        const auto stat = read_process_stat(process / "stat");
        if (!stat || stat->dead()) continue;
        ++living;
        threads += stat->threads;
        auto known = lives_.find({pid, stat->start_ticks});
        if (known == lives_.end()) {
            if (lives_.size() >= k_most_lives) continue;
            Life life{.seen = {.pid = pid, .command = command_of(process), .first = pid == first_},
                      .cpu_before = first_look ? stat->cpu.total() : Nanoseconds{0}};
            known = lives_.emplace(Key{pid, stat->start_ticks}, std::move(life)).first;
        }
        ++known->second.seen.looks;
        known->second.seen.cpu = stat->cpu.total() - known->second.cpu_before;
    }
    counts_.push_back(living);
    threads_.push_back(threads);
    if (first_look) began_ = at;
    last_ = at;
}

Status ProcessProbe::finish(model::TrialResult& trial) {
    if (counts_.size() < 2 || lives_.empty()) return {};
    model::ServiceProcesses found{.declared = declared_.all,
                                  .workers = declared_.workers,
                                  .looks = static_cast<int>(counts_.size()),
                                  .span = last_ - *began_,
                                  .distinct = static_cast<std::int64_t>(lives_.size()),
                                  .seen = {}};
    found.most = most_of_two(counts_);
    found.most_threads = most_of_two(threads_);
    for (const auto& [key, life] : lives_)
        found.seen.push_back(life.seen);
    std::stable_sort(found.seen.begin(), found.seen.end(),
                     [](const auto& a, const auto& b) { return a.cpu > b.cpu; });
    if (found.seen.size() > model::ServiceProcesses::k_most_listed)
        found.seen.resize(model::ServiceProcesses::k_most_listed);
    trial.processes = std::move(found);
    return {};
}

}  // namespace joust::probes
