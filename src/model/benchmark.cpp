#include "model/benchmark.hpp"

#include <algorithm>

#include "stats/looks.hpp"

namespace joust::model {

std::string_view name(DatabaseEngine engine) {
    return engine == DatabaseEngine::postgres ? "postgres" : "sqlite";
}
std::string_view name(Durability durability) {
    return durability == Durability::full ? "full" : "relaxed";
}
std::string_view name(LoadModel model) {
    return model == LoadModel::closed ? "closed" : "open";
}

std::string_view name(RuntimeKind kind) {
    return kind == RuntimeKind::process ? "process" : "docker";
}

int last_block(const ExperimentSpec& experiment) {
    return std::max(experiment.blocks_min, std::min(experiment.blocks_max, stats::k_looks.back().blocks));
}

int fewest_blocks(const ExperimentSpec& experiment) {
    const int last = last_block(experiment);
    for (const stats::Look& look : stats::k_looks)
        if (look.blocks >= experiment.blocks_min && look.blocks < last) return look.blocks;
    return last;
}

RuntimeKind runtime_of(const Benchmark& benchmark, const Entrant& entrant) {
    return entrant.variant.runtime.value_or(benchmark.runtime);
}

bool uses(const Benchmark& benchmark, RuntimeKind kind) {
    return benchmark.runtime == kind ||
           std::any_of(benchmark.entrants.begin(), benchmark.entrants.end(),
                       [&](const Entrant& entrant) { return runtime_of(benchmark, entrant) == kind; });
}

std::vector<std::string> labels(const Benchmark& benchmark) {
    std::vector<std::string> all;
    for (const Entrant& entrant : benchmark.entrants)
        all.push_back(entrant.label);
    return all;
}

}  // namespace joust::model
