#include "model/observed_files.hpp"

namespace joust::model {

std::string_view name(FileDeed deed) {
    constexpr std::array<std::string_view, 4> names{"created", "written", "read", "removed"};
    return names[static_cast<std::size_t>(deed)];
}

std::int64_t count(const FileEffects& files, FileDeed deed) {
    switch (deed) {
        case FileDeed::created:
            return files.created;
        case FileDeed::written:
            return files.written;
        case FileDeed::read:
            return files.read;
        case FileDeed::removed:
            break;
    }
    return files.removed;
}

void add(ObservedFiles& sum, const ObservedFiles& more) {
    sum.slices += more.slices;
    sum.watched += more.watched;
    sum.requests += more.requests;
    sum.requests_least += more.requests_least;
    sum.seen.created += more.seen.created;
    sum.seen.written += more.seen.written;
    sum.seen.read += more.seen.read;
    sum.seen.removed += more.seen.removed;
    sum.opened += more.opened;
}

}  // namespace joust::model
