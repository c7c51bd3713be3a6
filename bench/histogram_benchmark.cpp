#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "stats/histogram.hpp"

namespace joust::stats {
namespace {

// Latencies as services have them: log-normal around 2 ms, so that neighbours rarely share a counter.
std::vector<std::int64_t> latencies(std::size_t count) {
    Random random = random_for(1, "benchmark");
    std::vector<std::int64_t> values(count);
    for (auto& value : values) {
        const double normal = std::sqrt(-2 * std::log(uniform_open(random))) *
                              std::cos(6.283185307179586 * uniform_open(random));
        value = static_cast<std::int64_t>(2e6 * std::exp(0.8 * normal));
    }
    return values;
}

Histogram filled_histogram() {
    Histogram histogram;
    for (const std::int64_t value : latencies(100'000))
        histogram.record(value);
    return histogram;
}

// Target: at most 10 ns a value.
void record(benchmark::State& state) {
    const auto values = latencies(1 << 14);
    Histogram histogram;
    std::size_t i = 0;
    for (auto _ : state) {
        histogram.record(values[i++ & (values.size() - 1)]);
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(record);

void merge(benchmark::State& state) {
    const Histogram part = filled_histogram();
    Histogram whole;
    for (auto _ : state) {
        whole.merge(part);
        benchmark::ClobberMemory();
    }
}
BENCHMARK(merge)->Unit(benchmark::kMicrosecond);

void quantile(benchmark::State& state) {
    const Histogram histogram = filled_histogram();
    for (auto _ : state)
        benchmark::DoNotOptimize(histogram.value_at_quantile(0.99));
}
BENCHMARK(quantile)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace joust::stats
