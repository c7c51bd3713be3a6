#include "database/connection_limit.hpp"

#include <algorithm>

namespace joust::database {
namespace {

constexpr int k_kept_for_each = 100;
constexpr int k_superusers = 3;  // superuser_reserved_connections
constexpr int k_own_share = 50;  // one connection in so many is Joust's, beside these

}  // namespace

std::optional<int> connection_limit(int max_connections, const std::map<std::string, int>& declared,
                                    const std::string& contender) {
    const auto own = declared.find(contender);
    if (own == declared.end() || declared.size() < 2) return std::nullopt;
    const int all = max_connections - k_superusers - max_connections / k_own_share;
    const int share = all / static_cast<int>(declared.size());
    int left = all;       // of what is kept for others
    int not_asked = all;  // of what others declare
    for (const auto& [name, connections] : declared) {
        if (name == contender) continue;
        left -= std::min(share, std::max(k_kept_for_each, connections));
        not_asked -= connections;
    }
    return std::max({1, left, std::min(own->second, not_asked)});
}

}  // namespace joust::database
