#include "base/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace joust {
namespace {

// Long enough to be meant wherever a name ends with them: clientSecret, PGPASSWORD.
constexpr std::array<std::string_view, 12> k_endings = {
    "password", "passwd",     "passphrase",  "secret",        "token",  "apikey",
    "api-key",  "credential", "credentials", "authorization", "cookie", "jwt"};
// Only as a word of their own: bypass and width are no secrets.
constexpr std::array<std::string_view, 10> k_words = {"pass",       "pwd",        "auth",       "sig",
                                                      "signature",  "access-key", "secret-key", "private-key",
                                                      "session-id", "sessionid"};

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_name_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

std::string_view last_part(std::string_view name) {
    return name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
}

// Where the user and password of a URL whose "://" ends at `begin` end, at the '@'; npos: it has none.
std::size_t end_of_credentials(std::string_view text, std::size_t begin) {
    const std::string_view authority =
        text.substr(begin, text.find_first_of("/?# \t\r\n\"'<>", begin) - begin);
    const std::size_t at = authority.rfind('@');
    return at == std::string_view::npos ? at : begin + at;
}

std::string masked_urls(std::string_view text) {
    std::string result;
    for (;;) {
        const std::size_t scheme = text.find("://");
        if (scheme == std::string_view::npos) return result += text;
        const std::size_t begin = scheme + 3;
        result += text.substr(0, begin);
        if (const std::size_t at = end_of_credentials(text, begin); at != std::string_view::npos) {
            const std::size_t colon = text.substr(begin, at - begin).find(':');
            if (colon != std::string_view::npos) result += text.substr(begin, colon + 1);
            result += k_mask;
            text.remove_prefix(at);
        } else {
            text.remove_prefix(begin);
        }
    }
}

// The end of a quoted value whose opening quote is at `open`: at the closing one, or the end of the text.
std::size_t end_of_quoted(std::string_view text, std::size_t open) {
    for (std::size_t i = open + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == text[open])
            return i;
    }
    return text.size();
}

struct Value {
    std::size_t begin;
    std::size_t end;
};

// The value of the name that lies in [name, end) of `text`; empty where nothing is assigned to it.
Value value_of(std::string_view text, std::size_t name, std::size_t end) {
    const bool quoted = end < text.size() && (text[end] == '"' || text[end] == '\'');
    std::size_t at = end + (quoted ? 1 : 0);
    while (at < text.size() && is_blank(text[at]))
        ++at;
    if (at >= text.size() || (text[at] != '=' && text[at] != ':') || text.substr(at, 3) == "://")
        return {end, end};
    const bool header = text[at] == ':' && !quoted;
    for (++at; at < text.size() && is_blank(text[at]);)
        ++at;
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) return {at + 1, end_of_quoted(text, at)};
    const bool query = name > 0 && (text[name - 1] == '?' || text[name - 1] == '&');
    const bool form = text.find('&', at) != std::string_view::npos;
    const bool braces = text.substr(0, name).find('{') != std::string_view::npos;
    const std::string_view ends = header          ? "\r\n"
                                  : query || form ? "&# \t\r\n\"'"
                                  : braces        ? ",}\r\n"
                                                  : "\r\n";
    return {at, std::min(text.find_first_of(ends, at), text.size())};
}

std::string masked_values(std::string_view text) {
    std::string result;
    std::size_t copied = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_name_character(text[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && is_name_character(text[end]))
            ++end;
        if (is_secret_name(text.substr(i, end - i))) {
            const Value value = value_of(text, i, end);
            if (value.end > value.begin) {
                result += text.substr(copied, value.begin - copied);
                result += k_mask;
                copied = value.end;
                end = value.end;
            }
        }
        i = end;
    }
    return result += text.substr(copied);
}

// "Bearer x" and "Basic x", in whatever header they stand.
std::string masked_schemes(std::string text) {
    for (const std::string_view scheme : {"Bearer ", "bearer ", "Basic ", "basic "})
        for (std::size_t at = text.find(scheme); at != std::string::npos; at = text.find(scheme, at)) {
            const std::size_t begin = at + scheme.size();
            const std::size_t end = std::min(text.find_first_of(" \t\r\n\"',;", begin), text.size());
            at = begin;
            if (end > begin) text.replace(begin, end - begin, k_mask);
        }
    return text;
}

}  // namespace

bool is_secret_name(std::string_view name) {
    std::string plain;
    for (const char c : last_part(name))
        plain += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto ends_as_word = [&](std::string_view word) {
        return plain.ends_with(word) &&
               (plain.size() == word.size() || plain[plain.size() - word.size() - 1] == '-');
    };
    return std::any_of(k_endings.begin(), k_endings.end(),
                       [&](std::string_view ending) { return plain.ends_with(ending); }) ||
           std::any_of(k_words.begin(), k_words.end(), ends_as_word);
}

std::string masked(std::string_view text) {
    return masked_schemes(masked_values(masked_urls(text)));
}

std::map<std::string, std::string> masked_values(const std::map<std::string, std::string>& values) {
    std::map<std::string, std::string> result;
    for (const auto& [name, value] : values)
        result.emplace(name, is_secret_name(name) ? std::string(k_mask) : masked(value));
    return result;
}

std::vector<std::string> masked_command(const std::vector<std::string>& words) {
    std::vector<std::string> result;
    bool secret = false;  // the word before is a flag whose value this word is
    for (const std::string& word : words) {
        result.push_back(secret ? std::string(k_mask) : masked(word));
        const std::string_view flag =
            std::string_view(word).substr(std::min(word.find_first_not_of('-'), word.size()));
        secret = word.starts_with('-') && word.find('=') == std::string::npos &&
                 (word == "-u" || word == "--user" || is_secret_name(flag));
    }
    return result;
}

}  // namespace joust
