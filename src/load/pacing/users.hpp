#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "base/clock.hpp"
#include "load/exchange_id.hpp"

namespace joust::load {

/// The users of the closed model that wait for their next request: at the start, thinking, or after an error.
/// A heap by the time when they are ready.
class Users {
public:
    struct Ready {
        TimePoint at;
        ExchangeId user;
        friend bool operator>(const Ready& a, const Ready& b) { return a.at > b.at; }
    };

    void reserve(std::size_t users) { heap_.reserve(users); }
    void clear() { heap_.clear(); }
    void push(TimePoint at, ExchangeId user) {
        heap_.push_back({at, user});
        std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
    }
    [[nodiscard]] bool empty() const { return heap_.empty(); }
    [[nodiscard]] TimePoint next() const { return heap_.empty() ? TimePoint::max() : heap_.front().at; }
    Ready pop() {
        std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
        const Ready ready = heap_.back();
        heap_.pop_back();
        return ready;
    }

private:
    std::vector<Ready> heap_;
};

}  // namespace joust::load
