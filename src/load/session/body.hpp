#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace joust::load {

/// The body of one answer as far as the checks need it. A body that comes in one piece is only looked at;
/// pieces are copied together when there are several.
class Body {
public:
    /// Adds a piece, which must stay valid until keep() or reset(). What goes beyond `limit` bytes in all is
    /// dropped and noted.
    void add(std::string_view piece, std::size_t limit) {
        if (view_.empty() && kept_.empty()) {
            cut_ = piece.size() > limit;
            view_ = piece.substr(0, limit);
            return;
        }
        keep();
        const std::size_t room = limit - std::min(limit, kept_.size());
        cut_ = cut_ || piece.size() > room;
        kept_.append(piece.substr(0, room));
    }
    /// Copies the piece that add() saw; it is called before that goes away.
    void keep() {
        if (view_.empty()) return;
        kept_.assign(view_);
        view_ = {};
    }
    void reset() {
        view_ = {};
        cut_ = false;
        if (kept_.capacity() > k_most_kept) kept_ = std::string();
        kept_.clear();
    }
    [[nodiscard]] std::string_view text() const { return view_.empty() ? std::string_view(kept_) : view_; }
    [[nodiscard]] bool cut() const { return cut_; }

private:
    static constexpr std::size_t k_most_kept =
        16 * 1024;  ///< a connection does not hold more between answers
    std::string_view view_;
    std::string kept_;
    bool cut_ = false;
};

}  // namespace joust::load
