#include "runtime/errand.hpp"

#include "base/quantity.hpp"
#include "host/bounded_log.hpp"
#include "runtime/log_text.hpp"

namespace joust::runtime {

Status run_errand(Errand errand, host::RunState& run, const Interrupted& interrupted) {
    constexpr std::size_t lines = 15;
    const Path log = errand.program.log;
    const std::uint64_t log_start = log_size(log);
    errand.program.before_start = [&run](const host::ProcessIdentity& leader) {
        return run.record_session(leader);
    };
    JOUST_TRY(const std::unique_ptr<host::BoundedLog> output,
              host::BoundedLog::open(log, errand.program.user));
    errand.program.output = output->input();
    auto process = host::Process::start(errand.program);
    output->close_input();
    if (!process)
        return fail(ErrorKind::service, "{} failed: {}; {}", errand.what, process.error().message,
                    errand.advice);
    const host::Strays strays(run, process->identity());
    // Ended before what it left behind, whichever way this function is left.
    const host::Process program(std::move(*process));
    const auto ending = [&] {
        output->end_section();
        return fmt::format("{}\n{}; everything it printed is in {}", log_ending(log, log_start, lines),
                           errand.advice, shown_path(log).string());
    };
    const TimePoint deadline = now() + errand.limit;
    while (!program.wait_for(std::chrono::milliseconds(100))) {
        if (interrupted && interrupted())
            return fail(ErrorKind::interrupted, "{} was interrupted", errand.what);
        if (now() > deadline)
            return fail(ErrorKind::service, "{} did not end within {}{}", errand.what, spoken(errand.limit),
                        ending());
    }
    const auto status = program.exit_status();
    if (!status->success())
        return fail(ErrorKind::service, "{} failed: {} {}{}", errand.what, errand.program.command.front(),
                    host::to_text(*status), ending());
    return {};
}

}  // namespace joust::runtime
