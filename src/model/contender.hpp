#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"

namespace joust::model {

/// What a contender is made of: shown in the report and compared by the fairness lint.
struct Stack {
    std::string language;
    std::string framework;
    std::string server;
    std::string orm;
    std::string driver;
    std::string concurrency;                   ///< "async", "threads", …
    int workers = 1;                           ///< processes that serve requests
    int threads = 1;                           ///< threads per worker that serve requests
    int db_connections = 1;                    ///< most database connections the whole service opens
    int processes = 1;                         ///< processes of the running service at rest, arbiter included
    std::map<std::string, std::string> notes;  ///< further facts, for example executor threads

    friend bool operator==(const Stack&, const Stack&) = default;
};

/// A program to run, with placeholders: {venv} {host} {port} {database_url} {scratch}. The URL of the
/// database stands in the environment only, for it holds a password.
struct Command {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;

    friend bool operator==(const Command&, const Command&) = default;
};

struct Contender {
    std::string name;
    std::string title;
    Stack stack;                        ///< on PostgreSQL
    std::optional<Stack> sqlite_stack;  ///< on SQLite, where the manifest has [stack.sqlite]: all of it
    Command setup;
    Command migrate;
    Command start;
    Nanoseconds healthy_within = std::chrono::seconds(30);  ///< its start, until `health` answers 200
    std::map<std::string, std::string> routes;              ///< key ("health", "io-intensive") to path
    std::string dockerfile = "Dockerfile";                  ///< below its folder
    std::vector<Path> folders;  ///< to stage one over the other: extended contenders first
    Path manifest;              ///< its contender.toml, for messages
    std::map<std::string, std::string>
        route_places;  ///< "contenders/fastapi/contender.toml:27" for each route
};

}  // namespace joust::model
