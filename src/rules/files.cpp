#include "rules/files.hpp"

#include <utility>

namespace joust::rules {
namespace {

bool enough(const model::ObservedFiles& files, model::FileDeed deed, std::int64_t seen) {
    const auto each = static_cast<std::uint64_t>(model::count(files.contract, deed));
    return std::cmp_greater_equal(seen, each * files.requests_least);
}

}  // namespace

std::vector<model::FileDeed> files_missed(const model::ObservedFiles& files) {
    std::vector<model::FileDeed> missed;
    if (!files.evaluated()) return missed;
    for (const model::FileDeed deed : model::k_file_deeds) {
        const bool read = deed == model::FileDeed::read;
        // A file that is mapped into memory is read unseen.
        const std::int64_t at_most = model::count(files.seen, deed) + (read ? files.opened : 0);
        if (!enough(files, deed, at_most)) missed.push_back(deed);
    }
    return missed;
}

bool files_as_contract(const model::ObservedFiles& files) {
    return files.evaluated() && files_missed(files).empty() &&
           enough(files, model::FileDeed::read, files.seen.read);
}

}  // namespace joust::rules
