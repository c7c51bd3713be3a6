#include "cli/output_files.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

constexpr const char* k_stdout = "/proc/self/fd/1";
constexpr const char* k_stderr = "/proc/self/fd/2";

bool is_file(const NamedFile& file) {
    return !file.path.empty() && file.path != "-";
}

// Stdout too has a path by which others may be compared with it.
Path place_of(const NamedFile& file) {
    return file.path == "-" ? Path(k_stdout) : file.path;
}

// What is below these is written in place, beside what else goes there.
bool is_stream(const Path& path) {
    return path.string().starts_with("/dev/") || path.string().starts_with("/proc/");
}

Status check_alone(const NamedFile& output, std::span<const NamedFile> others) {
    for (const NamedFile& other : others)
        if (!other.path.empty() && same_file(place_of(output), place_of(other)))
            return fail(ErrorKind::bad_input, "{} {} and {} {} are the same file; write two names",
                        other.flag, printable(other.path.string()), output.flag,
                        printable(output.path.string()));
    return {};
}

Status check_apart_from_streams(const NamedFile& output) {
    if (is_stream(output.path)) return {};
    for (const auto& [stream, path] : {std::pair{"stdout", k_stdout}, {"stderr", k_stderr}})
        if (same_file(output.path, path))
            return fail(ErrorKind::bad_input, "{} {} is the file that {} goes to; write two names",
                        output.flag, printable(output.path.string()), stream);
    return {};
}

}  // namespace

Status check_output_files(std::span<const NamedFile> outputs, std::span<const NamedFile> inputs) {
    const auto on_stdout = std::count_if(outputs.begin(), outputs.end(),
                                         [](const NamedFile& output) { return output.path == "-"; });
    if (on_stdout > 1) {
        std::vector<std::string> flags;
        for (const NamedFile& output : outputs)
            flags.push_back(output.flag);
        return fail(ErrorKind::bad_input, "only one of {} can be -, for it is alone on stdout",
                    joined(flags, ", "));
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const NamedFile& output = outputs[i];
        if (is_file(output)) JOUST_CHECK(check_writable(output.path));
        if (!output.path.empty()) JOUST_CHECK(check_alone(output, outputs.first(i)));
        if (!is_file(output)) continue;
        JOUST_CHECK(check_alone(output, inputs));
        JOUST_CHECK(check_apart_from_streams(output));
    }
    return {};
}

Status write_output(const Path& path, std::string_view content) {
    return path == "-" ? terminal::print_text(content) : write_named(path, content);
}

}  // namespace joust::cli
