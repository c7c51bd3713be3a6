#include "model/verification.hpp"

#include <array>

namespace joust::model {

std::string_view name(Proof proof) {
    constexpr std::array<std::string_view, 3> names{"proven", "open", "missed"};
    return names[static_cast<std::size_t>(proof)];
}

}  // namespace joust::model
