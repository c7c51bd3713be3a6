#pragma once

#include <string>
#include <vector>

#include "host/process.hpp"

namespace joust::host {

/// Labels of everything that Joust has a Docker engine make; what has neither is nobody's business here.
/// Containers and volumes of one run: its id.
inline constexpr const char* k_docker_run_label = "joust.run";
/// Images, which are kept between runs: "image" for what Joust built, "base" for what they were built from.
inline constexpr const char* k_docker_cache_label = "joust.cache";

/// A Docker engine, reached by the `docker` command, so that contexts, DOCKER_HOST and the user's settings
/// count as they do on the command line.
class Docker {
public:
    /// The engine that the command speaks to now. Fails (unsupported), saying what to do, if there is no such
    /// command or no engine answers.
    static Result<Docker> connect();
    /// Whether there is such a command at all.
    [[nodiscard]] static bool installed();
    /// One whose address is known: what connect() found in an earlier process.
    explicit Docker(std::string address) : address_(std::move(address)), by_address_(true) {}

    /// Where it listens: "unix:///var/run/docker.sock".
    [[nodiscard]] const std::string& address() const { return address_; }
    /// The command with these arguments as a process that is yet to be started; it has this process's
    /// environment.
    [[nodiscard]] ProcessSpec command(const std::vector<std::string>& arguments) const;
    /// Runs the command to its end and returns what it printed. An error (service) has its words.
    [[nodiscard]] Result<std::string> run(const std::vector<std::string>& arguments,
                                          Nanoseconds limit = std::chrono::minutes(1)) const;
    /// Runs a command with a --format of these Go templates and returns their values, of the first thing that
    /// is printed; empty texts for no thing at all. Warnings of the command do not get in the way.
    [[nodiscard]] Result<std::vector<std::string>> query(std::vector<std::string> arguments,
                                                         const std::vector<std::string>& templates) const;

    /// The images that are kept between runs, the ones that are built on others first: those with the label
    /// whose name begins with "joust/", or that have lost it to a newer one. Others may have built on them,
    /// and have their label.
    struct CachedImage {
        std::string name;     ///< "joust/fastapi:latest"; its id where it has none
        bool in_use = false;  ///< a container was made of it
    };
    [[nodiscard]] Result<std::vector<CachedImage>> cached_images() const;
    [[nodiscard]] Status remove_image(const std::string& name) const;
    /// Whether containers or volumes of any run are there.
    [[nodiscard]] Result<bool> has_runs() const;

    /// Removes the containers and volumes that have the run's label, running ones too.
    [[nodiscard]] Status remove_run(const std::string& run_id) const;

private:
    Docker() = default;

    std::string address_;
    bool by_address_ = false;  ///< else by what the user has chosen, which may need more than an address
};

}  // namespace joust::host
