#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/file.hpp"
#include "host/run_state.hpp"
#include "host/user.hpp"

namespace joust::runtime {

/// A folder that a program may write to: a contender's temporary files, a server's data. A resource: removed
/// with all that is in it at the end of its life, which comes after that of the programs that have it.
class Folder {
public:
    virtual ~Folder() = default;
    /// Its path as the program sees it.
    [[nodiscard]] virtual const Path& inside() const = 0;
    /// Its path as Joust sees it; empty where it is out of Joust's reach.
    [[nodiscard]] virtual std::optional<Path> here() const = 0;
    /// What its runtime knows it by.
    [[nodiscard]] virtual std::string name() const = 0;

    /// Files in it and below, directories not counted; empty where it is out of reach.
    [[nodiscard]] std::optional<std::size_t> count_files() const;
};

/// A folder below the run's directory, for programs that run as processes.
class HostFolder final : public Folder {
public:
    /// A new one that belongs to `user`.
    static Result<HostFolder> make(const host::RunState& run, const std::string& label,
                                   const host::User& user);

    HostFolder(HostFolder&& other) noexcept : path_(std::exchange(other.path_, Path())) {}
    HostFolder& operator=(HostFolder&&) = delete;
    ~HostFolder() override;

    [[nodiscard]] const Path& inside() const override { return path_; }
    [[nodiscard]] std::optional<Path> here() const override { return path_; }
    [[nodiscard]] std::string name() const override { return path_.string(); }

private:
    explicit HostFolder(Path path) : path_(std::move(path)) {}
    Path path_;  ///< empty when moved from
};

}  // namespace joust::runtime
