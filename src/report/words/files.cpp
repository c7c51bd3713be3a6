#include "report/words/files.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace joust::report::words {
namespace {

using model::FileDeed;

std::string_view verb(FileDeed deed) {
    constexpr std::array<std::string_view, 4> verbs{"created", "wrote", "read", "removed"};
    return verbs[static_cast<std::size_t>(deed)];
}

std::string missed_text(const model::ObservedFiles& files, FileDeed deed) {
    if (deed == FileDeed::read && files.seen.read == 0) return "read none of its files back";
    return fmt::format("{} {} files per request, contract {}", verb(deed), files_per_request(files, deed),
                       model::count(files.contract, deed));
}

}  // namespace

Prose about_files() {
    return "What was done to files of the contender's scratch folder for each request that was answered "
           "rightly in slices of the window, whose places the seed decides. A request that was under way at "
           "the edge of a slice may lie in it in part, so that a figure may be a little off its contract; at "
           "least those told " +
           emphasis("as a whole") +
           " were begun and answered in it, and it is against them that the contract is held. " +
           emphasis("Read") + " counts files that were read after they were written.";
}

Prose files_alone_declared() {
    return "The workload declares what a request does to files, and no rows: what it changes in the database "
           "was not counted.";
}

std::string files_per_request(const model::ObservedFiles& files, FileDeed deed) {
    if (files.requests == 0) return "–";
    return fmt::format(
        "{:.1f}", static_cast<double>(model::count(files.seen, deed)) / static_cast<double>(files.requests));
}

std::string files_missed(const model::ObservedFiles& files, const std::vector<FileDeed>& missed) {
    std::vector<std::string> parts;
    const bool created = std::find(missed.begin(), missed.end(), FileDeed::created) == missed.end();
    if (!created && files.seen.created == 0)
        parts.emplace_back("made no files in its scratch folder");
    else
        for (const FileDeed deed : missed)
            parts.push_back(missed_text(files, deed));
    return fmt::format("{} ({} requests in the {:.2f} s watched, at least {} of them as a whole)",
                       joust::joined(parts, "; "), files.requests, seconds(files.watched),
                       files.requests_least);
}

std::optional<std::string> files_left(const std::string& entrant, const model::ObservedFiles& files) {
    if (!files.declared()) return std::nullopt;
    if (!files.not_evaluated.empty())
        return fmt::format("Files were not counted in a trial of {}: {}", entrant, files.not_evaluated);
    const auto least = files.contract.read * static_cast<std::int64_t>(files.requests_least);
    if (files.seen.read >= least || files.opened == 0) return std::nullopt;
    return fmt::format(
        "Files of {} were opened to be read, but no read of them was seen, as where they are mapped into "
        "memory: that proves nothing",
        entrant);
}

}  // namespace joust::report::words
