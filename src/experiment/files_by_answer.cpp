#include "experiment/files_by_answer.hpp"

#include <algorithm>
#include <thread>

#include "base/clock.hpp"
#include "host/file_watch.hpp"
#include "host/open_delay.hpp"
#include "model/observed_files.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

// Ten opens of a request take longer together than the rest of its work, if that is done beside them.
constexpr Nanoseconds k_open_delay = 5ms;
// By then what was not done with the answer is, if it comes at all.
constexpr Nanoseconds k_late_files = 250ms;
constexpr std::uint64_t k_enough = 5;  // requests; fewer prove nothing

bool all_done(const model::FileEffects& declared, const host::FileCounts& seen) {
    const auto enough = [](std::uint64_t count, std::int64_t least) {
        return std::cmp_greater_equal(count, least);
    };
    return enough(seen.created, declared.created) && enough(seen.written, declared.written) &&
           enough(seen.read + seen.opened, declared.read) && enough(seen.removed, declared.removed);
}

}  // namespace

Result<model::FilesByAnswer> files_by_answer(const FileRequests& requests) {
    if (!requests.folder) return fail(ErrorKind::unsupported, "its scratch folder is out of reach from here");
    JOUST_TRY(host::FileWatch watch, host::FileWatch::make(*requests.folder));
    JOUST_CHECK(watch.try_out());
    const auto delay = host::OpenDelay::begin(*requests.folder, k_open_delay);
    model::FilesByAnswer found{.held_up = delay.has_value()};
    std::string missed;
    for (int number = 0; number < requests.count; ++number) {
        const model::FileEffects declared = requests.declared(number);
        JOUST_CHECK(watch.begin());
        JOUST_CHECK(requests.ask(number));
        const bool in_time = all_done(declared, watch.so_far());
        if (!in_time) std::this_thread::sleep_for(k_late_files);
        const auto seen = watch.end();
        if (!seen) {
            missed = seen.error().message;
            continue;
        }
        ++found.requests;
        if (in_time)
            ++found.in_time;
        else if (all_done(declared, *seen))
            ++found.late;
    }
    if (found.requests < k_enough) return fail(ErrorKind::unsupported, "{}", missed);
    return found;
}

}  // namespace joust::experiment
