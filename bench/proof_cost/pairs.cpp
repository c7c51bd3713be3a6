#include "proof_cost/pairs.hpp"

#include <array>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

#include "stats/paired_ratio.hpp"

namespace joust::bench {
namespace {

struct Party {
    const char* name;
    double SliceCost::* cost;
};
constexpr std::array<Party, 2> k_parties{
    {{"contender", &SliceCost::contender_us}, {"database", &SliceCost::database_us}}};

const char* judged(const stats::Interval& interval, double most) {
    if (interval.high <= most) return "met";
    return interval.low > most ? "missed" : "not decided";
}

// As a share: what is left of the logarithms when their mean is taken away.
double scatter(const std::vector<double>& logs) {
    const double mean = std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(logs.size());
    double squares = 0;
    for (const double one : logs)
        squares += (one - mean) * (one - mean);
    return std::sqrt(squares / static_cast<double>(logs.size() - 1));
}

std::string cost_text(const Party& party, const std::vector<CostPair>& pairs, double most) {
    std::vector<double> logs;
    double sum = 0;
    for (const CostPair& pair : pairs) {
        const auto log = stats::log_ratio(pair.with.*party.cost, pair.without.*party.cost);
        if (log) logs.push_back(*log);
        sum += pair.without.*party.cost;
    }
    const auto ratio = stats::paired_ratio(logs);
    if (!ratio || !ratio->interval)
        return fmt::format("CPU per operation of the {}: too few pairs of slices\n", party.name);
    return fmt::format(
        "CPU per operation of the {}: {:.0f} us, with ÷ without {:.4f} [{:.4f}, {:.4f}]; {} pairs, which "
        "scatter by {:.1f} %; at most {:.2f}: {}\n",
        party.name, sum / static_cast<double>(pairs.size()), ratio->ratio, ratio->interval->low,
        ratio->interval->high, ratio->pairs, scatter(logs) * 100, most, judged(*ratio->interval, most));
}

}  // namespace

Result<std::vector<CostPair>> read_pairs(const Path& file, const std::string& what) {
    std::vector<CostPair> pairs;
    std::ifstream in(file);
    std::string line;
    if (!std::getline(in, line)) return pairs;
    if (line != what)
        return fail(ErrorKind::bad_input, "{} holds pairs of \"{}\", not of \"{}\"; name another file",
                    file.string(), line, what);
    for (CostPair pair; in >> pair.with.contender_us >> pair.without.contender_us >> pair.with.database_us >>
                        pair.without.database_us;)
        pairs.push_back(pair);
    return pairs;
}

Status write_pairs(const Path& file, const std::string& what, const std::vector<CostPair>& pairs) {
    std::string text = what + "\n";
    for (const CostPair& pair : pairs)
        text += fmt::format("{:.3f} {:.3f} {:.3f} {:.3f}\n", pair.with.contender_us,
                            pair.without.contender_us, pair.with.database_us, pair.without.database_us);
    std::ofstream out(file, std::ios::trunc);
    if (!(out << text << std::flush)) return fail(ErrorKind::io, "cannot write {}", file.string());
    return {};
}

std::string costs_text(const std::vector<CostPair>& pairs, double most) {
    std::string text;
    for (const Party& party : k_parties)
        text += cost_text(party, pairs, most);
    return text;
}

}  // namespace joust::bench
