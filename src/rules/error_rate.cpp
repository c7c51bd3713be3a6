#include "rules/error_rate.hpp"

#include <algorithm>

namespace joust::rules {

model::ErrorShare error_share(double share, double limit, const model::RequestErrors& errors) {
    model::ErrorShare found{.share = share, .limit = limit};
    const auto most = std::max_element(errors.count.begin(), errors.count.end());
    if (*most == 0) return found;
    found.most = static_cast<model::RequestErrorKind>(most - errors.count.begin());
    found.all_of_it = *most == errors.total();
    return found;
}

}  // namespace joust::rules
