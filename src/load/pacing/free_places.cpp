#include "load/pacing/free_places.hpp"

namespace joust::load {

std::optional<ExchangeId> FreePlaces::take_unconnected() {
    if (!unconnected_.empty()) {
        const ExchangeId id = unconnected_.back();
        unconnected_.pop_back();
        return id;
    }
    if (links_.full()) return std::nullopt;
    return links_.add();
}

void FreePlaces::put_unconnected(ExchangeId id) {
    unconnected_.push_back(id);
}

void FreePlaces::disconnect(ExchangeId id) {
    const Links links = links_[id];
    if (id == last_) {
        last_ = links.before;
    } else {
        links_[links.after].before = links.before;
        if (links.before != k_none) links_[links.before].after = links.after;
    }
    unconnected_.push_back(id);
}

}  // namespace joust::load
