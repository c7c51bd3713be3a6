#include "load/session/known_answer.hpp"

namespace joust::load {

bool KnownAnswer::matches(std::string_view body, std::string_view id) const {
    if (!known_ || body.size() != body_.size()) return false;
    if (!places_.empty() && id.size() != id_size_) return false;
    const std::string_view kept = body_;
    std::size_t from = 0;
    for (const std::size_t place : places_) {
        if (body.substr(from, place - from) != kept.substr(from, place - from)) return false;
        if (body.substr(place, id_size_) != id) return false;
        from = place + id_size_;
    }
    return body.substr(from) == kept.substr(from);
}

void KnownAnswer::keep(std::string_view body, std::string_view id, std::size_t ids) {
    if (patience_ > 0) {
        --patience_;
    } else if (++skipped_ % k_pause != 0) {
        return;
    }
    known_ = false;
    if (body.size() > k_most_bytes || body.find('\\') != std::string_view::npos) return;
    places_.clear();
    // Not past the end of each: places that overlap are more than are expected, too.
    for (std::size_t at = 0; ids > 0 && (at = body.find(id, at)) != std::string_view::npos; ++at) {
        if (places_.size() == ids) return;
        places_.push_back(at);
    }
    if (places_.size() != ids) return;
    body_.assign(body);
    id_size_ = id.size();
    known_ = true;
}

}  // namespace joust::load
