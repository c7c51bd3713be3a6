#include <benchmark/benchmark.h>

#include <string>

#include "http/expected_json.hpp"

namespace joust {
namespace {

const std::string k_id = "0badcafe-00-00000000002a";
const std::string k_members =
    R"(,"file_operations":5,"db_operations":3,"created":10,"updated":5,"deleted":5)";

// What io-intensive is answered with: 145 bytes.
void compare_answer_of_io_intensive(benchmark::State& state) {
    const auto expected =
        http::ExpectedJson::compile(R"({"request_id":"{request_id}")" + k_members + "}", true).value();
    const std::string body =
        R"({"request_id":")" + k_id + '"' + k_members + R"(,"execution_time":0.012345678})";
    http::JsonParser parser;
    for (auto _ : state)
        benchmark::DoNotOptimize(expected.mismatch(body, k_id, parser));
}
BENCHMARK(compare_answer_of_io_intensive);

void compare_answer_of_many_members(benchmark::State& state) {
    const auto expected = http::ExpectedJson::compile(R"({"a":1})", false).value();
    std::string body = R"({"a":1)";
    for (int i = 0; i < 360'000; ++i)
        body += ",\"m" + std::to_string(i) + "\":1";
    body += "}";
    http::JsonParser parser;
    for (auto _ : state)
        benchmark::DoNotOptimize(expected.mismatch(body, "", parser));
}
BENCHMARK(compare_answer_of_many_members)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace joust
