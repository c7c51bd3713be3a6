#include "cli/temporary.hpp"

#include <cstdlib>

#include "base/text.hpp"
#include "base/tree.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {

Result<Path> results_or_temporary(const Path& named) {
    if (!named.empty()) return named;
    std::error_code failed;
    std::string pattern = (std::filesystem::temp_directory_path(failed) / "joust-XXXXXX").string();
    if (failed || ::mkdtemp(pattern.data()) == nullptr)
        return fail(ErrorKind::io, "cannot make a temporary directory: {}", errno_text());
    return Path(pattern);
}

Status remove_or_tell(const Path& results, bool temporary, bool told_all) {
    std::error_code failed;
    const bool nothing = std::filesystem::is_empty(results, failed) || failed;  // not there is nothing, too
    if (temporary && (told_all || nothing)) return remove_tree(results);
    if (!nothing) terminal::tell("the run is kept in {}\n", printable(results.string()));
    return {};
}

}  // namespace joust::cli
