#include "rules/saturated.hpp"

namespace joust::rules {
namespace {

constexpr double k_saturated_share_of_timeout = 0.8;

}  // namespace

std::optional<model::Finding> saturated(const model::Cell& cell, Nanoseconds timeout) {
    if (timeout <= Nanoseconds{0}) return std::nullopt;
    const std::uint64_t timed_out = cell.requests.timed_out + cell.requests.unfinished;
    model::TimeoutReached facts{.timeout = timeout};
    if (timed_out * 2 > cell.requests.started)
        facts.unanswered = static_cast<double>(timed_out) / static_cast<double>(cell.requests.started);
    const model::Estimate* p50 = cell.find(model::Quantity::response_time_p50);
    if (p50 != nullptr) {
        facts.p50_ns = p50->value;
        facts.p50_at_least = p50->at_least;
    }
    const bool slow = facts.p50_ns >= k_saturated_share_of_timeout * static_cast<double>(timeout.count());
    if (!slow && !facts.unanswered) return std::nullopt;
    return model::Finding{.rule = model::Rule::saturated, .facts = facts};
}

}  // namespace joust::rules
