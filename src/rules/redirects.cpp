#include "rules/redirects.hpp"

namespace joust::rules {

std::optional<model::Redirects> mostly_redirects(const model::StatusCounts& statuses) {
    const model::StatusCounts redirects = model::redirects(statuses);
    const std::uint64_t count = model::total(redirects);
    const std::uint64_t answers = model::total(statuses);
    if (count * 2 <= answers) return std::nullopt;
    return model::Redirects{static_cast<double>(count) / static_cast<double>(answers), redirects};
}

}  // namespace joust::rules
