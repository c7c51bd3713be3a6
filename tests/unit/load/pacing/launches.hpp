#pragma once

#include <vector>

#include "load/pacing/pacing.hpp"

namespace joust::load {

/// A launcher that only notes what it is to begin.
class Launches final : public Launcher {
public:
    struct Begun {
        ExchangeId id;
        Nanoseconds due;
        Nanoseconds ready;
        friend bool operator==(const Begun&, const Begun&) = default;
    };
    struct Shed {
        Nanoseconds due;
        Nanoseconds when;
        bool timed_out;
        friend bool operator==(const Shed&, const Shed&) = default;
    };

    void begin(ExchangeId id, TimePoint due, TimePoint ready) override {
        begun.push_back({id, due.time_since_epoch(), ready.time_since_epoch()});
    }
    void shed(TimePoint due, TimePoint when, bool timed_out) override {
        all_shed.push_back({due.time_since_epoch(), when.time_since_epoch(), timed_out});
    }
    /// Has the pacing begin all that is due; how many requests that was.
    std::size_t run(Pacing& pacing, TimePoint now) {
        const std::size_t before = begun.size();
        while (pacing.begin_next(now, *this)) {
        }
        return begun.size() - before;
    }

    std::vector<Begun> begun;
    std::vector<Shed> all_shed;
};

inline TimePoint at(Nanoseconds time) {
    return TimePoint(time);
}

}  // namespace joust::load
