#pragma once

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace joust {

/// What kind of thing went wrong; the command line turns it into an exit code (see cli/exit_code.hpp).
enum class ErrorKind {
    bad_input,    ///< the user's file or argument is wrong: exit 2
    unsupported,  ///< this host lacks something; the message says what and how to get it: exit 1 (doctor: 3)
    io,           ///< a system call failed
    timed_out,    ///< something did not happen in time
    service,      ///< a contender failed: did not start, never got healthy, died, wrong route
    database,     ///< the database failed
    interrupted,  ///< the user asked to stop: exit 130 or 143
};

/// An expected failure: a closed kind and one sentence with the value, the place and what to do next.
struct Error {
    ErrorKind kind;
    std::string message;

    friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// Makes the failed result of a formatted error: `return fail(ErrorKind::io, "cannot open {}: {}", path,
/// why);`
template <typename... Args>
tl::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
    return tl::unexpected<Error>(Error{kind, fmt::format(format, std::forward<Args>(args)...)});
}

/// Text of errno as it is now, for example "No such file or directory".
std::string errno_text();
/// Text of the given errno value.
std::string errno_text(int error_number);

}  // namespace joust

#define JOUST_CONCAT_INNER(a, b) a##b
#define JOUST_CONCAT(a, b) JOUST_CONCAT_INNER(a, b)
/// `JOUST_TRY(auto value, expression);` declares value from a Result, or returns its error to the caller.
#define JOUST_TRY(declaration, ...)                                                                   \
    auto JOUST_CONCAT(joust_try_, __LINE__) = (__VA_ARGS__);                                          \
    if (!JOUST_CONCAT(joust_try_, __LINE__))                                                          \
        return tl::unexpected<::joust::Error>(std::move(JOUST_CONCAT(joust_try_, __LINE__).error())); \
    declaration = std::move(*JOUST_CONCAT(joust_try_, __LINE__))
/// `JOUST_CHECK(expression);` returns the error of a Status (or of any Result whose value is not wanted).
#define JOUST_CHECK(...)                                \
    if (auto joust_check = (__VA_ARGS__); !joust_check) \
    return tl::unexpected<::joust::Error>(std::move(joust_check.error()))
