#include "report/words/lint.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>

#include "base/text.hpp"
#include "model/wording.hpp"

namespace joust::report::words {
namespace {

using model::Lint;
using model::LintKind;
using model::LintSide;

/// A lint and what it is told of.
struct Saying {
    const Lint& lint;
    const model::Benchmark& benchmark;

    [[nodiscard]] const LintSide& first() const { return lint.sides.front(); }
    [[nodiscard]] std::string users(const std::optional<std::int64_t>& level) const {
        return model::level_text(benchmark.load.model, level.value_or(0));
    }
};

std::string joined_sides(const Lint& lint, const std::function<std::string(const LintSide&)>& text) {
    std::vector<std::string> parts;
    for (const LintSide& side : lint.sides)
        parts.push_back(text(side));
    return joust::joined(parts, ", ");
}

// "fastapi 20, django 4"
std::string list(const Lint& lint, const std::function<std::string(const LintSide&)>& text) {
    return joined_sides(lint, [&](const LintSide& side) { return side.entrant + " " + text(side); });
}

std::string whole(const LintSide& side) {
    return fmt::format("{:.0f}", side.value.value_or(0));
}

std::string bytes(double value) {
    return value < 1024 ? fmt::format("{:.{}f} B", value, value > 0 && value < 10 ? 1 : 0)
                        : model::bytes_text(Bytes{static_cast<std::uint64_t>(value)});
}

std::string opened_text(const LintSide& side) {
    return fmt::format("{:.{}f}", *side.value, *side.value < 0.01 ? 3 : 2);
}

std::string cpu(double microseconds) {
    return model::duration_text(microseconds * 1e3);
}

LintText operations(const Saying& said) {
    return {"requests are a mix: " + joined_sides(said.lint,
                                                  [](const LintSide& side) {
                                                      return side.text + " " + model::percent(*side.value);
                                                  }),
            "goodput and ratios are of the mix, in which the most frequent counts most, and percentiles are "
            "over all operations together; each alone stands in the table of operations"};
}

// The sides: the first and the second in the operation that the first answers sooner, then in the other.
LintText operation_order(const Saying& said) {
    const auto& sides = said.lint.sides;
    const auto times = [&](std::size_t from) {
        return model::duration_text(*sides.at(from).value) + ", " +
               model::duration_text(*sides.at(from + 1).value);
    };
    return {fmt::format("the order differs between operations: by their medians at {} {} answers {} sooner "
                        "than {} ({}) and {} later ({})",
                        said.users(said.lint.level), sides.at(0).entrant, sides.at(0).text,
                        sides.at(1).entrant, times(0), sides.at(2).text, times(2)),
            "who is ahead over all of them is a matter of how often each is asked for"};
}

LintText db_connections(const Saying& said) {
    const bool postgres = said.benchmark.database.engine == model::DatabaseEngine::postgres;
    return {"database connections, at most: " + list(said.lint, whole),
            postgres ? "the database can work on more requests of one than of the other at the same time"
                     : "more requests of one than of the other can read at the same time (SQLite lets one "
                       "connection write at a time)"};
}

// "fastapi 25 (20 declared), django 4 (4 declared)"
std::string beside_declared(const Lint& lint, std::string_view what) {
    return list(lint, [&](const LintSide& side) {
        return fmt::format("{} ({:.0f} {})", whole(side), side.before.value_or(0), what);
    });
}

LintText sessions_seen(const Saying& said) {
    return {"sessions with the database that were open at once, at most: " +
                beside_declared(said.lint, "declared"),
            "a manifest does not say what runs; the database can work on so many requests at the same time"};
}

LintText workers(const Saying& said) {
    return {
        "workers: " + list(said.lint, whole),
        "more processes use more CPUs where there are any, share no interpreter's lock, and let a request "
        "that blocks hold up fewer others"};
}

LintText processes(const Saying& said) {
    return {"processes that ran at once: " +
                list(said.lint,
                     [](const LintSide& side) {
                         return fmt::format("{} ({:.0f} declared)", side.value ? whole(side) : "not seen",
                                            side.before.value_or(0));
                     }),
            "each runs on a CPU of its own where there is one, has memory of its own, and shares no "
            "interpreter's lock with the others"};
}

LintText threads(const Saying& said) {
    return {"threads per worker: " + list(said.lint,
                                          [](const LintSide& side) {
                                              return whole(side) +
                                                     (side.text.empty() ? "" : " (" + side.text + ")");
                                          }),
            "where a thread serves a request, so many are worked on at once, and the others wait; an "
            "asynchronous worker has no such bound"};
}

LintText threads_seen(const Saying& said) {
    return {"threads that really ran, at most: " + beside_declared(said.lint, "declared to serve"),
            "beyond those that serve, each process has one; what the others do (files, timers, the runtime's "
            "own work, or requests after all) is for the notes of the manifest to say"};
}

LintText notes(const Saying& said) {
    return {fmt::format("{}: {}", said.lint.subject,
                        list(said.lint,
                             [](const LintSide& side) {
                                 return side.text.empty() ? std::string("says nothing of it")
                                                          : "\"" + side.text + "\"";
                             })),
            "by their manifests; what one has and the other has not is part of what is compared"};
}

// What makes a release another one: of an interpreter "3.11", of a package "5".
std::string release(const std::string& subject, const std::string& version) {
    const std::size_t first = version.find('.');
    if (subject != "python" || first == std::string::npos) return version.substr(0, first);
    return version.substr(0, version.find('.', first + 1));
}

LintText versions(const Saying& said) {
    bool other_release = false;
    for (const LintSide& side : said.lint.sides)
        other_release = other_release || release(said.lint.subject, side.text) !=
                                             release(said.lint.subject, said.first().text);
    return {fmt::format("version of {}: {}", said.lint.subject,
                        list(said.lint, [](const LintSide& side) { return side.text; })),
            other_release ? "these are different releases, so one may be compared with another's past"
                          : "a part of the difference may be the versions'"};
}

LintText recycling(const Saying& said) {
    return {"requests until a worker is replaced: " +
                list(said.lint, [](const LintSide& side) { return side.text.empty() ? "never" : side.text; }),
            "a new worker starts cold, and one that lives for ever keeps what it leaks"};
}

LintText keep_alive(const Saying& said) {
    return {"seconds that an idle connection is kept: " + list(said.lint,
                                                               [](const LintSide& side) {
                                                                   return side.text.empty()
                                                                              ? "as its server does by itself"
                                                                              : side.text;
                                                               }),
            "users that pause for longer connect anew, which costs CPU time on both sides"};
}

LintText database_settings(const Saying& said) {
    return {fmt::format("setting {} of role or database: {}", said.lint.subject,
                        list(said.lint,
                             [](const LintSide& side) {
                                 return side.text.empty() ? std::string("none") : "\"" + side.text + "\"";
                             })),
            "by ALTER ROLE or ALTER DATABASE its sessions begin with it in place of the server's, so a part "
            "of the difference may be the setting's"};
}

LintText constraints(const Saying& said) {
    return {"constraints and indexes in which the workload's tables differ: " +
                list(said.lint,
                     [](const LintSide& side) {
                         return side.text.empty() ? std::string("none") : "\"" + side.text + "\"";
                     }),
            "each is work of the database for every row, and some save it work, so a part of the difference "
            "may be theirs"};
}

LintText development(const Saying& said) {
    return {fmt::format("{} runs with {}", said.first().entrant, said.first().text),
            "a switch for development or logging, whose work is in all its figures"};
}

LintText printed(const Saying& said) {
    return {"printed per operation: " +
                list(said.lint, [](const LintSide& side) { return bytes(side.value.value_or(0)); }),
            "one logs requests and the other does not, and a line for each of them costs CPU time that is no "
            "part of the workload"};
}

LintText new_connections(const Saying& said) {
    return {"connections opened anew per operation: " + list(said.lint, opened_text),
            "keep-alive is off, or ends after some requests; setting up a connection costs CPU time on both "
            "sides and is no part of the workload"};
}

LintText statements(const Saying& said) {
    return {"statements per operation: " +
                list(said.lint, [](const LintSide& side) { return model::significant(*side.value); }),
            "one statement that does the work of several leaves the same rows, and saves round trips that "
            "the other pays for"};
}

LintText new_database_connections(const Saying& said) {
    return {"connections to the database opened per operation: " + list(said.lint, opened_text),
            "a pool would keep them; each costs the database a new process and both sides a handshake, which "
            "is no part of the workload"};
}

LintText answer_size(const Saying& said) {
    return {fmt::format("bytes per answer, head and body, at {}: {}", said.users(said.lint.level),
                        list(said.lint, [](const LintSide& side) { return bytes(*side.value); })),
            "whoever sends more has more to make and to write"};
}

LintText answer_growth(const Saying& said) {
    return {fmt::format("answers of {} have {} at {} and {} at {}", said.first().entrant,
                        bytes(*said.first().before), said.users(said.lint.lowest_level),
                        bytes(*said.first().value), said.users(said.lint.level)),
            "they tell of the service, not of the request: work that grows with the load and that the other "
            "may not have"};
}

LintText growing_work(const Saying& said) {
    return {fmt::format("CPU time of an operation at {} and at {}: {}", said.users(said.lint.lowest_level),
                        said.users(said.lint.level),
                        list(said.lint,
                             [](const LintSide& side) {
                                 return fmt::format("{} and {} ({:.2f} times)", cpu(*side.before),
                                                    cpu(*side.value), *side.value / *side.before);
                             })),
            "what rises does so with the number of others, not with what is asked: a list of threads or "
            "connections, a "
            "lock, memory to clean up"};
}

LintText constant_latency(const Saying& said) {
    return {
        fmt::format("{} at {} answers in {} (median) to {} (p99) while nobody is busy", said.first().entrant,
                    said.users(said.lint.level), model::duration_text(*said.first().before),
                    model::duration_text(*said.first().value)),
        "a constant time is a timer, a timeout or a delayed acknowledgement, not work"};
}

LintText few_per_user(const Saying& said) {
    return {"operations that a user completed in a window: " +
                list(said.lint,
                     [&](const LintSide& side) {
                         return fmt::format("{} at {}", model::significant(*side.value),
                                            said.users(side.level));
                     }),
            "with fewer than ten, the figures tell much of how the users began, and little of how they would "
            "go on; lengthen the window or use fewer users"};
}

LintText stood_still(const Saying& said) {
    const LintSide& side = said.first();
    return {fmt::format(
                "{} stood still {} within its windows, for {}{} ({})", side.entrant,
                *side.times == 1 ? "once" : model::counted(static_cast<std::int64_t>(*side.times), "time"),
                *side.times == 1 ? "" : "up to ", model::duration_text(*side.value), said.users(side.level)),
            "requests were under way and no answer came to any user, so the service, its database or their "
            "CPUs did nothing for them; means hardly show it, the highest percentiles do"};
}

LintText threads_waiting(const Saying& said) {
    const LintSide& side = said.first();
    return {fmt::format("threads of {} waited for a CPU {:.1f} s per second at {}, of which those that serve "
                        "account for {:.1f} at most",
                        side.entrant, *side.value, said.users(side.level), *side.before),
            "a compiler, a collector or an executor of its own may be starving, at a steady pace that no "
            "rule sees; with more CPUs, or warmed up for longer, it may do more"};
}

// In the order of the kinds.
constexpr std::array<LintText (*)(const Saying&), model::k_lint_kinds> k_texts{
    operations,        operation_order,  db_connections,
    sessions_seen,     workers,          processes,
    threads,           threads_seen,     notes,
    versions,          recycling,        keep_alive,
    database_settings, constraints,      development,
    printed,           new_connections,  new_database_connections,
    statements,        answer_size,      answer_growth,
    growing_work,      constant_latency, few_per_user,
    stood_still,       threads_waiting};

// The likely effects in few words, in the same order.
constexpr std::array<std::string_view, model::k_lint_kinds> k_briefly{
    "the most frequent counts most",                     // operations
    "who is ahead is a matter of the mix",               // operation_order
    "requests that can be in it at once",                // db_connections
    "requests that were in it at once",                  // sessions_seen
    "more of them use more CPUs, and block fewer",       // workers
    "each may use a CPU, and has its own memory",        // processes
    "requests at once, unless asynchronous",             // threads
    "more may serve than is told",                       // threads_seen
    "part of what is compared",                          // notes
    "the difference may be the versions'",               // versions
    "a new worker starts cold",                          // recycling
    "connecting anew costs CPU time",                    // keep_alive
    "the difference may be the setting's",               // database_settings
    "checking or keeping one costs work",                // constraints
    "its work is in all figures",                        // development
    "a line for each costs CPU time",                    // printed
    "setting them up costs CPU time",                    // new_connections
    "each costs a process and a handshake",              // new_database_connections
    "each is a round trip",                              // statements
    "more to make and to write",                         // answer_size
    "work that grows with the load",                     // answer_growth
    "work that nobody asked for",                        // growing_work
    "a timer, not work",                                 // constant_latency
    "much of it is how users began",                     // few_per_user
    "the highest percentiles show it, means do not",     // stood_still
    "it may do more with more CPUs or a longer warm-up"  // threads_waiting
};

}  // namespace

LintText lint_text(const Lint& lint, const model::Benchmark& benchmark) {
    return k_texts[static_cast<std::size_t>(lint.kind)]({lint, benchmark});
}

std::string sentence(const Lint& lint, const model::Benchmark& benchmark) {
    LintText text = lint_text(lint, benchmark);
    const bool own_name = lint.kind == LintKind::notes;
    char& first = text.fact.front();
    const std::string& entrant = lint.sides.front().entrant;
    const bool name_first = !entrant.empty() && text.fact.starts_with(entrant);
    if (!own_name && !name_first && first >= 'a' && first <= 'z')
        first = static_cast<char>(first - 'a' + 'A');
    return text.fact + (text.effect.empty() ? "." : ": " + text.effect + ".");
}

std::vector<std::string> lints_in_short(const model::Comparison& comparison,
                                        const model::Benchmark& benchmark) {
    std::vector<std::string> lines;
    for (const Lint& lint : comparison.lints)
        lines.push_back(fmt::format("{}: {}", lint_text(lint, benchmark).fact,
                                    k_briefly[static_cast<std::size_t>(lint.kind)]));
    return lines;
}

}  // namespace joust::report::words
