#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "http/response_parser.hpp"

namespace joust::http {
namespace {

// What nginx sends for a small page, with another date each time when `dates` is above 1.
std::vector<std::string> answers(int dates) {
    std::vector<std::string> all;
    for (int second = 0; second < dates; ++second)
        all.push_back("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 15:14:" +
                      std::to_string(10 + second) +
                      " GMT\r\nContent-Type: text/plain\r\nContent-Length: 13\r\nConnection: "
                      "keep-alive\r\n\r\nhello, world\n");
    return all;
}

// What a Python service sends: more headers, JSON.
std::vector<std::string> service_answers(int dates) {
    std::vector<std::string> all;
    for (int second = 0; second < dates; ++second)
        all.push_back("HTTP/1.1 200 OK\r\ndate: Sun, 22 Nov 2026 15:14:" + std::to_string(10 + second) +
                      " GMT\r\nserver: uvicorn\r\ncontent-length: 61\r\ncontent-type: application/json\r\n"
                      "x-content-type-options: nosniff\r\nreferrer-policy: same-origin\r\n\r\n"
                      R"({"request_id": "0000000000000000000000000", "files": 5, "a":1})");
    return all;
}

void parse_all(benchmark::State& state, const std::vector<std::string>& responses) {
    KnownHead known;
    ResponseParser parser;
    parser.share(&known);
    std::size_t i = 0;
    for (auto _ : state) {
        parser.start();
        std::string_view input = responses[i++ % responses.size()];
        while (parser.next(input) != ResponseParser::Event::complete)
            benchmark::DoNotOptimize(parser.body());
    }
}

// Target: at most 150 ns a response. As load threads see them: the date changes once a second.
void parse_answer(benchmark::State& state) {
    parse_all(state, answers(1));
}
BENCHMARK(parse_answer);

void parse_answer_of_a_service(benchmark::State& state) {
    parse_all(state, service_answers(1));
}
BENCHMARK(parse_answer_of_a_service);

// No head is like the one before.
void parse_changing_head(benchmark::State& state) {
    parse_all(state, answers(32));
}
BENCHMARK(parse_changing_head);

// And with more headers.
void parse_changing_head_of_a_service(benchmark::State& state) {
    parse_all(state, service_answers(32));
}
BENCHMARK(parse_changing_head_of_a_service);

}  // namespace
}  // namespace joust::http
