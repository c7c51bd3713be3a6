#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "database/change_log.hpp"
#include "model/observed_effects.hpp"

namespace joust::probes {

/// Why commits in two steps prove nothing: the name that a contender gives one stands in what is printed of
/// the log as it is, and may look like further records.
inline constexpr const char* k_two_steps =
    "it commits in two steps (PREPARE TRANSACTION), which are not counted";

/// How many answers had come by some time.
struct AnswersBy {
    TimePoint at;
    std::uint64_t answers = 0;
};
/// In order of time.
using Answers = std::vector<AnswersBy>;

/// Counts what transactions changed, record by record: those that committed, by their shapes. It holds the
/// transactions that are open and a table of shapes, however long the log is.
class ChangeCount {
public:
    /// `contract`: rows by table; it says which tables count. `log` tells where they are in the log.
    /// `commits_by`: the times up to which commits are counted, in order.
    ChangeCount(const model::RowsByTable& contract, const database::ChangeLog& log,
                std::vector<WallTime> commits_by);

    void add(const database::WalRecord& record);

    /// Shapes, sums, transactions that were rolled back, rows elsewhere, and why nothing of it proves
    /// anything, where that is so.
    void write(model::ObservedEffects& effects) const;
    /// Transactions with changes of the tables that had committed by each of the times.
    [[nodiscard]] std::vector<std::uint64_t> commits_by() const;

private:
    using Shape = std::vector<std::array<std::int64_t, 3>>;  ///< inserted, updated, deleted; by table
    struct Open {
        Shape rows;
        std::uint64_t elsewhere = 0;
    };
    void change(const database::WalRecord& record);
    void end(const database::WalRecord& record);
    void count(const Open& transaction, WallTime time);
    [[nodiscard]] model::RowsByTable named(const Shape& shape) const;

    std::vector<std::string> tables_;
    std::unordered_map<std::string, std::size_t> places_;  ///< of tables_, by relation
    std::string database_;
    std::vector<WallTime> times_;
    std::unordered_map<std::uint32_t, Open> open_;  ///< by transaction, subtransactions apart
    std::map<Shape, std::uint64_t> shapes_;
    Shape sums_;
    std::uint64_t further_commits_ = 0;
    std::uint64_t rolled_back_ = 0;
    std::uint64_t elsewhere_ = 0;
    std::vector<std::uint64_t> commits_;  ///< by the first of times_ that they precede; one more for the rest
    std::string problem_;
};

}  // namespace joust::probes
