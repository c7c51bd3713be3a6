#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "host/cgroup_host.hpp"
#include "host/process.hpp"

namespace joust::test {

using namespace std::chrono_literals;

/// The value of a Result that has to be there; ends the test program with its error otherwise.
template <typename T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "unexpected error: %s\n", result.error().message.c_str());
    std::abort();
}

/// A directory that anybody can enter; removed at the end of its life.
class TempDirectory {
public:
    TempDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "joust-test-XXXXXX").string();
        if (!::mkdtemp(name.data())) std::abort();
        path_ = name;
        std::filesystem::permissions(path_, std::filesystem::perms(0755));
    }
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;
    ~TempDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const Path& path() const { return path_; }
    /// Writes a file below it, making its directories.
    Path write(const Path& name, const std::string& content) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << content;
        return path_ / name;
    }

private:
    Path path_;
};

/// Waits until `condition` holds; false after `limit`.
inline bool eventually(const std::function<bool()>& condition, Nanoseconds limit = 20s) {
    const TimePoint give_up = now() + limit;
    while (!condition()) {
        if (now() > give_up) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

/// The process ends in time; a zombie has (when init reaps it is not ours to say).
inline bool dies(pid_t pid) {
    return eventually([&] {
        const auto process = host::identify(pid);
        return !process || !host::alive(*process);
    });
}

inline std::string text_of(const Path& path) {
    return read_file(path).value_or("");
}

inline host::ProcessSpec shell(const std::string& script) {
    return {.command = {"sh", "-c", script}, .environment = {{"PATH", "/usr/bin:/bin:/usr/sbin:/sbin"}}};
}

/// Of this host. A test of limits that finds none must fail with clear words, not pass unseen.
inline host::CgroupHost cgroups_with_limits() {
    const host::CgroupHost host = host::CgroupHost::detect();
    if (const Status possible = host.limits_possible(); !possible)
        ADD_FAILURE() << "this test needs root and cgroups: " << possible.error().message;
    return host;
}

/// A run's name that no other test uses, nor this one in another process.
inline std::string unique_run() {
    static int count = 0;
    return "test-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

}  // namespace joust::test
