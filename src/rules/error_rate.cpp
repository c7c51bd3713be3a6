#include "rules/error_rate.hpp"

#include <algorithm>

#include "rules/redirects.hpp"

namespace joust::rules {

model::ErrorShare error_share(double share, double limit, const Endings& endings) {
    model::ErrorShare found{.share = share, .limit = limit, .redirects = mostly_redirects(endings.statuses)};
    model::RequestErrors errors = endings.errors;
    errors[model::RequestErrorKind::generator] = 0;  // it is not in the rate
    const auto most = std::max_element(errors.count.begin(), errors.count.end());
    if (*most == 0) return found;
    found.most = static_cast<model::RequestErrorKind>(most - errors.count.begin());
    found.all_of_it = *most == errors.total();
    return found;
}

}  // namespace joust::rules
