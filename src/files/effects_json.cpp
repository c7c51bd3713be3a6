#include "files/effects_json.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <string>
#include <string_view>

namespace joust::files {

using namespace model;
namespace {

constexpr std::array<std::string_view, k_row_changes.size()> k_changes{"inserted", "updated", "deleted"};

using Sums = std::map<std::string, std::array<double, k_row_changes.size()>>;

// Exact up to 2^53, which no run comes near.
void add(Sums& sums, const RowsByTable& rows, double times) {
    for (const auto& [table, changed] : rows) {
        auto& sum = sums[table];
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += times * static_cast<double>(count(changed, k_row_changes[i]));
    }
}

}  // namespace

std::optional<std::string> mistake_of_effects(const ObservedEffects& effects) {
    Sums all;
    Sums of_shapes;
    add(all, effects.rows, 1);
    add(of_shapes, effects.rows, 0);
    for (const CommitShape& shape : effects.shapes) {
        add(of_shapes, shape.rows, static_cast<double>(shape.commits));
        add(all, shape.rows, 0);
    }
    for (const auto& [table, rows] : all)
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (const double least = of_shapes.at(table)[i];
                rows[i] < least || (effects.other_commits == 0 && rows[i] > least))
                return fmt::format(
                    "\"effects.rows\" has {:.0f} {} of {}, and the commits of "
                    "\"effects.shapes\" have {:.0f}; one of the two is not what was counted",
                    rows[i], k_changes[i], table, least);
    return std::nullopt;
}

}  // namespace joust::files
