#include "deploy/command.hpp"

#include <map>

#include "base/text.hpp"

namespace joust::deploy {
namespace {

Replacements replacements(const Placeholders& values) {
    Replacements known = {{"venv", values.venv.string()},
                          {"host", k_host},
                          {"database_url", values.database_url},
                          {"scratch", values.scratch.string()}};
    if (values.port) known.emplace_back("port", std::to_string(*values.port));
    return known;
}

// The names in "{name}" of lower-case letters and underscores; other braces are the program's own business.
std::vector<std::string> placeholders_in(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
        const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at + 1);
        if (end != std::string_view::npos && end > at + 1 && text[end] == '}')
            names.emplace_back(text.substr(at + 1, end - at - 1));
    }
    return names;
}

Result<std::string> fill(const std::string& text, const Replacements& known, const std::string& place) {
    std::vector<std::string> names;
    for (const auto& [name, value] : known)
        names.push_back(name);
    for (const std::string& name : placeholders_in(text)) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        const std::string close = nearest(name, names);
        return fail(ErrorKind::bad_input, "{} has {{{}}}, which is no placeholder here; {}there are {{{}}}",
                    place, name, close.empty() ? "" : fmt::format("did you mean {{{}}}? ", close),
                    joined(names, "} {"));
    }
    return filled(text, known);
}

}  // namespace

Result<FilledCommand> fill_command(const model::Contender& contender, const std::string& section,
                                   const model::Command& command, const Placeholders& values) {
    const Replacements known = replacements(values);
    const std::string manifest = contender.manifest.string();
    FilledCommand result;
    for (const std::string& word : command.argv) {
        JOUST_TRY(std::string text, fill(word, known, fmt::format("{}: {}.command", manifest, section)));
        result.argv.push_back(std::move(text));
    }
    std::map<std::string, std::string> environment = {
        {"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"HOME", values.scratch.string()}};
    for (const auto& [name, value] : command.environment) {
        JOUST_TRY(environment[name],
                  fill(value, known, fmt::format("{}: {}.environment.{}", manifest, section, name)));
    }
    result.environment.assign(environment.begin(), environment.end());
    return result;
}

}  // namespace joust::deploy
