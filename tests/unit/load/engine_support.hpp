#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

#include "load/engine.hpp"
#include "support/scripted_server.hpp"

namespace joust::load {

using namespace std::chrono_literals;
using test::LogEntry;
using test::Reply;
using test::ScriptedServer;
using test::SeenRequest;

/// Every behaviour of the engine must be the same on both backends.
class EngineOn : public testing::TestWithParam<Io> {
protected:
    [[nodiscard]] Options options_for(const ScriptedServer& server) const {
        return options_for(server.url());
    }
    [[nodiscard]] Options options_for(const std::string& url) const {
        Options options;
        options.target = parse_url(url).value();
        options.io = GetParam();
        options.timeout = 5s;
        return options;
    }
    [[nodiscard]] Options closed(const ScriptedServer& server, int users, StopRule stop) const {
        Options options = options_for(server);
        options.schedule = ClosedLoop{.users = users, .stagger = 0ns};
        options.stop = stop;
        return options;
    }
    [[nodiscard]] Options open(const ScriptedServer& server, double rate, StopRule stop) const {
        Options options = options_for(server);
        options.schedule = OpenLoop::constant_rate(rate);
        options.stop = stop;
        return options;
    }
    static model::Samples run(Options options) {
        auto engine = Engine::start(std::move(options));
        if (!engine) {
            ADD_FAILURE() << engine.error().message;
            return {};
        }
        auto samples = engine->finish();
        if (!samples) {
            ADD_FAILURE() << samples.error().message;
            return {};
        }
        check_conservation(*samples);
        return std::move(*samples);
    }
    /// What is true of every run, whatever happened.
    static void check_conservation(const model::Samples& samples) {
        const model::RequestCounts& counts = samples.requests;
        EXPECT_EQ(counts.started, counts.succeeded + counts.failed + counts.timed_out + counts.unfinished);
        EXPECT_EQ(samples.errors.total(), counts.failed + counts.timed_out);
        const auto wrong = [&](model::RequestErrorKind kind) { return samples.errors[kind]; };
        EXPECT_EQ(model::total(samples.statuses),
                  counts.succeeded + wrong(model::RequestErrorKind::status_4xx) +
                      wrong(model::RequestErrorKind::status_5xx) + wrong(model::RequestErrorKind::body));
        EXPECT_EQ(samples.censored, counts.timed_out + counts.unfinished);
        EXPECT_EQ(samples.response_time.count(), counts.succeeded + samples.censored);
    }
};

inline std::string io_name(const testing::TestParamInfo<Io>& info) {
    return info.param == Io::uring ? "uring" : "epoll";
}
inline const auto k_both_backends = testing::Values(Io::epoll, Io::uring);

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

inline Operation post_with_id() {
    Operation operation;
    operation.name = "post";
    operation.request = {.method = "POST",
                         .path = "/work",
                         .headers = {{"Content-Type", "application/json"}},
                         .body = R"({"request_id": "{request_id}"})"};
    return operation;
}

inline double milliseconds(std::int64_t nanoseconds) {
    return static_cast<double>(nanoseconds) / 1e6;
}

}  // namespace joust::load
