#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace joust::load {

/// The server that requests go to.
struct Target {
    bool tls = false;
    std::string host = "localhost";  ///< name, IPv4 or IPv6 address without brackets
    std::uint16_t port = 80;
    std::string unix_path;   ///< not empty: a Unix socket; host and port only make the Host header
    std::string path = "/";  ///< with the query

    /// Value of the Host header: the port only when it is not the scheme's own, IPv6 in brackets and without
    /// its zone.
    [[nodiscard]] std::string authority() const;
    /// The host as certificates and SNI name it: without a dot at its end, and without a zone.
    [[nodiscard]] std::string tls_name() const;
    friend bool operator==(const Target&, const Target&) = default;
};

/// Reads "http://host:port/path?query", "https://…", "http://[::1]:8080/", "unix:/run/app.sock" and
/// "unix:/run/app.sock:/path". A URL without a scheme is http. Fragments are dropped,
/// characters of the path that are no ASCII are percent-encoded, all else of it stays as it is written.
Result<Target> parse_url(std::string_view url);

/// Whether `name` may be a host's, in letters of ASCII; `what` it is stands in the error.
Status check_name(std::string_view what, std::string_view name);

/// True for an IPv6 address in text, with or without a zone (fe80::1%eth0), without brackets.
bool is_ipv6(const std::string& text);

/// The dot of a name that the DNS shall not complete belongs to neither SNI (RFC 6066, 3) nor certificates.
std::string_view without_final_dot(std::string_view name);

}  // namespace joust::load
