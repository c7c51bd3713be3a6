#include "analysis/redirects.hpp"

#include <fmt/format.h>

#include "model/wording.hpp"

namespace joust::analysis {

std::optional<std::string> mostly_redirects(const model::StatusCounts& statuses) {
    const model::StatusCounts redirects = model::redirects(statuses);
    const std::uint64_t count = model::total(redirects);
    const std::uint64_t answers = model::total(statuses);
    if (count * 2 <= answers) return std::nullopt;
    return fmt::format("{} of the answers are redirects ({}), which are not followed",
                       model::percent(static_cast<double>(count) / static_cast<double>(answers)),
                       model::statuses_text(redirects));
}

}  // namespace joust::analysis
