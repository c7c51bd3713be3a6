#include "runtime/log_text.hpp"

#include <fstream>

#include "base/text.hpp"

namespace joust::runtime {

std::uint64_t log_size(const Path& log) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(log, missing);
    return missing ? 0 : size;
}

std::string log_text(const Path& log, std::uint64_t offset) {
    constexpr std::uint64_t most = 64 * 1024;
    const std::uint64_t size = log_size(log);
    if (size > most && offset < size - most) offset = size - most;
    std::ifstream file(log);
    file.seekg(static_cast<std::streamoff>(offset));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string log_ending(const Path& log, std::uint64_t offset, std::size_t lines) {
    const std::string text = log_text(log, offset);
    if (trimmed(text).empty()) return "; it printed nothing";
    return fmt::format("; its last lines:\n{}", last_lines(trimmed(text), lines));
}

}  // namespace joust::runtime
