#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace joust::load {

/// The last body that one thread found right in one operation. A server mostly repeats itself but for the
/// request's id; the same bytes again need a comparison, not a parser.
///
/// A body with an escape in it is not kept, nor one in which the id stands more often than it is expected:
/// so what stands at the kept places is what the check compares with the id, and nothing else of the body
/// depends on it.
class KnownAnswer {
public:
    /// Whether `body` is the kept one with `id` at the places of the other id.
    [[nodiscard]] bool matches(std::string_view body, std::string_view id) const;
    /// Keeps a body that was found right for this id, which has to stand in it `ids` times. Bodies that are
    /// never met again are soon tried only now and then.
    void keep(std::string_view body, std::string_view id, std::size_t ids);
    void met() { patience_ = k_patience; }

private:
    static constexpr std::size_t k_most_bytes = 64 * 1024;
    static constexpr unsigned k_patience = 8;  ///< bodies kept in a row, none of them met again
    static constexpr unsigned k_pause = 64;    ///< bodies after that, of which one is kept

    std::string body_;
    std::vector<std::size_t> places_;  ///< of the id in `body_`, ascending
    std::size_t id_size_ = 0;
    unsigned patience_ = k_patience;
    unsigned skipped_ = 0;
    bool known_ = false;
};

}  // namespace joust::load
