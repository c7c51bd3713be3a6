#include "model/party.hpp"

#include <array>

namespace joust::model {

std::string_view name(Role role) {
    constexpr std::array<std::string_view, k_roles> names{"contender", "database", "generator"};
    return names[static_cast<std::size_t>(role)];
}

}  // namespace joust::model
