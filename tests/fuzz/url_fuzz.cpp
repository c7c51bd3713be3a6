#include <cstdint>
#include <cstdlib>
#include <string>

#include "load/session/prepared_request.hpp"
#include "load/target.hpp"

// A URL is refused with a message, or understood so that writing it again gives the same target, and nothing
// of it gets out of its place in the request.
namespace {

using joust::load::Target;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string written(const Target& target) {
    if (!target.unix_path.empty()) return "unix:" + target.unix_path + ":" + target.path;
    // authority() leaves out what others do not need: brackets without a colon, and a zone.
    const std::size_t zone = target.host.find('%');
    std::string authority = target.authority();
    if (zone != std::string::npos) authority.insert(authority.rfind(']'), target.host.substr(zone));
    return (target.tls ? "https://" : "http://") + authority + target.path;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++found;
    return found;
}

void check(const Target& target) {
    require(target.port != 0 && !target.host.empty() && target.path.front() == '/');
    for (const std::string* part : {&target.host, &target.path, &target.unix_path})
        for (const char c : *part)
            require(static_cast<unsigned char>(c) > ' ' && c != 0x7f);
    require(target.tls_name().find('%') == std::string::npos);
    const auto again = joust::load::parse_url(written(target));
    require(again.has_value() && *again == target);
    const auto request = joust::load::PreparedRequest::prepare(target, {}, {});
    if (!request) return;
    const joust::load::IdSource ids = joust::load::make_id_source(1, 0, 1);
    std::string buffer(request->buffer_size(), '\0');
    const std::string bytes(request->render(0, buffer.data(), false, ids, 0));
    require(bytes.starts_with("GET /") && bytes.ends_with("\r\n\r\n"));
    require(count(bytes, "\n") == count(bytes, "\r\n") && count(bytes, "\r\nHost: ") == 1);
    require(count(bytes.substr(0, bytes.find('\r')), " ") == 2);
    for (const char c : bytes)
        require(static_cast<unsigned char>(c) < 0x80);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    const auto target = joust::load::parse_url(input);
    if (target) {
        check(*target);
    } else {
        require(target.error().kind == joust::ErrorKind::bad_input && !target.error().message.empty());
    }
    return 0;
}
