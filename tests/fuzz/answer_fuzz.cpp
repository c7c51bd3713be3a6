#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "http/expected_json.hpp"
#include "load/session/answer_check.hpp"

// An expected value, a line feed, and the body of an answer. What is found right has to be right by another
// parser and by a comparison of its own, and the other way round; a body that was found right is so again
// with another id in it.
namespace {

using nlohmann::json;

const std::string k_id = "0badcafe-00-00000000002a";
const std::string k_other_id = "0badcafe-00-00000000002b";

void require(bool holds) {
    if (!holds) std::abort();
}

std::string with(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

/// What nlohmann's parser does not say: that a member stood twice, and that a number lost its value.
struct Notes : json::json_sax_t {
    bool twice = false;
    bool unknown = false;  ///< a number is beyond what this parser can tell
    bool large = false;    ///< an integer has more than 64 bits
    int depth = 0;
    int deepest = 0;
    std::vector<std::set<std::string>> names;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(std::int64_t) override { return true; }
    bool number_unsigned(std::uint64_t) override { return true; }
    bool number_float(double value, const std::string& text) override {
        const bool integer = text.find_first_of(".eE") == std::string::npos;
        large = large || integer;
        // The nearest double is an integer of 64 bits, which this one is not.
        unknown = unknown || (integer && value == -9223372036854775808.0);
        return true;
    }
    bool string(std::string&) override { return true; }
    bool binary(json::binary_t&) override { return true; }
    bool start_object(std::size_t) override {
        names.emplace_back();
        return enter();
    }
    bool key(std::string& name) override {
        twice = !names.back().insert(name).second || twice;
        return true;
    }
    bool end_object() override {
        names.pop_back();
        return leave();
    }
    bool start_array(std::size_t) override { return enter(); }
    bool end_array() override { return leave(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        constexpr int k_out_of_range = 406;
        unknown = unknown || error.id == k_out_of_range;
        return false;
    }

private:
    bool enter() {
        deepest = std::max(deepest, ++depth);
        return true;
    }
    bool leave() {
        --depth;
        return true;
    }
};

/// What another parser makes of a text by our rules.
enum class Verdict { wrong, right, unknown };
Verdict parsed(const std::string& text, json& value, bool& large) {
    // Nlohmann's parser skips the one, and ends at the other.
    if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string::npos) return Verdict::wrong;
    Notes notes;
    const bool whole = json::sax_parse(text, &notes);
    if (notes.unknown) return Verdict::unknown;
    if (!whole || notes.twice || notes.deepest > joust::k_most_json_levels) return Verdict::wrong;
    large = notes.large;
    value = json::parse(text, nullptr, false);
    return Verdict::right;
}

bool same_number(const json& a, const json& b) {
    if (a.is_number_float() && b.is_number_float()) return a.get<double>() == b.get<double>();
    // As unsigned, 2^63 has the bits of -2^63, and nlohmann's comparison takes them for equal.
    if (!a.is_number_float() && !b.is_number_float())
        return (a.is_number_unsigned() == b.is_number_unsigned() || (a >= 0 && b >= 0)) && a == b;
    const json& real = a.is_number_float() ? a : b;
    const json& whole = a.is_number_float() ? b : a;
    // long double has 64 bits of mantissa: exact for both.
    const auto value = static_cast<long double>(real.get<double>());
    return value == (whole.is_number_unsigned() ? static_cast<long double>(whole.get<std::uint64_t>())
                                                : static_cast<long double>(whole.get<std::int64_t>()));
}

bool fits(const json& expected, const json& found, const std::string& id) {
    if (expected.is_object()) {
        if (!found.is_object()) return false;
        for (const auto& [name, value] : expected.items())
            if (!found.contains(name) || !fits(value, found[name], id)) return false;
        return true;
    }
    if (expected.is_array()) {
        if (!found.is_array() || found.size() != expected.size()) return false;
        for (std::size_t i = 0; i < expected.size(); ++i)
            if (!fits(expected[i], found[i], id)) return false;
        return true;
    }
    if (expected.is_number()) return found.is_number() && same_number(expected, found);
    if (expected.is_string())
        return found.is_string() &&
               with(expected.get<std::string>(), "{request_id}", id) == found.get<std::string>();
    return expected == found;
}

bool names_hold_id(const json& value) {
    if (!value.is_structured()) return false;
    for (const auto& [name, inner] : value.items())
        if ((value.is_object() && name.find("{request_id}") != std::string::npos) || names_hold_id(inner))
            return true;
    return false;
}

/// By the whole check, which may compare with a known body.
bool right(const joust::load::AnswerCheck& check, const std::string& body, const std::string& id,
           joust::http::JsonParser& parser, joust::load::KnownAnswer& known) {
    return !check.check({.status = 200, .body = body, .id = id}, parser, known).has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(text.find('\n'), text.size());
    const std::string expected = text.substr(0, line);
    // The fuzzer need not find the id: "{request_id}" in the body is the one that was sent.
    const std::string written = text.substr(std::min(line + 1, text.size()));
    const std::string body = with(written, "{request_id}", k_id);

    json wanted;
    bool large = false;
    const Verdict of_expected = parsed(expected, wanted, large);
    const bool compiles = of_expected == Verdict::right && !large && !names_hold_id(wanted);
    auto check = joust::load::AnswerCheck::compile({.json = expected}, true);
    if (check.has_value() != compiles)
        require(of_expected == Verdict::right && expected.find("e308") != std::string::npos);
    if (!check || !compiles) return 0;

    joust::http::JsonParser parser;
    joust::load::KnownAnswer known;
    json found;
    const Verdict of_body = parsed(body, found, large);
    const bool is_right = of_body == Verdict::unknown
                              ? right(*check, body, k_id, parser, known)
                              : of_body == Verdict::right && fits(wanted, found, k_id);
    require(right(*check, body, k_id, parser, known) == is_right);
    require(right(*check, body, k_id, parser, known) == is_right);  // now it may be known
    // What is known must not make another answer right, or this one for another request.
    for (const std::string& other : {with(written, "{request_id}", k_other_id), body}) {
        joust::load::KnownAnswer nothing;
        require(right(*check, other, k_other_id, parser, known) ==
                right(*check, other, k_other_id, parser, nothing));
        require(right(*check, body, k_id, parser, known) == is_right);
    }
    return 0;
}
