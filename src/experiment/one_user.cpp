#include "experiment/one_user.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "experiment/trial.hpp"
#include "load/engine.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t k_users = 8;
constexpr Nanoseconds k_interrupt_look = 50ms;

}  // namespace

Nanoseconds clock_offset() {
    return wall_now().time_since_epoch() - now().time_since_epoch();
}

std::set<std::string> tables_of(const model::Operation& operation) {
    std::set<std::string> tables;
    for (const auto& [table, rows] : operation.effects.rows)
        if (rows != model::RowEffects{}) tables.insert(table);
    return tables;
}

std::vector<const model::Operation*> operations_with_rows(const model::Workload& workload) {
    std::vector<const model::Operation*> found;
    for (const model::Operation& operation : workload.operations)
        if (!tables_of(operation).empty()) found.push_back(&operation);
    return found;
}

OneUser::OneUser(const deploy::Instance& instance, const RunSpec& spec, std::vector<int> cpus,
                 const Interrupted& interrupted, std::vector<const model::Operation*> operations)
    : instance_(instance),
      spec_(spec),
      cpus_(std::move(cpus)),
      interrupted_(interrupted),
      operations_(std::move(operations)) {}

Error OneUser::interrupted_error() const {
    return {ErrorKind::interrupted,
            fmt::format("interrupted while requests were sent to {} one by one", instance_.label())};
}

Status OneUser::load_before(Nanoseconds length) {
    JOUST_TRY(const model::Samples samples, load(length));
    // Their work may come while single requests are looked at, and would be taken for these.
    if (const std::uint64_t open = samples.requests.timed_out + samples.requests.unfinished; open > 0)
        return fail(ErrorKind::service, "{} requests of the load before them did not end in time", open);
    if (!samples.ids.empty()) ids_ = samples.ids.front();
    return {};
}

Result<model::Samples> OneUser::load(Nanoseconds length) const {
    load::Options options =
        load_options(spec_, instance_.contender(), {.level = k_users}, instance_.port(), cpus_);
    options.schedule = load::ClosedLoop{.users = static_cast<int>(k_users)};
    options.stop = load::StopAfter{.length = length};
    options.timeout = std::min(options.timeout, k_answer_limit);
    JOUST_TRY(load::Engine engine, load::Engine::start(std::move(options)));
    const TimePoint end = engine.started_at() + length;
    while (now() < end) {
        if (interrupted_()) {
            engine.stop_now();
            return tl::unexpected(interrupted_error());
        }
        std::this_thread::sleep_for(std::min<Nanoseconds>(k_interrupt_look, std::max(0ns, end - now())));
    }
    return engine.finish();
}

Result<deploy::Asked> OneUser::ask(int number) {
    if (interrupted_()) return tl::unexpected(interrupted_error());
    const std::uint64_t sequence = ids_.issued + static_cast<std::uint64_t>(number);
    return deploy::ask(connection_, instance_, operation(number), ids_.id(sequence), k_answer_limit);
}

const model::Operation& OneUser::operation(int number) const {
    return *operations_[static_cast<std::size_t>(number) % operations_.size()];
}

std::set<std::string> OneUser::tables() const {
    std::set<std::string> tables;
    for (const model::Operation* operation : operations_)
        tables.merge(tables_of(*operation));
    return tables;
}

}  // namespace joust::experiment
