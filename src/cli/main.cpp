#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"

int main(int argc, char** argv) try {
    using namespace joust::cli;
    const std::vector<std::string> command_line(argv, argv + argc);
    const auto parsed = parse_arguments({command_line.begin() + 1, command_line.end()});
    if (const auto* answered = std::get_if<Answered>(&parsed)) {
        fmt::print(stdout, "{}", answered->out);
        fmt::print(stderr, "{}", answered->err);
        return static_cast<int>(answered->code);
    }
    return static_cast<int>(execute(std::get<Command>(parsed), command_line));
} catch (const std::exception& error) {
    std::fprintf(stderr, "joust: internal error: %s\n", error.what());
    return 1;
}
