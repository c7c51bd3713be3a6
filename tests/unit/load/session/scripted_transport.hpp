#pragma once

#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "load/transport/transport.hpp"

namespace joust::load {

/// A transport that notes what it is asked, and says of an open() what the test has it say. Events come from
/// the test itself.
class ScriptedTransport final : public Transport {
public:
    int open(ConnectionId id, const Address& address) override {
        const int error = errors.empty() ? 0 : errors.front();
        if (!errors.empty()) errors.erase(errors.begin());
        opened.push_back({id, &address});
        return error;
    }
    int move(ConnectionId from, ConnectionId to) override {
        moved.push_back({from, to});
        return move_error;
    }
    void send(ConnectionId id, std::string_view bytes) override { sent[id] += bytes; }
    [[nodiscard]] bool sending(ConnectionId /*id*/) const override { return is_sending; }
    void close(ConnectionId id) override { closed.push_back(id); }
    void wait(TimePoint /*until*/, Patience /*patience*/, TransportEvents& /*events*/) override {}
    void wake() override {}
    [[nodiscard]] std::uint64_t clock_steps() const override { return 0; }

    struct Opened {
        ConnectionId place;
        const Address* address;
    };
    std::vector<int> errors;  ///< of the next calls of open(), in order; then 0
    int move_error = 0;
    bool is_sending = false;
    std::vector<Opened> opened;
    std::vector<std::pair<ConnectionId, ConnectionId>> moved;
    std::map<ConnectionId, std::string> sent;
    std::vector<ConnectionId> closed;
};

}  // namespace joust::load
