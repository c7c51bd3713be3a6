#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "host/user.hpp"

namespace joust::host {

/// How much of a program's output is kept, in bytes, of each section: see BoundedLog::end_section().
struct LogBounds {
    std::size_t first = 1024 * 1024;
    std::size_t last = 1024 * 1024;
    /// From this size of the file on, sections keep a sixteenth of it.
    std::uint64_t long_file = 32 * 1024 * 1024;
};

/// Takes a program's output from a pipe and appends it to a file, of which the program itself has no
/// descriptor: it can neither fill the disk with it nor change what is there. Of a section that gets too long
/// the first and the last part are kept, and a line between them says how much was left out.
///
/// A thread of its own reads the pipe, at most some fifty times a second as long as there is room in it, so
/// that the writer waits for nothing and the reader takes no CPU time worth mentioning. Thread-safe.
class BoundedLog {
public:
    /// `writer` may open the pipe by its name in /proc (as /dev/stderr); empty: this process's user.
    static Result<std::unique_ptr<BoundedLog>> open(const Path& file, const std::optional<User>& writer,
                                                    const LogBounds& bounds = {});
    BoundedLog(const BoundedLog&) = delete;
    BoundedLog& operator=(const BoundedLog&) = delete;
    /// Takes what is in the pipe by now and ends the section.
    ~BoundedLog();

    /// The descriptor for the program's stdout and stderr; closed by close_input() when the program has it.
    [[nodiscard]] int input() const { return input_.get(); }
    void close_input() { input_.close(); }

    /// Takes what is in the pipe by now.
    void drain();
    /// Ends the section and writes the last part of what was too long, so that the file is up to date. A new
    /// section begins.
    void end_section();
    /// Bytes that came through the pipe so far, those that are in it included.
    [[nodiscard]] std::uint64_t taken();
    /// Bytes left out of all sections that have ended.
    [[nodiscard]] std::uint64_t left_out();

private:
    BoundedLog(Fd file, Fd input, Fd output, Fd stop, const LogBounds& bounds);
    void run();
    bool drain_locked(std::size_t& taken);
    void take(std::string_view text);
    void end_section_locked();

    LogBounds bounds_;
    Fd file_;
    Fd input_;
    Fd output_;
    Fd stop_;  ///< an eventfd: readable when the thread is to end
    std::mutex mutex_;
    std::size_t first_left_ = 0;  ///< of this section; guarded, as all below
    std::size_t last_size_ = 0;
    std::string last_;          ///< what may be the section's end
    std::uint64_t beyond_ = 0;  ///< bytes of the section that came after its first part
    std::uint64_t left_out_ = 0;
    std::uint64_t taken_ = 0;
    std::thread thread_;
};

}  // namespace joust::host
