#include "report/words/explanations.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "stats/looks.hpp"

namespace joust::report::words {

namespace {

std::string looks_text(const model::ExperimentSpec& experiment) {
    if (experiment.blocks_min == experiment.blocks_max)
        return "It is judged once, at 95 %, over all levels together; ratios of single levels describe. ";
    std::vector<std::string> looks;
    for (const stats::Look& look : stats::k_looks)
        if (look.blocks <= model::last_block(experiment)) looks.push_back(std::to_string(look.blocks));
    if (looks.empty())
        return "It is judged once, at 95 %, when all of its blocks are there. Levels are judged among all of "
               "them (Holm). ";
    const std::string last = looks.back();
    looks.pop_back();
    return fmt::format("It is looked at after {}{}{} blocks", joust::joined(looks, ", "),
                       looks.empty() ? "" : " and ", last) +
           ", at confidences that together err in 5 % of the runs; "
           "the last look judges, and where the budget or the number of blocks ends the run, all of its "
           "blocks do at the last one's 97.4 %. Levels are judged among all of them (Holm). ";
}

}  // namespace

Prose how_to_read_ratios(const model::ExperimentSpec& experiment, bool floor) {
    return "How to read it: a " + emphasis("ratio") +
           " is contender ÷ baseline, paired within blocks (both run at the same level, one right after the "
           "other, in random order); the brackets hold its interval, which there is from three pairs on. " +
           looks_text(experiment) + emphasis("Equivalent") + " means that the whole interval lies within ±" +
           model::percent(experiment.margin) +
           (floor ? " (or what this host could tell apart, where that is more)" : "") + "; " +
           emphasis("faster") + " and " + emphasis("slower") + ", that it excludes 1; " +
           emphasis("inconclusive") + ", neither. " +
           "Over all levels each level counts alike, and the interval is of the scatter within levels "
           "(where none has two pairs, between them). " +
           emphasis("Without doubt") +
           ": the same over the pairs in which no rule doubts the quantity; where three or more of them tell "
           "another "
           "story, doubt is on one of the two and leaves fewer than three, or think time was the limit in "
           "every pair, the verdict is " +
           emphasis("not decided") + ", as it is where a side of some pair is only known to be longer" +
           (floor ? ", and up to where the baseline differed from itself" : "") +
           ". Where steal differs within the pairs, the ratio adjusted to equal steal decides. A contender "
           "whose "
           "error rate exceeds " +
           model::percent(experiment.error_rate_max) + " is " + emphasis("invalid") + " and never ranked.";
}

Prose about_lint() {
    return "What differs between the contenders beside their names, and may decide a ranking as much as "
           "these. None "
           "of it is forbidden, or takes a result away: it says what is compared.";
}

Prose about_operations() {
    return "The requests are a mix, and each operation stands here for itself; everywhere else they are one "
           "number. " +
           emphasis("Share") + ": of the requests. " + emphasis("Goodput") +
           " is what was verified of that operation per second of the whole mix, so that it follows its "
           "share; how long it takes is in its percentiles. A request that the load generator's own host had "
           "nothing left for is an error here. Brackets: 95 % interval over the blocks, as in the tables "
           "above.";
}

Prose about_throughput() {
    return emphasis("Goodput") +
           " counts verified operations only: answered in time, status and body right. " +
           emphasis("Throughput") +
           " counts every answer and failure. Brackets: 95 % interval over the blocks.";
}

Prose about_capacity() {
    return "The universal scalability law, X(N) = γN / (1 + α(N − 1) + βN(N − 1)), fitted to the goodput X "
           "over the "
           "number of users N. Brackets: 95 % interval by bootstrap over the trials of each level. It is "
           "told only "
           "with three levels or more below 90 % of the largest goodput, and its peak only within the levels "
           "measured.";
}

Prose about_latency() {
    return emphasis("Response time") +
           " runs from the intended send to the last byte, over the requests that were due in the window: "
           "the successful ones, and at their age those that never ended. " +
           emphasis("p99") +
           ": 99 % of them took at most that long. A request sent before the window is in no figure, even "
           "if it waited through all of it. \"≥\" marks lower bounds: a figure that touches requests "
           "without an answer, or any of a result in which more time was spent in flight than the requests "
           "due in the window account for (Little's law fails: users starved). Brackets: 95 % interval over "
           "the trials, widened to hold the figure, which is of all their requests together.";
}

Prose about_resources() {
    return emphasis("CPU") + " in cores: CPU seconds per second. " + emphasis("CPU/op") +
           ": CPU time per verified operation, user and system apart. " + emphasis("Memory") +
           " is anonymous memory (heap and stacks), without page cache; its peak is the largest sample of "
           "any trial. " +
           emphasis("Written") +
           ": what the kernel counts as a page of a file is first changed (write_bytes); newer kernels count "
           "the whole of a large page then, up to many times of what was written or reaches a disk. " +
           emphasis("Throttled") +
           ": share of the window in which a quota stopped the service. Contender, database and load "
           "generator are measured apart.";
}

Prose about_sessions() {
    return "The contender's connections to its database, by samples spread over the window: how many were "
           "open on average, and of these, how many had a statement or a transaction under way (" +
           emphasis("in use") +
           "), were in a transaction without a statement, so that the contender itself "
           "kept it waiting (" +
           emphasis("held") + "), waited for a lock, or for the write-ahead log to be durable. " +
           emphasis("None free") + ": share of the samples in which every connection was in use.";
}

Prose about_work() {
    return "What an operation made database and files do; it explains, and judges nobody. " +
           emphasis("Statements") +
           " are those that the database printed for a request before the measurement, where they were "
           "counted: BEGIN and COMMIT are two. " +
           emphasis("Round trips") +
           " are messages of the contender to the database, as the kernel counts segments with data: one "
           "for each that is written at once. Round trips, " +
           emphasis("connections opened") + " and bytes " + emphasis("read") + " and " + emphasis("written") +
           " (by the service's processes, of files, pipes and sockets alike where they use read() and "
           "write()) are of the window; commits, rows, " +
           emphasis("write-ahead log") + " and its " + emphasis("syncs per commit") +
           " are of the trial from its reset to the end of its drain, per request answered rightly, and the "
           "server's own are among them; files are of the slices that were watched.";
}

Prose about_effects(bool by_counters) {
    if (by_counters)
        return "What each request that was answered rightly changed, by SQLite's own counters, from the "
               "reset "
               "of a trial to the end of its drain. " +
               emphasis("Transactions") +
               " are those that changed anything in the contender's file, by the change counter of its "
               "wal-index; rows that were " +
               emphasis("inserted") +
               ", those that AUTOINCREMENT numbered. What else a transaction changed is in no log; the rows "
               "that it left are audited by request.";
    return "What each request that was answered rightly changed, by the database's own write-ahead log, from "
           "the "
           "reset of a trial to the end of its drain. " +
           emphasis("Transactions") +
           " are those that committed changes of these tables, subtransactions counted with their parents; "
           "what was " +
           emphasis("rolled back") + " is in no other column.";
}

Prose about_durability() {
    return emphasis("Durable when answered") + ": " + emphasis("proven") +
           ", where the log was made durable as often as sessions that wait for it need; " +
           emphasis("missed") + ", where it was too seldom for that; " + emphasis("open") +
           ", where neither follows from the count.";
}

Prose about_audit(const model::Audit& contract) {
    std::vector<std::string> values;
    for (const auto& [column, value] : contract.values)
        values.push_back(column + " = " + value);
    return "After each trial the rows in " + code(contract.table) +
           " were read by the ids of its requests: how many of those answered rightly left just the rows "
           "that they have to" +
           (values.empty() ? std::string() : ", each with " + joust::joined(values, ", ")) + "; what is " +
           emphasis("not so") + " left none (" + emphasis("lost") + "), another number (" +
           emphasis("partial") + "), several times as many (" + emphasis("duplicate") +
           ") or other values in them.";
}

Prose about_single_requests(bool by_counters) {
    if (!by_counters)
        return emphasis("One by one") +
               ": before anything was measured each contender answered single requests, one after the "
               "other, behind a second of load, while the server took 50 ms to make a commit durable: an "
               "answer that waits for it comes that long behind the commit's record. Where answers do not, "
               "no trial's are " +
               emphasis("durable when answered") +
               "; where nobody could look, none is proven. The same for all levels.";
    return emphasis("One by one") +
           ": before anything was measured each contender answered single requests, one after the other, "
           "behind a second of load. The rows that each changed were counted by triggers of Joust's in its "
           "file, which are gone since, and looked at behind its answer; its answer has to come after a sync "
           "of each of its transactions. The same for all levels.";
}

Prose about_proofs() {
    return emphasis("Effects") + " of a trial are " + emphasis("proven") +
           " where transactions, rows, files and durability could all be held against the contract, and were "
           "as it has them; " +
           emphasis("missed") + " where anything was not; " + emphasis("open") +
           " where something could not be told.";
}

Prose effects_not_declared() {
    return "Effects: not declared. The workload does not say what a request changes in the database, so that "
           "was "
           "not counted.";
}

Prose log_not_read(const std::string& entrant, const std::string& why) {
    return fmt::format("Not counted in a trial of {}: {}", entrant, why);
}

Prose about_users(bool separated, model::DatabaseEngine engine) {
    const bool server = engine == model::DatabaseEngine::postgres;  // SQLite runs within the contender
    if (separated)
        return server ? "each contender and the database have one of their own"
                      : "each contender has one of its own";
    return strong("not separated") + (server ? ": contenders and database run as the user who called joust, "
                                               "and could read and change each "
                                               "other's files"
                                             : ": contenders run as the user who called joust, and could "
                                               "read and change each other's files");
}

Prose about_repeating(const RunReport& run, bool with_logs) {
    Prose prose = fmt::format("The seed {} decides the order of the trials. ", run.benchmark.experiment.seed);
    prose +=
        code("joust report DIR") + " makes this report again from " + link("trials.jsonl", "trials.jsonl") +
        " (one line per trial) and " + link("histograms/", "histograms") +
        " (HdrHistogram interval logs). The benchmark as run: " + link("benchmark.toml", "benchmark.toml") +
        "; host and versions: " + link("environment.json", "environment.json") +
        "; all figures of this report: " + link(k_results_file, k_results_file) +
        "; pictures as gnuplot scripts and data: " + link("figures/", "figures");
    // An example in a repository comes without them.
    if (with_logs) prose += "; what services and database printed: " + link("logs/", "logs");
    return prose + ".";
}

}  // namespace joust::report::words
