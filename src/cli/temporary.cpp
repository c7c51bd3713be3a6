#include "cli/temporary.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"
#include "base/tree.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

// None of a directory that is not there.
std::set<std::string> names_in(const Path& directory) {
    std::set<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator here(directory, error), end; !error && here != end;
         here.increment(error))
        names.insert(here->path().filename().string());
    return names;
}

}  // namespace

Result<Results> results_or_temporary(const Path& named) {
    if (!named.empty()) return Results{named, false, names_in(named)};
    std::error_code failed;
    std::string pattern = (std::filesystem::temp_directory_path(failed) / "joust-XXXXXX").string();
    if (failed || ::mkdtemp(pattern.data()) == nullptr)
        return fail(ErrorKind::io, "cannot make a temporary directory: {}", errno_text());
    return Results{pattern, true, {}};
}

Status remove_or_tell(const Results& results, bool told_all) {
    const std::set<std::string> names = names_in(results.path);
    const bool nothing =
        std::includes(results.before.begin(), results.before.end(), names.begin(), names.end());
    if (results.temporary && (told_all || nothing)) return remove_tree(results.path);
    if (!nothing) terminal::tell("the run is kept in {}\n", printable(results.path.string()));
    return {};
}

}  // namespace joust::cli
