#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::cli {

/// A file that a flag of the command line names; "" where the flag is not given, "-" for stdout.
struct NamedFile {
    std::string flag;
    Path path;
};

/// bad_input, before anything is measured for it, where an output cannot be written, or where it would
/// replace another output, an input, or the file that stdout or stderr goes to: by whatever path or link they
/// are named.
Status check_output_files(std::span<const NamedFile> outputs, std::span<const NamedFile> inputs);

/// Writes `content` to the file, or to stdout for "-".
Status write_output(const Path& path, std::string_view content);

}  // namespace joust::cli
