// How published comparisons went wrong, each as the trials of such a comparison: the report says so before
// its verdict, or of the cell that it is about. docs/mistakes.md has the same rows.
#include <gmock/gmock.h>

#include <cmath>

#include "analysis/compare.hpp"
#include "report/figures/figure.hpp"
#include "report/markdown.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::report {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TrialShape;

/// A benchmark of two and what was measured of it, sound as it stands.
struct Published {
    model::Benchmark benchmark;
    model::Environment environment;
    std::vector<model::TrialResult> trials;

    template <typename Change>
    void of(const std::string& entrant, Change&& change) {
        for (model::TrialResult& trial : trials)
            if (trial.plan.entrant == entrant) change(trial);
    }
};

Published measured(const std::vector<std::int64_t>& levels, const testing::ShapeOf& shape, int blocks = 4) {
    Published run{testing::benchmark_of({"fastapi", "django"}, levels, blocks), {}, {}};
    run.environment = testing::synthetic_environment(run.benchmark);
    run.trials = testing::synthetic_trials(run.benchmark, shape);
    return run;
}

TrialShape busy(const model::PlannedTrial& plan) {
    const double rate = plan.entrant == "fastapi" ? 240.0 : 200.0;
    return {.goodput_rps = rate * (1 + 0.01 * testing::noise(plan)),
            .p50_ms = static_cast<double>(plan.level) / rate * 1e3};
}

struct Reported {
    std::string text;
    model::Comparison comparison;

    [[nodiscard]] std::string before_the_verdict() const { return text.substr(0, text.find("\n## Summary")); }
};

Reported reported(const Published& run) {
    const auto comparison = analysis::compare(run.benchmark, run.trials, &run.environment);
    const RunReport report{"results/example", run.benchmark, run.environment, run.trials, comparison};
    return {markdown(report, figures(run.benchmark, run.environment, comparison)), comparison};
}

TEST(public_mistake, of_none_of_them_a_sound_run_is_accused) {
    Published run = measured({4, 50}, busy);
    const std::string text = reported(run).text;
    for (const char* accused : {"Printed per operation", "opened anew", "Bytes per answer", "Answers of",
                                "CPU time of an operation at", "while nobody is busy", "runs with"})
        EXPECT_THAT(text, Not(HasSubstr(accused)));
}

// 9652 requests/s on 100 connections told as 0.01 ms.
TEST(public_mistake, times_that_contradict_littles_law) {
    Published run = measured({100}, [](const model::PlannedTrial& plan) {
        return TrialShape{.goodput_rps = plan.entrant == "fastapi" ? 9652.0 : 9000.0,
                          .p50_ms = 0.01,
                          .cpu_ms_per_operation = 0.1};
    });
    for (model::TrialResult& trial : run.trials)
        trial.samples.in_flight_mean = 100;
    EXPECT_THAT(reported(run).text, HasSubstr("requests in flight and response times disagree by 99.9 %"));
}

// Each handler lists the threads of its process in the answer.
TEST(public_mistake, answers_and_work_that_grow_with_the_load) {
    Published run = measured({4, 200}, [](const model::PlannedTrial& plan) {
        TrialShape shape = busy(plan);
        const bool lists = plan.entrant == "django";
        shape.cpu_ms_per_operation = lists && plan.level == 200 ? 6 : 2;
        return shape;
    });
    run.of("django", [](model::TrialResult& trial) {
        trial.samples.bytes_received =
            trial.samples.completed_in_window * (trial.plan.level == 4 ? 300 : 4800);
    });
    const std::string before = reported(run).before_the_verdict();
    EXPECT_THAT(before,
                HasSubstr("Bytes per answer, head and body, at 200 users: fastapi 300 B, django 4.69 KiB"));
    EXPECT_THAT(before, HasSubstr("Answers of django have 300 B at 4 users and 4.69 KiB at 200 users"));
    EXPECT_THAT(before, HasSubstr("CPU time of an operation at 4 users and at 200 users: fastapi 2.04 ms and "
                                  "2.04 ms (1.00 times), django 2.05 ms and 6.05 ms (2.95 times)"));
}

// Ten users that sleep 0.1 s: 106.6 against 104.1 requests/s are their think time.
TEST(public_mistake, users_that_sleep) {
    Published run = measured({10}, [](const model::PlannedTrial& plan) {
        return TrialShape{.goodput_rps = plan.entrant == "fastapi" ? 98.0 : 96.5, .p50_ms = 2};
    });
    for (model::TrialResult& trial : run.trials)
        trial.think_time = 100ms;
    EXPECT_THAT(reported(run).text,
                HasSubstr("Limited by think time, so what was measured is the load, not the "
                          "service: fastapi at 10 users (think time 100 ms); django at 10"));
}

// One client, ten samples; a constant 5.19 s against 0.04 s, and a connection for each.
TEST(public_mistake, one_client_and_ten_samples_of_a_constant_time) {
    Published run = measured({1}, [](const model::PlannedTrial& plan) {
        return TrialShape{.goodput_rps = plan.entrant == "fastapi" ? 25.0 : 0.2,
                          .p50_ms = plan.entrant == "fastapi" ? 40.0 : 5190.0,
                          .spread = 0.001,
                          .cpu_ms_per_operation = 1};
    });
    EXPECT_THAT(reported(run).text, HasSubstr("1 verified operations, at least 100 are needed"));
    EXPECT_THAT(reported(run).before_the_verdict(),
                ::testing::ContainsRegex(
                    "fastapi at 1 user answers in 40[.0-9]* ms .median. to 40[.0-9]* ms .p99. while "
                    "nobody is busy: a constant time is a timer"));
    for (model::TrialResult& trial : run.trials) {
        trial.samples.connections.established = trial.samples.requests.started;
        trial.samples.connections.peak = 1;
    }
    EXPECT_THAT(reported(run).before_the_verdict(),
                HasSubstr("Connections opened anew per operation: fastapi 0.99"));
}

// Ranked by the arithmetic mean of requests/s over four kinds of request, so that the cheapest decides.
TEST(public_mistake, a_mean_in_which_the_cheapest_decides) {
    const Published run = measured({1, 4, 16, 50}, [](const model::PlannedTrial& plan) {
        const bool fastapi = plan.entrant == "fastapi";
        const double cheap = fastapi ? 20'000 : 10'000;  // twice as fast here, slower in the three others
        const double rate = plan.level == 1 ? cheap : fastapi ? 100 : 126;
        return TrialShape{.goodput_rps = rate * (1 + 0.01 * testing::noise(plan)),
                          .p50_ms = static_cast<double>(plan.level) / rate * 1e3,
                          .cpu_ms_per_operation = 900 / rate};
    });
    const Reported report = reported(run);
    const auto* pooled = report.comparison.ratio(model::Quantity::goodput, "fastapi", std::nullopt);
    ASSERT_TRUE(pooled->ratio);
    EXPECT_NEAR(*pooled->ratio, std::pow(2 * std::pow(100.0 / 126, 3), 0.25), 0.01)
        << "the arithmetic means would be 5075 to 2595";
    EXPECT_EQ(report.comparison.winner, std::nullopt);
}

// The same within one workload: four requests are counted as one number.
TEST(public_mistake, several_operations_told_as_one_number) {
    Published run = measured({50}, busy);
    for (model::TrialResult& trial : run.trials) {
        const bool fastapi = trial.plan.entrant == "fastapi";
        const std::uint64_t all = trial.samples.requests.started;
        const auto operation = [](const char* name, std::uint64_t requests, std::chrono::nanoseconds time) {
            model::OperationSamples one{.name = name,
                                        .completed_in_window = requests,
                                        .requests = {.started = requests, .succeeded = requests},
                                        .response_time = {}};
            one.response_time.record(time.count(), requests);
            return one;
        };
        trial.samples.operations = {operation("list", all * 3 / 4, fastapi ? 1ms : 2ms),
                                    operation("order", all / 4, fastapi ? 30ms : 20ms)};
    }
    const std::string before = reported(run).before_the_verdict();
    EXPECT_THAT(before, HasSubstr("Requests are a mix: list 75 %, order 25 %: goodput and ratios are of the "
                                  "mix, in which the most frequent counts most"));
    EXPECT_THAT(before,
                HasSubstr("fastapi answers list sooner than django (1.00 ms, 2.00 ms) and order later "
                          "(30.0 ms, 20.0 ms)"));
}

// Local ports run out, so that later runs decay and the first is "cleanest".
TEST(public_mistake, a_generator_that_runs_out_of_ports) {
    Published run = measured({50}, busy);
    run.of("django", [](model::TrialResult& trial) {
        trial.samples.conduct.shortages[model::Shortage::local_ports] = 900;
        trial.samples.conduct.local_ports = 28'232;
    });
    const std::string text = reported(run).text;
    EXPECT_THAT(text, HasSubstr("this host's limit, not the target's"));
    EXPECT_THAT(text, HasSubstr("fastapi and django cannot be ranked"));
}

// "6 % faster", then "the client is the bottleneck".
TEST(public_mistake, a_client_that_is_the_bottleneck) {
    Published run = measured({50}, [](const model::PlannedTrial& plan) {
        TrialShape shape = busy(plan);
        shape.cpu_ms_per_operation = 1;
        return shape;
    });
    for (model::TrialResult& trial : run.trials)
        trial.samples.conduct.thread_cpu = {trial.samples.window * 97 / 100};
    const Reported report = reported(run);
    EXPECT_THAT(
        report.text,
        HasSubstr("a load thread was on its CPU for 97 % of the window (limit 90 %): the load generator "
                  "was the bottleneck"));
    EXPECT_THAT(report.text, HasSubstr("fastapi and django cannot be ranked"));
    EXPECT_EQ(report.comparison.winner, std::nullopt);
}

// A JIT compiler starved by its own service: 3.3 k requests/s in two minutes of warm-up, later 7.8 k.
TEST(public_mistake, a_compiler_that_starves) {
    Published run = measured({50}, busy);
    run.of("fastapi", [](model::TrialResult& trial) {
        trial.warmup = {120s, false, "goodput still rose by 8 % a second", false};
        trial.party(model::Role::contender)->usage.run_delay = trial.samples.window * 3;
    });
    EXPECT_THAT(reported(run).text,
                HasSubstr("of warm-up: goodput still rose by 8 % a second; 3.0 threads of the contender were "
                          "ready to run on average, but had no CPU"));
}

// Best of three runs of 10 s, one after the other, conclusions at 1.3.
TEST(public_mistake, a_conclusion_from_runs_that_scatter_more_than_they_differ) {
    const Reported report = reported(measured(
        {50},
        [](const model::PlannedTrial& plan) {
            TrialShape shape = busy(plan);
            shape.goodput_rps *= 1 + 0.3 * testing::noise(plan);
            return shape;
        },
        3));
    EXPECT_THAT(report.text, HasSubstr("Whether fastapi is faster than django cannot be told"));
    EXPECT_EQ(report.comparison.winner, std::nullopt);
}

// 5000 connections for 30 s, ranked by requests/s at a p99 of 25 s.
TEST(public_mistake, more_users_than_requests) {
    const Published run = measured({5000}, [](const model::PlannedTrial& plan) {
        return TrialShape{.goodput_rps = plan.entrant == "fastapi" ? 900.0 : 800.0,
                          .p50_ms = 5600,
                          .spread = 0.33,
                          .cpu_ms_per_operation = 1.1};
    });
    EXPECT_THAT(reported(run).before_the_verdict(),
                HasSubstr("Operations that a user completed in a window: fastapi 0.900 at 5000 users, django "
                          "0.800 at 5000 users: with fewer than ten"));
}

// One contender logs.
TEST(public_mistake, one_contender_logs) {
    Published run = measured({50}, busy);
    run.of("django", [](model::TrialResult& trial) {
        trial.service.printed_bytes = trial.samples.completed_in_window * 84;
    });
    EXPECT_THAT(
        reported(run).before_the_verdict(),
        HasSubstr("Printed per operation: fastapi 0 B, django 84 B: one logs requests and the other does "
                  "not"));
}

// DEBUG is on.
TEST(public_mistake, debug_is_on) {
    Published run = measured({50}, busy);
    run.benchmark.entrants.back().variant.settings = {{"DJANGO_DEBUG", "True"}};
    run.environment.contenders.front().command = {"uvicorn", "app:app", "--log-level", "debug"};
    const std::string before = reported(run).before_the_verdict();
    EXPECT_THAT(before, HasSubstr("django runs with DJANGO_DEBUG: a switch for development or logging"));
    EXPECT_THAT(before, HasSubstr("fastapi runs with --log-level debug"));
    run.benchmark.entrants.back().variant.settings = {{"DJANGO_DEBUG", "0"}};
    run.environment.contenders.front().command = {"uvicorn", "app:app", "--no-access-log"};
    EXPECT_THAT(reported(run).text, Not(HasSubstr("runs with")));
    run.environment.contenders.back().environment = {{"APP_DEBUG", "1"}};
    EXPECT_THAT(reported(run).before_the_verdict(), HasSubstr("django runs with APP_DEBUG"));
    run.benchmark.entrants.back().variant.settings = {{"APP_DEBUG", "0"}};
    EXPECT_THAT(reported(run).text, Not(HasSubstr("runs with"))) << "the benchmark's goes over it";
    run.environment.contenders.back().debug = model::SourceLine{.file = "project/settings.py", .line = 12};
    EXPECT_THAT(
        reported(run).before_the_verdict(),
        HasSubstr("django runs with DEBUG = True (project/settings.py line 12): a switch for development"));
}

// One has twenty database connections and four more threads, by another version of the interpreter.
TEST(public_mistake, settings_that_differ_are_a_headline) {
    Published run = measured({50}, busy);
    run.environment.contenders.front().stack.workers = 2;
    run.environment.contenders.front().versions["python"] = "3.12.1";
    const std::string before = reported(run).before_the_verdict();
    for (const char* told :
         {"Database connections, at most: fastapi 20, django 4", "Workers: fastapi 2, django 1",
          "Threads per worker: fastapi 1 (async), django 4 (threads)",
          "executor_threads: fastapi \"5, for every file call of aiofiles\", django says nothing of it",
          "Version of python: fastapi 3.12.1, django 3.11.2", "the database can work on more requests"})
        EXPECT_THAT(before, HasSubstr(told));
    run.benchmark.database.engine = model::DatabaseEngine::sqlite;
    EXPECT_THAT(reported(run).before_the_verdict(), HasSubstr("can read at the same time"));
    EXPECT_THAT(reported(run).before_the_verdict(), Not(HasSubstr("the database can work")));
}

// "Ten database reads" is one query with LIMIT 10 in one of the two.
TEST(public_mistake, ten_reads_that_are_one_query) {
    Published run = measured({50}, busy);
    run.environment.contenders.front().statements = model::StatementCount{1, 1};
    EXPECT_THAT(reported(run).text, Not(HasSubstr("tatements per operation"))) << "one was not counted";
    run.environment.contenders.back().statements = model::StatementCount{0, 5};
    EXPECT_THAT(reported(run).text, Not(HasSubstr("tatements per operation"))) << "of no request";
    run.environment.contenders.back().statements = model::StatementCount{1, 2};
    EXPECT_THAT(reported(run).text, Not(HasSubstr("tatements per operation"))) << "2 to 1 is not more";
    run.environment.contenders.back().statements = model::StatementCount{1, 10};
    EXPECT_THAT(reported(run).before_the_verdict(),
                HasSubstr("Statements per operation: fastapi 1.00, django 10.0: one statement that does the "
                          "work of several leaves the same rows"));
}

// The own entry is measured anew, and set beside what the rival gave earlier.
TEST(public_mistake, an_entry_measured_anew_beside_an_old_rival) {
    Published run = measured({50}, busy);
    EXPECT_EQ(reported(run).comparison.winner, "fastapi") << "as long as both are measured side by side";
    run.of("fastapi", [](model::TrialResult& trial) { trial.plan.attempt = 1; });
    const Reported report = reported(run);
    EXPECT_EQ(report.comparison.winner, std::nullopt);
    EXPECT_EQ(report.comparison.ratio(model::Quantity::goodput, "fastapi", std::nullopt)->pairs, 0);
}

// The rival runs in a release of years ago.
TEST(public_mistake, a_rival_of_an_older_release) {
    Published run = measured({50}, busy);
    run.environment.contenders.front().versions["uvicorn"] = "0.30.1";
    run.environment.contenders.back().versions["uvicorn"] = "0.30.6";
    run.environment.contenders.back().versions["python"] = "3.8.20";
    const std::string before = reported(run).before_the_verdict();
    EXPECT_THAT(before, HasSubstr("Version of python: fastapi 3.11.2, django 3.8.20: these are different "
                                  "releases, so one may be compared with another's past"));
    EXPECT_THAT(before, HasSubstr("Version of uvicorn: fastapi 0.30.1, django 0.30.6: a part of the "
                                  "difference may be the versions'"));
}

// One has threads and database connections that nobody was told of.
TEST(public_mistake, more_threads_and_connections_than_were_told) {
    Published run = measured({50}, busy);
    const auto seen = [&](const std::string& entrant, int threads, std::uint64_t sessions) {
        run.of(entrant, [=](model::TrialResult& trial) {
            trial.processes->most_threads = threads;
            trial.database_waits =
                model::DatabaseWaits{.samples = 1, .sessions = sessions, .most_sessions = sessions};
        });
    };
    seen("fastapi", 2, 20);
    seen("django", 6, 4);
    const std::string as_declared = reported(run).before_the_verdict();
    EXPECT_THAT(as_declared, Not(HasSubstr("really ran")));
    EXPECT_THAT(as_declared, Not(HasSubstr("that were open at once")));
    seen("django", 504, 41);
    const std::string before = reported(run).before_the_verdict();
    EXPECT_THAT(before, HasSubstr("Threads that really ran, at most: fastapi 2 (1 declared to serve), "
                                  "django 504 (4 declared to serve)"));
    EXPECT_THAT(before, HasSubstr("Sessions with the database that were open at once, at most: fastapi 20 "
                                  "(20 declared), django 41 (4 declared)"));
}

// One replaces its workers, or drops idle connections sooner.
TEST(public_mistake, workers_and_connections_that_live_for_other_times) {
    Published run = measured({50}, busy);
    run.environment.contenders.front().command = {"uvicorn", "app:app", "--timeout-keep-alive", "75"};
    run.environment.contenders.back().command = {"gunicorn", "app", "--keep-alive=75", "--max-requests=0"};
    const std::string alike = reported(run).before_the_verdict();
    EXPECT_THAT(alike, Not(HasSubstr("idle connection")));
    EXPECT_THAT(alike, Not(HasSubstr("is replaced")));
    run.environment.contenders.back().command = {"gunicorn", "app", "--max-requests", "1000"};
    const std::string before = reported(run).before_the_verdict();
    EXPECT_THAT(before, HasSubstr("Requests until a worker is replaced: fastapi never, django 1000"));
    EXPECT_THAT(before, HasSubstr("Seconds that an idle connection is kept: fastapi 75, django as its server "
                                  "does by itself"));
}

// A contender stands still now and then, which no mean shows.
TEST(public_mistake, standstills_that_no_mean_shows) {
    Published run = measured({4, 50}, busy);
    run.of("django", [](model::TrialResult& trial) {
        if (trial.plan.block > 1) return;
        trial.samples.silences = {{{1s, 290ms}, {4s, trial.plan.level == 50 ? 310ms : 280ms}}};
    });
    const Reported report = reported(run);
    EXPECT_THAT(report.before_the_verdict(),
                HasSubstr("django stood still 8 times within its windows, for up to 310 ms (50 users): "
                          "requests were under way and no answer came to any user"));
    EXPECT_EQ(report.comparison.winner, "fastapi") << "it takes nothing away";
}

// Head and body in two writes: 44 ms an answer at 2 % of a CPU.
TEST(public_mistake, head_and_body_in_two_writes) {
    Published run = measured({8}, [](const model::PlannedTrial& plan) {
        const bool waits = plan.entrant == "django";
        return TrialShape{.goodput_rps = waits ? 180.0 : 8000.0,
                          .p50_ms = waits ? 44.0 : 1.0,
                          .cpu_ms_per_operation = 0.12,
                          .database_cpu_ms_per_operation = 0.01};
    });
    run.of("django", [](model::TrialResult& trial) {
        trial.samples.delayed_bodies = trial.samples.requests.succeeded;
        trial.samples.time_to_first_byte.reset();
        trial.samples.time_to_first_byte.record(1'000'000, trial.samples.service_time.count());
    });
    const std::string text = reported(run).text;
    EXPECT_THAT(text,
                HasSubstr("Nobody was busy, so what was measured is a wait, not work: django at 8 users"));
    EXPECT_THAT(text, HasSubstr("the server sends head and body in two writes"));
}

}  // namespace
}  // namespace joust::report
