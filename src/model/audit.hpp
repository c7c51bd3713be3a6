#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace joust::model {

/// What the requests of a trial left in a table, held against what each has to leave. An id counts once, in
/// one of the numbers.
struct Audit {
    std::string table;
    std::int64_t rows_left = 0;         ///< that each request has to leave
    std::uint64_t right = 0;            ///< answered rightly, with just these rows, as the next four are
    std::uint64_t lost = 0;             ///< … without any row
    std::uint64_t partial = 0;          ///< … with another number of rows
    std::uint64_t duplicate = 0;        ///< … with several times the rows
    std::uint64_t wrong_values = 0;     ///< … with the rows, but other values in them than `values`
    std::uint64_t unknown_applied = 0;  ///< failed or unfinished, with the rows
    std::uint64_t unknown_absent = 0;   ///< failed or unfinished, without any
    std::uint64_t unknown_partial = 0;  ///< failed or unfinished, with another number of rows
    std::uint64_t foreign_rows = 0;     ///< rows of no request that was sent
    /// What each of the rows has to hold, by column; empty where that was not asked for.
    std::map<std::string, std::string> values = {};
    std::string problem;  ///< why the table proves nothing: "it is a view"; "" where it does

    [[nodiscard]] std::uint64_t acknowledged() const {
        return right + lost + partial + duplicate + wrong_values;
    }
    [[nodiscard]] bool as_contract() const {
        return problem.empty() && lost + partial + duplicate + wrong_values + unknown_partial == 0;
    }
    friend bool operator==(const Audit&, const Audit&) = default;
};

/// Adds what requests of another trial have left in the same table; the first problem is kept.
inline void add(Audit& sum, const Audit& more) {
    for (const auto part :
         {&Audit::right, &Audit::lost, &Audit::partial, &Audit::duplicate, &Audit::wrong_values,
          &Audit::unknown_applied, &Audit::unknown_absent, &Audit::unknown_partial, &Audit::foreign_rows})
        sum.*part += more.*part;
    if (sum.problem.empty()) sum.problem = more.problem;
}

}  // namespace joust::model
