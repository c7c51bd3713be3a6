#include "report/words/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/effects.hpp"
#include "report/words/processes.hpp"

namespace joust::report::words {
namespace {

using model::duration_text;
using model::limit_text;
using model::percent;
using model::rate_text;
using model::Rule;

std::string share_text(Rule rule, const model::ShareOverLimit& facts) {
    const std::string share = percent(facts.share);
    const std::string limit = percent(facts.limit);
    switch (rule) {
        case Rule::cpu_taken:
            return fmt::format(
                "other programs on this host used {} of the CPU time that is the contender's alone (limit "
                "{})",
                share, limit);
        case Rule::generator_cpu:
            return fmt::format(
                "a load thread was on its CPU for {} of the window (limit {}): the load generator was the "
                "bottleneck, give it more threads",
                share, limit);
        case Rule::generator_throttled:
            return fmt::format("the load generator was throttled for {} of the window (limit {})", share,
                               limit);
        case Rule::steal:
            return fmt::format("other guests of the hypervisor took {} of the CPU time (limit {})", share,
                               limit);
        default:
            return fmt::format("{}: {} (limit {})", short_name(rule), share, limit);
    }
}

std::string delay_text(const model::Finding& finding, const model::DelayOverLimit& facts) {
    const std::string delay = duration_text(facts.delay_ns);
    const std::string limit = duration_text(facts.limit_ns);
    if (finding.rule == Rule::generator_run_delay)
        return fmt::format("a load thread waited {} per request for a CPU (limit {})", delay, limit);
    if (finding.grade == model::Grade::grave)
        return fmt::format(
            "half of the requests were begun more than {} late by the load generator (limit {}): most of "
            "the response time is its own",
            delay, limit);
    return fmt::format("1 % of the requests were begun more than {} late by the load generator (limit {})",
                       delay, limit);
}

std::string rate_text_of(Rule rule, const model::RateMissed& facts) {
    if (rule == Rule::offered_rate)
        return fmt::format("{} of {} were sent (limit {})", rate_text(facts.done_rps),
                           rate_text(facts.due_rps), percent(facts.limit));
    return fmt::format(
        "of {} offered in the second half of the {} {} were served (limit {}): requests piled up, and their "
        "response times depend on how long the run was",
        rate_text(facts.due_rps), facts.of_schedule ? "schedule" : "window", rate_text(facts.done_rps),
        percent(facts.limit));
}

std::string timeout_text(const model::TimeoutReached& facts) {
    const std::string what =
        facts.unanswered ? fmt::format("{} of the requests had no answer within the timeout of {}",
                                       percent(*facts.unanswered), limit_text(facts.timeout))
                         : fmt::format("half of the requests took {}{} or longer, with a timeout of {}",
                                       facts.p50_at_least ? "≥ " : "", duration_text(facts.p50_ns),
                                       limit_text(facts.timeout));
    return facts.idle
               ? what + ", while nobody was busy: they wait for something else than work"
               : fmt::format("saturated: {}; use fewer users, more CPU or less work per request", what);
}

std::string redirects_text(const model::Redirects& facts) {
    return fmt::format("{} of the answers are redirects ({}), which are not followed", percent(facts.share),
                       model::statuses_text(facts.statuses));
}

std::string shortages_text(const model::HostShortages& facts) {
    std::string text;
    for (std::size_t i = 0; i < model::k_shortages; ++i) {
        const auto shortage = static_cast<model::Shortage>(i);
        const std::uint64_t count = facts.shortages[shortage];
        if (count == 0) continue;
        std::string what(text_of(shortage).what);
        if (shortage == model::Shortage::local_ports && facts.local_ports)
            what += fmt::format(" (net.ipv4.ip_local_port_range has {})", *facts.local_ports);
        text +=
            fmt::format("{}{}, {}: this host's limit, not the target's; {}", text.empty() ? "" : "; ", what,
                        model::counted(static_cast<std::int64_t>(count), "time"), text_of(shortage).remedy);
    }
    return text;
}

std::string error_text(const model::ErrorShare& facts) {
    std::string text = fmt::format("{} errors (limit {})", percent(facts.share), percent(facts.limit));
    if (facts.most) text += fmt::format(", {} {}", facts.all_of_it ? "all" : "mostly", plural(*facts.most));
    if (facts.wrong_ids) text += ", most of them with another id than their request's";
    if (facts.redirects) text += "; " + redirects_text(*facts.redirects);
    return text + (facts.database_refused ? "; the database refused connections" : "");
}

std::string stood_still_text(const model::StoodStill& facts) {
    const bool once = facts.times == 1;
    return fmt::format(
        "stood still {} for {}{}: requests were under way, and no answer came to any user; means hardly show "
        "it, the highest percentiles do",
        once ? "once" : model::counted(static_cast<std::int64_t>(facts.times), "time"), once ? "" : "up to ",
        once ? duration_text(facts.longest)
             : fmt::format("{} ({} in all)", duration_text(facts.longest), duration_text(facts.total)));
}

std::string database_taken_text(const model::DatabaseTaken& facts) {
    return fmt::format(
        "{} {} at work in the database server that all share while this contender was measured: in {} of the "
        "samples (limit {})",
        joust::joined(facts.contenders, ", "), facts.contenders.size() == 1 ? "was" : "were",
        percent(facts.share), percent(facts.limit));
}

std::string foreign_requests_text(const model::ForeignRequests& facts) {
    return fmt::format(
        "somebody else sent it requests: beside the {} of the load generator {} with ids that this run never "
        "had left rows, so that there are {} commits",
        facts.generators, model::counted(static_cast<std::int64_t>(facts.requests), "request"),
        facts.commits);
}

}  // namespace

std::string wait_text(const model::DelayedBody& facts) {
    return fmt::format(
        "delayed acknowledgement (the answers' last byte comes {} after the first): the server sends head "
        "and body in two writes; TCP_NODELAY, or one write, ends it",
        duration_text(facts.rest_ns));
}

std::string wait_text(const model::SessionWait& facts) {
    using For = model::SessionWait::For;
    if (facts.what == For::connection)
        return fmt::format(
            "one of the contender's {:.1f} connections to the database (in {} of the samples none was free, "
            "and {:.1f} of them were held in a transaction without a statement): a larger pool, or shorter "
            "transactions, ends it",
            facts.sessions, percent(facts.all_in_use), facts.waiting);
    return fmt::format(
        "{} ({:.1f} of the {:.1f} sessions in use waited for it, by samples){}",
        facts.what == For::lock ? "a lock that another session of the database has"
                                : "the database's write-ahead log to be durable",
        facts.waiting, facts.in_use,
        facts.what == For::lock ? ": requests ask for the same rows, tables or advisory locks" : "");
}

std::string wait_text(const model::Wait& wait) {
    return std::visit([](const auto& facts) { return wait_text(facts); }, wait);
}

namespace {

// The sentence for each kind of facts.
class Speaker {
public:
    explicit Speaker(const model::Finding& finding) : finding_(finding) {}

    std::string operator()(const std::monostate&) const {
        if (finding_.rule == Rule::limits_off)
            return "measured with --limits off: nothing kept the contender from using the whole host";
        return short_name(finding_.rule);
    }
    std::string operator()(const model::ErrorShare& facts) const { return error_text(facts); }
    std::string operator()(const model::Redirects& facts) const {
        return redirects_text(facts) + "; without --expect-status none is an error for its status";
    }
    std::string operator()(const model::HostShortages& facts) const { return shortages_text(facts); }
    std::string operator()(const model::ServiceEnd& facts) const {
        return "the service died: it " + facts.exit;
    }
    std::string operator()(const model::IncidentText& facts) const { return facts.text; }
    std::string operator()(const model::FewOperations& facts) const {
        return fmt::format("{} verified operations, at least {} are needed", facts.found, facts.least);
    }
    std::string operator()(const model::Unsteady& facts) const {
        std::string text = fmt::format(
            "{} after {} of warm-up{}{}",
            finding_.rule == Rule::latency_not_steady ? "goodput had settled, response times had not"
                                                      : "no steady state",
            model::span_text(facts.warm_up), facts.why.empty() ? "" : ": ", facts.why);
        if (facts.threads_without_cpu)
            text +=
                fmt::format("; {:.1f} threads of the contender were ready to run on average, but had no CPU",
                            *facts.threads_without_cpu);
        return text;
    }
    std::string operator()(const model::ShareOverLimit& facts) const {
        return share_text(finding_.rule, facts);
    }
    std::string operator()(const model::MissingConnections& facts) const {
        return fmt::format("{} of {} connections were established", facts.established, facts.asked);
    }
    std::string operator()(const model::DelayOverLimit& facts) const { return delay_text(finding_, facts); }
    std::string operator()(const model::Standstill& facts) const {
        return fmt::format(
            "the load generator itself stood still for {}, {} of the window (limit {}), at most {} at a "
            "time: a signal or the hypervisor stopped it, and response times contain that",
            duration_text(facts.total), percent(facts.share), percent(facts.limit),
            duration_text(facts.longest));
    }
    std::string operator()(const model::RateMissed& facts) const {
        return rate_text_of(finding_.rule, facts);
    }
    std::string operator()(const model::HeldBack& facts) const {
        return fmt::format(
            "{} of the requests waited in the load generator, because all of its {} connections were busy "
            "(limit {})",
            percent(facts.share), facts.connections, percent(facts.limit));
    }
    std::string operator()(const model::LittleMismatch& facts) const {
        return fmt::format(
            "requests in flight and response times disagree by {} (limit {}, {} of it for the edges of the "
            "window)",
            percent(facts.share), percent(facts.limit), percent(facts.edges));
    }
    std::string operator()(const model::TimeoutReached& facts) const { return timeout_text(facts); }
    std::string operator()(const model::OtherProcesses& facts) const { return other_processes(facts); }
    std::string operator()(const model::StoodStill& facts) const { return stood_still_text(facts); }
    std::string operator()(const model::DatabaseTaken& facts) const { return database_taken_text(facts); }
    std::string operator()(const model::ForeignRequests& facts) const { return foreign_requests_text(facts); }
    std::string operator()(const model::EffectsMissed& facts) const { return effects_missed(facts); }
    std::string operator()(const model::InUse& facts) const {
        return fmt::format("nobody was busy: of what they may use, {}, so the response time is a wait: {}",
                           in_use_text(facts),
                           facts.wait ? wait_text(*facts.wait)
                                      : "for a lock, a timer, the network or a connection of the pool");
    }
    std::string operator()(const model::DelayedBody& facts) const {
        return fmt::format("{} of the answers were held back in their middle by {}", percent(facts.share),
                           wait_text(facts));
    }
    std::string operator()(const model::ThinkBound& facts) const {
        return fmt::format(
            "limited by think time: {} that pause for {} between two requests can cause {} at most, and {} "
            "were measured: that is the load, not what the service can do",
            model::counted(static_cast<std::int64_t>(facts.users), "user"), limit_text(facts.think_time),
            rate_text(facts.most_rps), rate_text(facts.rps));
    }

private:
    const model::Finding& finding_;
};

}  // namespace

std::string in_use_text(const model::InUse& facts) {
    const std::string storage = facts.storage ? percent(*facts.storage) : "was not evaluated";
    if (!facts.database)
        return fmt::format("the contender, which does the database's work, used {}, storage {}",
                           percent(facts.contender), storage);
    return fmt::format("the contender used {}, the database {}, storage {}", percent(facts.contender),
                       percent(*facts.database), storage);
}

std::string short_name(Rule rule) {
    std::string words(code(rule));
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

std::string short_name(const model::Finding& finding) {
    const auto* reached = std::get_if<model::TimeoutReached>(&finding.facts);
    return reached != nullptr && reached->idle ? "waits until its timeout" : short_name(finding.rule);
}

std::string sentence(const model::Finding& finding) {
    std::string text = std::visit(Speaker(finding), finding.facts);
    if (finding.in) text += fmt::format(" ({} of {} trials)", finding.in->trials, finding.in->of);
    return text;
}

std::string sentence(const model::NotEvaluated& rule) {
    switch (rule.rule) {
        case Rule::cpu_taken:
            return "what others used of the contender's CPUs was not measured, as where it has no CPU of "
                   "its own";
        case Rule::generator_lag:
            return "no response time to compare the generator's delay with";
        case Rule::generator_run_delay:
        case Rule::generator_stopped:
            return "the scheduler's statistics of the load threads were not read";
        case Rule::generator_cpu:
            return "the load threads poll, or their CPU time was not recorded";
        case Rule::generator_throttled:
            return "throttling of the load generator was not read";
        case Rule::steal:
            return "CPU time taken by other guests of the hypervisor was not recorded";
        case Rule::offered_rate:
            return "no request was due";
        case Rule::saturation:
            return "too few requests were due, or the load was cut short";
        case Rule::littles_law:
            if (!rule.short_window) return "requests in flight were not recorded";
            return fmt::format("requests take {} on average, too long for a window of {}",
                               duration_text(rule.short_window->mean_ns),
                               limit_text(rule.short_window->window));
        case Rule::effects:
            return effects_left(rule);
        case Rule::nobody_busy:
            return rule.unread ? "CPU time of the contender was not read"
                               : "without limits there is nothing that use could be held against";
        case Rule::stood_still:
            return "stretches without an answer were not recorded";
        case Rule::processes:
            return "the processes of the service were not listed often enough within the window";
        default:
            return "there was no data";
    }
}

}  // namespace joust::report::words
