#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace joust::load {

/// Where the requests go.
struct Target {
    bool tls = false;
    std::string host = "localhost";  ///< name, IPv4 or IPv6 address without brackets
    std::uint16_t port = 80;
    std::string unix_path;   ///< not empty: a Unix socket; host and port only make the Host header
    std::string path = "/";  ///< with the query

    /// Value of the Host header: the port only when it is not the scheme's own, IPv6 in brackets.
    [[nodiscard]] std::string authority() const;
    friend bool operator==(const Target&, const Target&) = default;
};

/// Reads "http://host:port/path?query", "https://…", "http://[::1]:8080/", "unix:/run/app.sock" and
/// "unix:/run/app.sock:/path". A URL without a scheme is http. Fragments are dropped.
Result<Target> parse_url(std::string_view url);

}  // namespace joust::load
