#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "load/exchange_id.hpp"
#include "load/places.hpp"

namespace joust::load {

/// The places that no exchange uses, in the open model. The one whose connection was used last comes first,
/// then those without a connection, then new ones; so no more connections are made than the load needs.
class FreePlaces {
public:
    /// There are at most `most` places.
    explicit FreePlaces(std::size_t most) : links_(most) {}
    /// Takes a place for an exchange; empty when all are used.
    std::optional<ExchangeId> take() {
        if (last_ == k_none) return take_unconnected();
        const ExchangeId id = last_;
        last_ = links_[id].before;
        return id;
    }
    /// An exchange has left its place, whose connection is kept if `connected`.
    void put(ExchangeId id, bool connected) {
        if (!connected) return put_unconnected(id);
        links_[id].before = last_;
        if (last_ != k_none) links_[last_].after = id;
        last_ = id;
    }
    /// The connection of a free place is gone.
    void disconnect(ExchangeId id);

private:
    static constexpr ExchangeId k_none = std::numeric_limits<ExchangeId>::max();
    /// A list through the places: removal in constant time.
    struct Links {
        ExchangeId before = k_none;
        ExchangeId after = k_none;  ///< of the last one it means nothing
    };
    std::optional<ExchangeId> take_unconnected();
    void put_unconnected(ExchangeId id);

    Places<Links> links_;
    ExchangeId last_ = k_none;             ///< of the connected ones, the one used last
    std::vector<ExchangeId> unconnected_;  ///< the one to take next is the last
};

}  // namespace joust::load
