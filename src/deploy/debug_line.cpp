#include "deploy/debug_line.hpp"

#include <algorithm>
#include <vector>

#include "base/directory.hpp"
#include "base/text.hpp"

namespace joust::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_files = 10'000;
constexpr std::size_t k_most_bytes = std::size_t{1} << 20U;

struct Setting {
    int line = 0;
    bool on = false;
    bool indented = false;
};

bool is_part_of_name(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// "DEBUG = True", "DEBUG: bool = True"; nothing for what only has the word, such as "DEBUG == True".
std::optional<Setting> setting_in(std::string_view text, int line) {
    constexpr std::string_view k_name = "DEBUG";
    constexpr std::string_view k_true = "True";
    const std::string_view word = trimmed(text);
    if (!word.starts_with(k_name)) return std::nullopt;
    std::string_view rest = trimmed(word.substr(k_name.size()));
    if (rest.starts_with(':')) rest.remove_prefix(std::min(rest.find('='), rest.size()));
    if (!rest.starts_with('=') || rest.starts_with("==")) return std::nullopt;
    rest = trimmed(rest.substr(1));
    const bool on =
        rest.starts_with(k_true) && (rest.size() == k_true.size() || !is_part_of_name(rest[k_true.size()]));
    return Setting{.line = line, .on = on, .indented = text.front() != k_name.front()};
}

std::vector<Setting> settings_that_count(std::string_view content) {
    std::vector<Setting> indented;
    std::optional<Setting> last;
    int line = 0;
    for (const std::string_view text : split(content, '\n')) {
        const auto setting = setting_in(text, ++line);
        if (setting && setting->indented) indented.push_back(*setting);
        if (setting && !setting->indented) last = setting;
    }
    return last ? std::vector{*last} : indented;
}

// By name, so that the same sources tell the same line.
std::vector<Path> python_files(const Path& source) {
    std::vector<Path> files;
    std::error_code failed;
    auto entry =
        fs::recursive_directory_iterator(source, fs::directory_options::skip_permission_denied, failed);
    for (; !failed && entry != fs::recursive_directory_iterator() && files.size() < k_most_files;
         entry.increment(failed)) {
        std::error_code unknown;
        const fs::file_status status = entry->symlink_status(unknown);
        if (fs::is_directory(status) && fs::exists(entry->path() / "pyvenv.cfg", unknown))
            entry.disable_recursion_pending();
        if (fs::is_regular_file(status) && entry->path().extension() == ".py") files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

std::optional<model::SourceLine> debug_line(const Path& source) {
    std::optional<model::SourceLine> found;
    for (const Path& file : python_files(source)) {
        const auto folder = Directory::open(file.parent_path());
        const auto content =
            folder ? folder->read(file.filename(), k_most_bytes) : tl::unexpected(folder.error());
        if (!content) continue;
        for (const Setting& setting : settings_that_count(*content)) {
            if (!setting.on) return std::nullopt;
            if (!found)
                found = {.file = printable(file.lexically_relative(source).string()), .line = setting.line};
        }
    }
    return found;
}

}  // namespace joust::deploy
