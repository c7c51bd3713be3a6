#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "load/transport/transport.hpp"

namespace joust::bench {

/// A server without a kernel in between: requests are answered by the next wait(), `batch` at a time, with
/// each of `answers` in turn. What remains is the engine's own work.
class MemoryTransport final : public load::Transport {
public:
    explicit MemoryTransport(std::vector<std::string> answers, std::size_t batch)
        : answers_(std::move(answers)), batch_(batch) {}

    int open(load::ConnectionId id, const load::Address& /*address*/) override {
        connecting_.push_back(id);
        return 0;
    }
    int move(load::ConnectionId /*from*/, load::ConnectionId /*to*/) override { return 0; }
    void send(load::ConnectionId id, std::string_view /*bytes*/) override { sent_.push_back(id); }
    [[nodiscard]] bool sending(load::ConnectionId /*id*/) const override { return false; }
    void close(load::ConnectionId /*id*/) override {}
    void wake() override {}
    [[nodiscard]] std::uint64_t clock_steps() const override { return 0; }

    void wait(TimePoint /*until*/, load::Patience /*patience*/, load::TransportEvents& events) override {
        const TimePoint now = joust::now();
        for (; submitted_ < sent_.size(); ++submitted_)
            events.on_submitted(sent_[submitted_], now);
        opened_.swap(connecting_);
        for (const load::ConnectionId id : opened_)
            events.on_connected(id, 0, now);
        opened_.clear();
        answering_.assign(sent_.begin(),
                          sent_.begin() + static_cast<std::ptrdiff_t>(std::min(batch_, submitted_)));
        sent_.erase(sent_.begin(), sent_.begin() + static_cast<std::ptrdiff_t>(answering_.size()));
        submitted_ -= answering_.size();
        const load::Arrival arrival{.read = now, .arrived = now, .stamped = true};
        for (const load::ConnectionId id : answering_) {
            if (next_ == answers_.end()) next_ = answers_.begin();
            events.on_data(id, *next_++, arrival);
        }
    }

private:
    std::vector<std::string> answers_;
    std::vector<std::string>::const_iterator next_ = answers_.begin();
    std::size_t batch_;
    std::vector<load::ConnectionId> connecting_, opened_, sent_, answering_;
    std::size_t submitted_ = 0;  ///< of `sent_`
};

}  // namespace joust::bench
