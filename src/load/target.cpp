#include "load/target.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "http/syntax.hpp"
#include "load/template.hpp"

namespace joust::load {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

/// Schemes are compared without regard to case (RFC 3986, 3.1).
bool has_scheme(std::string_view text, std::string_view scheme) {
    return text.size() >= scheme.size() && std::equal(scheme.begin(), scheme.end(), text.begin(),
                                                      [](char a, char b) { return a == http::to_lower(b); });
}

bool is_control_or_space(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
}

/// Characters of a path that are no ASCII, percent-encoded. What stands in braces may be the name of a
/// column; it is looked up first.
std::string encoded_path(std::string_view path) {
    std::string result;
    while (!path.empty()) {
        const std::size_t open = std::min(path.find('{'), path.size());
        const std::size_t close = path.find('}', open);
        const std::size_t end = close == std::string_view::npos ? path.size() : close + 1;
        const bool closed = close != std::string_view::npos;
        result += ascii_url(path.substr(0, open));
        result += closed ? std::string(path.substr(open, end - open)) : ascii_url(path.substr(open));
        path.remove_prefix(end);
    }
    return result;
}

Result<Target> parse_unix(std::string_view url, std::string_view rest) {
    Target target;
    const std::size_t colon = rest.find(':');
    target.unix_path = rest.substr(0, colon);
    if (colon != std::string_view::npos) target.path = rest.substr(colon + 1);
    constexpr std::size_t k_longest = 107;  // sun_path of sockaddr_un without its NUL
    if (target.unix_path.empty() || target.unix_path.size() > k_longest)
        return fail(ErrorKind::bad_input,
                    "\"{}\": the socket's path must have 1 to {} bytes, like unix:/run/app.sock:/path", url,
                    k_longest);
    if (target.path.empty() || target.path.front() != '/')
        return fail(ErrorKind::bad_input, "\"{}\": what follows the socket and a colon must begin with /",
                    url);
    target.path = encoded_path(target.path);
    return target;
}

Result<std::uint16_t> parse_port(std::string_view url, std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535)
        return fail(ErrorKind::bad_input, "\"{}\": port \"{}\" is not a number from 1 to 65535", url, text);
    return static_cast<std::uint16_t>(port);
}

/// Host and port out of "host", "host:port", "[v6]" or "[v6]:port".
Status parse_authority(std::string_view url, std::string_view authority, Target& target) {
    if (authority.find('@') != std::string_view::npos)
        // Not shown: a message may end up in a log.
        return fail(
            ErrorKind::bad_input,
            "\"***{}\": user and password do not belong in the URL; write -H 'Authorization: Basic …' "
            "with the base64 of user:password",
            authority.substr(authority.rfind('@')));
    std::string_view port;
    bool has_port = false;
    if (starts_with(authority, "[")) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos)
            return fail(ErrorKind::bad_input, "\"{}\": the IPv6 address lacks its closing bracket", url);
        target.host = authority.substr(1, close - 1);
        // RFC 6874 writes the % before a zone as %25; others write it bare.
        const std::size_t zone = std::min(target.host.find('%'), target.host.size());
        if (target.host.compare(zone, 3, "%25") == 0 && zone + 3 < target.host.size())
            target.host.erase(zone + 1, 2);
        if (!is_ipv6(target.host))
            return fail(ErrorKind::bad_input,
                        "\"{}\": [{}] is no IPv6 address; brackets are for one, like http://[::1]:8080/", url,
                        target.host);
        const std::string_view rest = authority.substr(close + 1);
        if (!rest.empty() && rest.front() != ':')
            return fail(ErrorKind::bad_input, "\"{}\": after ] only :port may follow", url);
        has_port = !rest.empty();
        port = has_port ? rest.substr(1) : rest;
    } else {
        const std::size_t colon = authority.find(':');
        if (colon != std::string_view::npos && authority.find(':', colon + 1) != std::string_view::npos)
            return fail(ErrorKind::bad_input,
                        "\"{}\": write an IPv6 address in brackets, like http://[::1]:8080/", url);
        target.host = authority.substr(0, colon);
        has_port = colon != std::string_view::npos;
        port = has_port ? authority.substr(colon + 1) : std::string_view{};
    }
    if (target.host.empty()) return fail(ErrorKind::bad_input, "\"{}\": the host is missing", url);
    if (!starts_with(authority, "[")) JOUST_CHECK(check_name("the host", target.host));
    if (has_port) {
        JOUST_TRY(target.port, parse_port(url, port));
    }
    return {};
}

}  // namespace

bool is_ipv6(const std::string& text) {
    in6_addr ignored{};
    return ::inet_pton(AF_INET6, text.substr(0, text.find('%')).c_str(), &ignored) == 1;
}

Status check_name(std::string_view what, std::string_view name) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_';
    };
    if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return fail(ErrorKind::bad_input,
                    "{} \"{}\" holds letters that are no ASCII; write it as the DNS knows it, xn--…", what,
                    printable(name));
    constexpr std::size_t k_longest = 254;  // with the dot at its end
    if (name.empty() || name.size() > k_longest || name.front() == '.' ||
        name.find("..") != std::string_view::npos || !std::all_of(name.begin(), name.end(), is_plain))
        return fail(ErrorKind::bad_input,
                    "{} \"{}\" is no name of a host: that has letters, digits, dots and hyphens, 253 at most",
                    what, printable(name));
    return {};
}

std::string Target::tls_name() const {
    const std::string_view name(host);
    return std::string(without_final_dot(name.substr(0, name.find('%'))));
}

std::string_view without_final_dot(std::string_view name) {
    return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

std::string Target::authority() const {
    // A zone is known to this host only (RFC 6874, 4).
    const std::string address = host.substr(0, host.find('%'));
    const std::string name = host.find(':') == std::string::npos ? host : "[" + address + "]";
    const bool usual = !unix_path.empty() || port == (tls ? 443 : 80);
    return usual ? name : fmt::format("{}:{}", name, port);
}

Result<Target> parse_url(std::string_view url) {
    if (std::any_of(url.begin(), url.end(), is_control_or_space))
        return fail(ErrorKind::bad_input, "\"{}\": a URL holds no spaces or control characters; write %20",
                    printable(url));
    std::string_view rest = url.substr(0, url.find('#'));
    if (has_scheme(rest, "unix:")) return parse_unix(url, rest.substr(5));
    Target target;
    if (has_scheme(rest, "http://")) {
        rest.remove_prefix(7);
    } else if (has_scheme(rest, "https://")) {
        rest.remove_prefix(8);
        target.tls = true;
        target.port = 443;
    } else if (rest.find("://") != std::string_view::npos) {
        return fail(ErrorKind::bad_input, "\"{}\": only http://, https:// and unix: are known", url);
    }
    const std::size_t slash = rest.find_first_of("/?");
    if (slash != std::string_view::npos) target.path = rest.substr(slash);
    if (target.path.front() == '?') target.path.insert(0, "/");
    target.path = encoded_path(target.path);
    JOUST_CHECK(parse_authority(url, rest.substr(0, slash), target));
    return target;
}

}  // namespace joust::load
