#include <array>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "load/template.hpp"

// The first byte says which place the text is, a line break ends the text, and the rest is the value of its
// column. A value never gets out of its place, and whoever reads the place reads the value.
namespace {

using joust::load::Place;
using joust::load::Template;

const std::vector<std::string> k_columns{"a"};

void require(bool holds) {
    if (!holds) std::abort();
}

std::string filled(std::string_view text, Place place, const std::string& value) {
    const auto parsed = Template::parse(text, place, k_columns);
    require(parsed.has_value());
    const auto all = parsed->filled(std::vector<std::string>{value}, "id", "1");
    require(all.has_value());
    return *all;
}

std::string decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            require(std::isalnum(static_cast<unsigned char>(text[i])) != 0 ||
                    std::string_view("-._~").find(text[i]) != std::string_view::npos);
            result += text[i];
            continue;
        }
        result += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
    }
    return result;
}

void check_value(const std::string& value) {
    for (const Place place : {Place::url, Place::form})
        require(decoded(filled("{a}", place, value)) == value);
    require(filled("<{a}>", Place::plain, value) == "<" + value + ">");
    if (joust::is_utf8(value))
        require(nlohmann::json::parse(filled(R"(["{a}",1])", Place::json, value))[0] == value);
    const auto header = Template::parse("x{a}", Place::header, k_columns);
    const auto sent = header->filled(std::vector<std::string>{value}, "", "");
    for (const char c : sent.value_or(""))
        require(c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    const auto number =
        Template::parse("[{a}]", Place::json, k_columns)->filled(std::vector<std::string>{value}, "", "");
    require(!number || nlohmann::json::accept(*number));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::array<Place, 5> k_places{Place::url, Place::header, Place::json, Place::form,
                                            Place::plain};
    const std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string text = input.substr(0, input.find('\n'));
    const std::string value = input.substr(std::min(text.size() + 1, input.size()));
    check_value(value);
    const Place place = k_places[data[0] % k_places.size()];
    const auto parsed = Template::parse(text, place, k_columns);
    if (!parsed) {
        require(parsed.error().kind == joust::ErrorKind::bad_input && !parsed.error().message.empty());
        return 0;
    }
    const auto sent = parsed->filled(std::vector<std::string>{value}, "id", "1");
    if (!sent) require(sent.error().kind == joust::ErrorKind::bad_input);
    if (text.find('{') == std::string::npos && place != Place::url) require(sent == text);
    Template::place_of_body(text, {}, k_columns);
    return 0;
}
