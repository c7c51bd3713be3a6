#include "load/sums.hpp"

#include <algorithm>

namespace joust::load {

void add(model::RequestCounts& to, const model::RequestCounts& from) {
    to.started += from.started;
    to.succeeded += from.succeeded;
    to.failed += from.failed;
    to.timed_out += from.timed_out;
    to.unfinished += from.unfinished;
}

void add(model::RequestErrors& to, const model::RequestErrors& from) {
    for (std::size_t i = 0; i < to.count.size(); ++i)
        to.count[i] += from.count[i];
}

void add(model::Shortages& to, const model::Shortages& from) {
    for (std::size_t i = 0; i < to.count.size(); ++i)
        to.count[i] += from.count[i];
}

void add(model::GeneratorConduct::Half& to, const model::GeneratorConduct::Half& from) {
    to.due += from.due;
    to.answered += from.answered;
    to.response_time_sum += from.response_time_sum;
}

void add(model::ConnectionCounts& to, const model::ConnectionCounts& from) {
    to.asked += from.asked;
    to.established += from.established;
    to.peak += from.peak;
    to.closed_idle += from.closed_idle;
    to.resent += from.resent;
}

void add(model::StatusCounts& to, const model::StatusCounts& from) {
    for (const auto& [status, count] : from)
        to[status] += count;
}

void add(std::vector<model::ServedAddress>& to, const std::vector<model::ServedAddress>& from) {
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (i == to.size()) to.push_back({from[i].address, 0});
        to[i].connections += from[i].connections;
    }
}

void add(std::vector<model::OperationSamples>& to, const std::vector<model::OperationSamples>& from) {
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (i == to.size()) to.push_back({.name = from[i].name});
        to[i].completed_in_window += from[i].completed_in_window;
        add(to[i].requests, from[i].requests);
        to[i].response_time.merge(from[i].response_time);
    }
}

void add_example(std::vector<model::RequestErrorExample>& to, model::RequestErrorExample example,
                 std::size_t most) {
    const auto same =
        std::count_if(to.begin(), to.end(), [&](const auto& kept) { return kept.kind == example.kind; });
    if (same < static_cast<std::ptrdiff_t>(most)) to.push_back(std::move(example));
}

}  // namespace joust::load
