#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "host/run_state.hpp"
#include "host/user.hpp"

namespace joust::deploy {

/// A new folder below the run's directory that belongs to `user`, for temporary files; removed with all that
/// is in it at the end of its life.
class ScratchFolder {
public:
    static Result<ScratchFolder> make(const host::RunState& run, const std::string& label,
                                      const host::User& user);

    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, Path())) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    ~ScratchFolder();

    [[nodiscard]] const Path& path() const { return path_; }
    /// Files in it and below, directories not counted.
    [[nodiscard]] std::size_t count_files() const;

private:
    explicit ScratchFolder(Path path) : path_(std::move(path)) {}
    Path path_;  ///< empty when moved from
};

}  // namespace joust::deploy
