#include "model/benchmark.hpp"

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

std::vector<std::string> labels(const Benchmark& benchmark) {
    std::vector<std::string> all;
    for (const Entrant& entrant : benchmark.entrants)
        all.push_back(entrant.label);
    return all;
}

}  // namespace joust::model
