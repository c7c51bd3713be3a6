#include "deploy/instance.hpp"

#include <algorithm>
#include <thread>

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "deploy/command.hpp"
#include "deploy/http_call.hpp"
#include "host/port.hpp"
#include "runtime/log_text.hpp"

namespace joust::deploy {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_log_lines = 15;

Result<std::uint16_t> choose_port(const InstanceSpec& spec) {
    if (!spec.port) return host::free_loopback_port();
    if (host::port_is_free(*spec.port)) return *spec.port;
    const auto other = host::listener_on(*spec.port);
    return fail(ErrorKind::service, "port {} for {} is taken{}; stop that, or let Joust choose a free port",
                *spec.port, spec.contender.name,
                other ? fmt::format(" by {} (process {})", other->name, other->pid) : std::string());
}

host::Environment overlaid(host::Environment below, const std::map<std::string, std::string>& above) {
    std::map<std::string, std::string> all(above);
    all.insert(below.begin(), below.end());
    return {all.begin(), all.end()};
}

std::string first_bytes(const std::string& body) {
    constexpr std::size_t most = 200;
    return std::string(trimmed(body.substr(0, most)));
}

}  // namespace

Instance::Instance(const InstanceSpec& spec, std::uint16_t port, std::unique_ptr<runtime::Folder> scratch,
                   std::uint64_t log_start, TimePoint started, std::unique_ptr<runtime::Party> party)
    : contender_(&spec.contender),
      label_(spec.label),
      port_(port),
      scratch_(std::move(scratch)),
      log_(spec.log),
      log_start_(log_start),
      started_(started),
      party_(std::move(party)) {}

Result<Instance> Instance::start(const InstanceSpec& spec, runtime::Runtime& runtime) {
    JOUST_TRY(const std::uint16_t port, choose_port(spec));
    JOUST_TRY(std::unique_ptr<runtime::Folder> scratch,
              runtime.make_folder(spec.label, spec.user, k_image_scratch));
    JOUST_TRY(FilledCommand filled, fill_command(spec.contender, "start", spec.contender.start,
                                                 {.venv = spec.staged.venv,
                                                  .port = port,
                                                  .database_url = spec.database.url,
                                                  .scratch = scratch->inside()}));
    host::Environment environment = overlaid(std::move(filled.environment), spec.environment);
    const std::uint64_t log_start = runtime::log_size(spec.log);
    const TimePoint started = now();
    runtime::Program program{.command = std::move(filled.argv),
                             .environment = std::move(environment),
                             .directory = spec.staged.directory,
                             .log = spec.log,
                             .user = spec.user,
                             .image = spec.staged.image,
                             .folders = {scratch.get()}};
    if (spec.database.directory) program.shared.push_back(*spec.database.directory);
    auto party = runtime.start(program, {"contender-" + spec.label, spec.limits, spec.cpu});
    if (!party && party.error().kind == ErrorKind::io)
        return fail(ErrorKind::service, "{} ({})", party.error().message, spec.contender.manifest.string());
    if (!party) return tl::unexpected(party.error());
    return Instance(spec, port, std::move(scratch), log_start, started, std::move(*party));
}

std::string Instance::last_log_lines(std::size_t count) const {
    party_->update_log();
    return last_lines(trimmed(runtime::log_text(log_, log_start_)), count);
}

std::string Instance::log_ending() const {
    party_->update_log();
    return runtime::log_ending(log_, log_start_, k_log_lines);
}

// A server that could not bind may wait and try again while another one answers in its place.
Status Instance::check_it_is_ours() const {
    const auto listener = host::listener_on(port_);
    if (!listener) return {};
    const std::vector<pid_t> ours = pids();
    if (std::find(ours.begin(), ours.end(), listener->pid) != ours.end()) return {};
    return fail(ErrorKind::service,
                "port {} of {} was taken by {} (process {}), which answers in its place; stop "
                "that and start again",
                port_, label_, listener->name, listener->pid);
}

Result<Nanoseconds> Instance::wait_until_healthy(Nanoseconds timeout, const Interrupted& interrupted) const {
    constexpr auto k_pause = milliseconds(20);
    constexpr auto k_patience = std::chrono::seconds(5);  // with one answer
    const std::string& path = contender_->routes.at("health");
    const TimePoint deadline = started_ + timeout;
    std::string last;
    while (now() < deadline) {
        const auto answer = http_call({.port = port_, .path = path}, std::min(deadline, now() + k_patience));
        const TimePoint answered = now();
        if (answer && answer->status == 200) {
            JOUST_CHECK(check_it_is_ours());
            return answered - started_;
        }
        // A call that this function's own deadline cut short says less than the answer before it.
        if (answer)
            last = fmt::format("GET {} answered {}: {}", path, answer->status, first_bytes(answer->body));
        else if (last.empty() || answered < deadline)
            last = fmt::format("GET {}: {}", path, answer.error().message);
        if (interrupted && interrupted())
            return fail(ErrorKind::interrupted, "waiting for {} was interrupted", label_);
        if (party_->wait_for(k_pause))
            return fail(ErrorKind::service, "{} {} before it was healthy{}", label_, description(),
                        log_ending());
    }
    return fail(ErrorKind::service, "{} never got healthy within {} (start.healthy_within): {}{}", label_,
                spoken_exactly(timeout), last.empty() ? "it was not asked" : last, log_ending());
}

StopRecord Instance::stop(Nanoseconds grace) {
    StopRecord record;
    record.died = !running();
    if (record.died) record.lost = party_->lost();
    record.description = party_->stop(grace);
    record.left_out_of_log = party_->left_out_of_log();
    record.files_left = scratch_->count_files();
    return record;
}

}  // namespace joust::deploy
