#include "database/wal_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace joust::database {
namespace {

enum class Shape : std::uint8_t { nothing, one_row, several_rows, deletion, end, preparation };

struct Known {
    std::string_view resource;
    std::string_view name;
    Shape shape = Shape::nothing;
    WalAct act{};
};

// heap_identify(), heap2_identify() and xact_identify() of PostgreSQL 15 to 18.
constexpr std::array<Known, 26> k_known{{
    {"Heap", "INSERT", Shape::one_row, WalAct::inserted},
    {"Heap", "UPDATE", Shape::one_row, WalAct::updated},
    {"Heap", "HOT_UPDATE", Shape::one_row, WalAct::updated},
    {"Heap", "DELETE", Shape::deletion, WalAct::deleted},
    {"Heap", "LOCK"},
    {"Heap", "INPLACE"},
    {"Heap", "HEAP_CONFIRM"},
    {"Heap", "TRUNCATE"},
    {"Heap2", "MULTI_INSERT", Shape::several_rows, WalAct::inserted},
    {"Heap2", "PRUNE"},
    {"Heap2", "PRUNE_ON_ACCESS"},
    {"Heap2", "PRUNE_VACUUM_SCAN"},
    {"Heap2", "PRUNE_VACUUM_CLEANUP"},
    {"Heap2", "VACUUM"},
    {"Heap2", "FREEZE_PAGE"},
    {"Heap2", "VISIBLE"},
    {"Heap2", "LOCK_UPDATED"},
    {"Heap2", "NEW_CID"},
    {"Heap2", "REWRITE"},
    {"Transaction", "COMMIT", Shape::end, WalAct::committed},
    {"Transaction", "ABORT", Shape::end, WalAct::aborted},
    {"Transaction", "PREPARE", Shape::preparation, WalAct::prepared},
    {"Transaction", "COMMIT_PREPARED", Shape::preparation, WalAct::prepared},
    {"Transaction", "ABORT_PREPARED", Shape::preparation, WalAct::prepared},
    {"Transaction", "ASSIGNMENT"},
    {"Transaction", "INVALIDATION"},
}};

// Consumes what has to come next.
class Words {
public:
    explicit Words(std::string_view text) : text_(text) {}

    bool skip(std::string_view word) {
        if (!text_.starts_with(word)) return false;
        text_.remove_prefix(word.size());
        return true;
    }
    /// Goes on behind the first `mark`.
    bool skip_past(std::string_view mark) {
        const std::size_t at = text_.find(mark);
        if (at == std::string_view::npos) return false;
        text_.remove_prefix(at + mark.size());
        return true;
    }
    void skip_spaces() { text_.remove_prefix(std::min(text_.find_first_not_of(' '), text_.size())); }
    std::string_view up_to(std::string_view ends) {
        const std::string_view word = text_.substr(0, text_.find_first_of(ends));
        text_.remove_prefix(word.size());
        return word;
    }
    template <typename T>
    std::optional<T> number(int base = 10) {
        T value{};
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value, base);
        if (error != std::errc()) return std::nullopt;
        text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
        return value;
    }

private:
    std::string_view text_;
};

const Known* find_known(std::string_view resource, std::string_view name) {
    if (name.ends_with("+INIT")) name.remove_suffix(std::string_view("+INIT").size());
    const auto* const found = std::find_if(k_known.begin(), k_known.end(), [&](const Known& known) {
        return known.resource == resource && known.name == name;
    });
    return found == k_known.end() ? nullptr : found;
}

// "1663/16384/16390", as the first block that the record refers to has it.
std::optional<std::string_view> relation_in(Words line) {
    if (!line.skip_past(", blkref #0: rel ")) return std::nullopt;
    const std::string_view relation = line.up_to(" ");
    const bool right = std::count(relation.begin(), relation.end(), '/') == 2 &&
                       relation.find_first_not_of("0123456789/") == std::string_view::npos;
    return right ? std::optional(relation) : std::nullopt;
}

// "10 tuples …" of version 15, "ntuples: 10, …" of later ones.
std::optional<std::uint16_t> tuples_in(Words description) {
    description.skip("ntuples: ");
    const auto count = description.number<std::uint16_t>();
    return count && *count > 0 ? count : std::nullopt;
}

// "flags 0x08" of version 15, "flags: 0x08" of later ones: XLH_DELETE_IS_SUPER of access/heapam_xlog.h.
std::optional<bool> is_withdrawal(Words description) {
    if (!description.skip_past("flags")) return std::nullopt;
    description.skip(":");
    if (!description.skip(" 0x")) return std::nullopt;
    constexpr unsigned k_is_super = 1U << 3U;
    const auto flags = description.number<unsigned>(16);
    return flags ? std::optional((*flags & k_is_super) != 0) : std::nullopt;
}

// "2026-11-29 00:23:27.962191 UTC".
std::optional<WallTime> time_in(Words& text) {
    using namespace std::chrono;
    const auto year_ = text.number<unsigned>();
    if (!year_ || *year_ < 1970 || *year_ > 2200 || !text.skip("-")) return std::nullopt;
    const auto month_ = text.number<unsigned>();
    if (!month_ || !text.skip("-")) return std::nullopt;
    const auto day_ = text.number<unsigned>();
    if (!day_ || !text.skip(" ")) return std::nullopt;
    const auto hour = text.number<unsigned>();
    if (!hour || *hour > 23 || !text.skip(":")) return std::nullopt;
    const auto minute = text.number<unsigned>();
    if (!minute || *minute > 59 || !text.skip(":")) return std::nullopt;
    const auto second = text.number<unsigned>();
    if (!second || *second > 60 || !text.skip(".")) return std::nullopt;
    const auto microsecond = text.number<unsigned>();
    if (!microsecond || *microsecond > 999'999 || !text.skip(" UTC")) return std::nullopt;
    const year_month_day date{year(static_cast<int>(*year_)), month(*month_), day(*day_)};
    if (!date.ok()) return std::nullopt;
    return WallTime(sys_days(date)) + hours(*hour) + minutes(*minute) + std::chrono::seconds(*second) +
           microseconds(*microsecond);
}

std::vector<std::uint32_t> subtransactions_in(Words text) {
    std::vector<std::uint32_t> all;
    if (!text.skip_past("; subxacts:")) return all;
    while (text.skip(" ")) {
        const auto one = text.number<std::uint32_t>();
        if (!one) break;
        all.push_back(*one);
    }
    return all;
}

// What the words after the record's name say; false where they are not understood.
bool complete(WalRecord& record, Shape shape, Words description) {
    if (shape == Shape::end) {
        const auto time = time_in(description);
        if (!time) return false;
        record.time = *time;
        record.subtransactions = subtransactions_in(description);
        return true;
    }
    record.rows = 1;
    const auto relation = relation_in(description);
    if (!relation) return false;
    record.relation = *relation;
    if (shape == Shape::several_rows) {
        const auto tuples = tuples_in(description);
        record.rows = tuples.value_or(0);
        return tuples.has_value();
    }
    if (shape == Shape::deletion) {
        const auto withdrawal = is_withdrawal(description);
        if (withdrawal.value_or(false)) record.act = WalAct::withdrawn;
        return withdrawal.has_value();
    }
    return true;
}

}  // namespace

Result<std::optional<WalRecord>> parse_wal_line(std::string_view line) {
    Words words(line);
    if (!words.skip("rmgr: ")) return std::nullopt;
    const auto strange = [&] {
        constexpr std::size_t k_shown = 200;
        return fail(ErrorKind::unsupported,
                    "pg_waldump of this PostgreSQL words its log in a way that is not known here: {}",
                    printable(line.substr(0, k_shown)));
    };
    const std::string_view resource = words.up_to(" ");
    if (!words.skip_past(", tx: ")) return strange();
    words.skip_spaces();
    const auto transaction = words.number<std::uint32_t>();
    if (!transaction || !words.skip_past(", desc: ")) return strange();
    const std::string_view name = words.up_to(" ,");
    const Known* const known = find_known(resource, name);
    if (known == nullptr) return strange();
    if (known->shape == Shape::nothing) return std::nullopt;
    WalRecord record{.act = known->act, .transaction = *transaction};
    if (known->shape == Shape::preparation) return record;
    words.skip(" ");
    if (!complete(record, known->shape, words)) return strange();
    return record;
}

}  // namespace joust::database
