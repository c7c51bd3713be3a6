#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/comparison.hpp"

// How quantities are called and written, and in which table they stand.
namespace joust::report::words {

/// What is said of a quantity by which contenders are compared.
struct ComparedWords {
    model::Quantity quantity;
    std::string_view subject;  ///< in a sentence: "the p99 response time"
    std::string_view title;    ///< of a row: "p99 response time"
    std::string_view label;    ///< where there is little room: "p99"
    std::string_view better;   ///< "shorter p99"
    std::string_view worse;
    std::string_view faster;  ///< the verdict in one word: "faster"; of CPU one needs less
    std::string_view slower;
};
const ComparedWords& compared_words(model::Quantity quantity);

/// The tables of the report that have a row for each cell.
enum class Section { throughput, latency, resources, sessions, work, errors };

/// A column of such a table.
struct QuantityColumn {
    model::Quantity quantity;
    Section section;
    std::string_view title;
    bool interval = false;  ///< whether it stands beside the value
};
/// All of them, in the order of the columns.
std::span<const QuantityColumn> quantity_columns();
/// The title of the quantity's column; it has one.
std::string_view column_title(model::Quantity quantity);

/// A number of the quantity with its unit: "5.12 ms", "12.0".
std::string amount_text(model::Quantity quantity, double value);
/// The number with its unit, "≥" before a lower bound: "12.3 ms", "≥ 60.0 s", "5.12 ms", "34 %", "0.81". "–"
/// stands for what does not exist.
std::string figure_text(const model::Cell& cell, model::Quantity quantity);
std::string figure_text(const model::Estimate* estimate, model::Quantity quantity);
/// A figure with its unit and its interval, which a lower bound has not: "12.3 ms [11.9 ms, 12.8 ms]".
std::string figure_with_interval(const model::Cell& cell, model::Quantity quantity);
std::string figure_with_interval(const model::Estimate* estimate, model::Quantity quantity);

}  // namespace joust::report::words
