#include "experiment/verify.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "experiment/behaving.hpp"
#include "experiment/files_by_answer.hpp"
#include "experiment/single_requests.hpp"
#include "experiment/slow_commits.hpp"
#include "probes/audit_probe.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;
using database::Behaviour;

constexpr Nanoseconds k_crash_load = 1500ms;

constexpr const char* k_files_part = "files by the answer";
constexpr const char* k_crash_part = "crash of the database";

// One entrant that is looked at.
class Look {
public:
    Look(Rig& rig, const RunSpec& spec, const std::string& label, Observer& observer,
         const Interrupted& interrupted)
        : rig_(rig), spec_(spec), label_(label), observer_(observer), interrupted_(interrupted) {
        result_.entrant = label;
    }

    Result<model::Verification> run() {
        JOUST_CHECK(look_at_files());
        if (operations_with_rows(spec_.workload).empty()) {
            leave_out(k_slow_part, "the workload declares no rows");
            return std::move(result_);
        }
        const bool server = spec_.benchmark.database.engine == model::DatabaseEngine::postgres;
        JOUST_CHECK(server ? look_at_server() : tried(k_single_part, [this] { return look_at_file(); }));
        return std::move(result_);
    }

private:
    Status look_at_files() {
        std::vector<const model::Operation*> with_files;
        for (const model::Operation& operation : spec_.workload.operations)
            if (operation.effects.files != model::FileEffects{}) with_files.push_back(&operation);
        if (with_files.empty()) return {};
        return tried(k_files_part, [&]() -> Status {
            JOUST_TRY(deploy::Instance instance, start());
            OneUser user = user_of(instance, with_files);
            JOUST_CHECK(user.load_before());
            JOUST_TRY(
                result_.files,
                files_by_answer({.folder = instance.scratch().here(),
                                 .count = OneUser::k_requests,
                                 .declared = [&](int number) { return user.operation(number).effects.files; },
                                 .ask = [&](int number) -> Status {
                                     JOUST_TRY(const deploy::Asked one, user.ask(number));
                                     static_cast<void>(one);
                                     return {};
                                 }}));
            user.hang_up();
            instance.stop(k_stop_grace);
            return {};
        });
    }

    Status look_at_server() {
        if (spec_.benchmark.database.durability != model::Durability::full) {
            leave_out(k_slow_part, "durability = \"relaxed\": no answer has to wait for the disk");
            leave_out(k_crash_part, "durability = \"relaxed\": a crash may lose answered work");
            return {};
        }
        JOUST_CHECK(tried(k_slow_part, [this] { return slow_commits(); }));
        return tried(k_crash_part, [this] { return crash(); });
    }

    void leave_out(const std::string& part, std::string why) {
        result_.left_out.push_back({part, std::move(why)});
    }

    // What the entrant does not answer to is left out; all other failures end the verification.
    template <typename Part>
    Status tried(const std::string& part, const Part& look) {
        if (interrupted_()) return fail(ErrorKind::interrupted, "interrupted while {} was verified", label_);
        observer_.stage(fmt::format("verify {}: {}", label_, part));
        const database::LogMark mark = rig_.database().mark();
        Status done = look();
        if (done || done.error().kind == ErrorKind::interrupted || done.error().kind == ErrorKind::database)
            return done;
        leave_out(part, rig_.explained(done.error(), mark).message);
        return {};
    }

    Result<deploy::Instance> start() {
        JOUST_TRY(deploy::Instance instance, rig_.start_instance(label_));
        JOUST_TRY(const Nanoseconds healthy,
                  instance.wait_until_healthy(instance.contender().healthy_within, interrupted_));
        static_cast<void>(healthy);
        JOUST_CHECK(rig_.database().begin_turn(label_));
        return instance;
    }

    OneUser user_of(const deploy::Instance& instance) {
        return user_of(instance, operations_with_rows(spec_.workload));
    }
    OneUser user_of(const deploy::Instance& instance, std::vector<const model::Operation*> operations) {
        return {instance, spec_, rig_.layout().generator.cpus, interrupted_, std::move(operations)};
    }

    Status slow_commits() {
        JOUST_TRY(deploy::Instance instance, start());
        JOUST_TRY(model::SingleRequests found,
                  experiment::slow_commits(instance, user_of(instance), rig_.database()));
        instance.stop(k_stop_grace);
        result_.slow_commits = found.slow_commits;
        for (model::NotTried& left : found.left_out)
            result_.left_out.push_back(std::move(left));
        return {};
    }

    Status look_at_file() {
        result_.single.emplace();
        JOUST_TRY(deploy::Instance instance, start());
        JOUST_TRY(result_.single, single_requests(instance, user_of(instance), rig_.database()));
        instance.stop(k_stop_grace);
        return {};
    }

    Status crash() {
        const auto left = probes::rows_left(spec_.workload);
        if (!left) {
            leave_out(k_crash_part, "the workload does not say what rows each request leaves");
            return {};
        }
        database::Database& database = rig_.database();
        JOUST_TRY(Behaving lazy, Behaving::start(database, Behaviour::lazy_log));
        JOUST_TRY(deploy::Instance instance, start());
        JOUST_TRY(model::Samples samples, user_of(instance).load(k_crash_load));
        JOUST_CHECK(database.kill());
        instance.stop(0ns);  // before the database is back: it may do what it owes no more
        JOUST_CHECK(database.start_again());
        model::TrialResult trial;
        trial.samples = std::move(samples);
        JOUST_CHECK(probes::AuditProbe(database, label_, *left).finish(trial));
        if (!trial.audit)
            return fail(ErrorKind::service, "{}",
                        trial.incidents.empty() ? "too many requests failed" : trial.incidents.front().text);
        if (!trial.audit->problem.empty()) {
            leave_out(k_crash_part,
                      fmt::format("rows of {} prove nothing: {}", trial.audit->table, trial.audit->problem));
            return lazy.end();
        }
        if (trial.audit->acknowledged() == 0)
            return fail(ErrorKind::service, "no request was answered rightly");
        result_.crash = std::move(trial.audit);
        return lazy.end();
    }

    Rig& rig_;
    const RunSpec& spec_;
    const std::string& label_;
    Observer& observer_;
    const Interrupted& interrupted_;
    model::Verification result_;
};

}  // namespace

Result<model::Verification> verify(Rig& rig, const RunSpec& spec, const std::string& label,
                                   Observer& observer, const Interrupted& interrupted) {
    return Look(rig, spec, label, observer, interrupted).run();
}

}  // namespace joust::experiment
