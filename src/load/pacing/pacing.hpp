#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "load/exchange_id.hpp"

namespace joust::load {

/// What begins the requests that a pacing finds due.
class Launcher {
public:
    /// Begins the request that is due. `ready` is when it could have been begun: when it was due, or when a
    /// place for it became free.
    virtual void begin(ExchangeId id, TimePoint due, TimePoint ready) = 0;
    /// The request will never be begun, for it had no place until `when`: it has timed out, or the load ends.
    virtual void shed(TimePoint due, TimePoint when, bool timed_out) = 0;

protected:
    ~Launcher() = default;
};

/// The end of an exchange, as far as it matters for the next one.
struct Freed {
    enum class How : std::uint8_t { succeeded, wrong, failed, timed_out };

    How how = How::succeeded;
    bool connected = false;  ///< its connection is there for the next one
};

/// The rule by which a load thread's requests begin. Two of them: users who take turns (closed model), and
/// due times that wait for nobody (open model).
class Pacing {
public:
    virtual ~Pacing() = default;
    /// Makes the given lap ready, 0 being the first, before its time.
    virtual void prepare(std::uint64_t lap) = 0;
    /// The lap begins.
    virtual void start(TimePoint start) = 0;
    /// Begins one request that is due; false when none is, or none can be.
    virtual bool begin_next(TimePoint now, Launcher& launcher) = 0;
    /// When begin_next() has something to do, unless an exchange ends before; TimePoint::max() for never.
    [[nodiscard]] virtual TimePoint next(TimePoint now) const = 0;
    /// No request will be begun any more, unless by an exchange that still goes on.
    [[nodiscard]] virtual bool is_done(TimePoint now) const = 0;
    /// An exchange has ended and its place is free.
    virtual void freed(ExchangeId id, Freed how, TimePoint now, Launcher& launcher) = 0;
    /// The server has closed the connection of a place that is free.
    virtual void closed_idle(ExchangeId id) = 0;
    /// The end of the lap has cut the exchange off, and its connection is closed.
    virtual void cut_off(ExchangeId id) = 0;
    /// The lap has ended, and no exchange goes on: what was due and not begun is shed.
    virtual void finish(TimePoint now, Launcher& launcher) = 0;
    /// Connections that the load asks for at once; empty: as many as it came to have.
    [[nodiscard]] virtual std::optional<std::uint64_t> connections_asked() const = 0;
    /// An answer that is read late delays the next request.
    [[nodiscard]] virtual bool waits_for_answers() const = 0;
};

}  // namespace joust::load
