#include "model/observed_effects.hpp"

#include <array>
#include <utility>

namespace joust::model {
namespace {

constexpr std::array<std::pair<TableFault, std::string_view>, 6> k_names{{
    {TableFault::missing, "missing"},
    {TableFault::unlogged, "unlogged"},
    {TableFault::no_table, "no_table"},
    {TableFault::trigger, "trigger"},
    {TableFault::rule, "rule"},
    {TableFault::replaced, "replaced"},
}};

}  // namespace

std::string_view name(TableFault fault) {
    return k_names[static_cast<std::size_t>(fault)].second;
}

std::optional<TableFault> table_fault(std::string_view name) {
    for (const auto& [fault, text] : k_names)
        if (text == name) return fault;
    return std::nullopt;
}

}  // namespace joust::model
