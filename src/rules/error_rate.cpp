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

bool mostly_wrong_ids(const std::vector<model::IssuedIds>& ids) {
    std::uint64_t wrong_answers = 0;
    std::uint64_t wrong_ids = 0;
    for (const model::IssuedIds& thread : ids) {
        wrong_ids += thread.wrong_id;
        wrong_answers += static_cast<std::uint64_t>(
            std::count_if(thread.unacknowledged.begin(), thread.unacknowledged.end(),
                          [](const auto& id) { return id.kind == model::RequestErrorKind::body; }));
    }
    return wrong_ids * 2 > wrong_answers;
}

}  // namespace joust::rules
