#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "report/report.hpp"

namespace joust::report {

/// The section on what requests changed in the database and did to files, contract and observation side by
/// side, in Markdown; "" where no trial knows of it.
std::string effects_section(const RunReport& run);

/// Rows of a table that were inserted, updated and deleted, in this order; empty where that is not known, as
/// where the database only counts what is inserted.
std::array<std::optional<std::int64_t>, 3> changed_rows(const model::ObservedEffects& effects,
                                                        const std::string& table);

}  // namespace joust::report
