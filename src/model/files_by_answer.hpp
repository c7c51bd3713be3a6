#pragma once

#include <cstdint>

namespace joust::model {

/// What of each of some requests, sent one after the other, had been done to files when it was answered.
struct FilesByAnswer {
    std::uint64_t requests = 0;  ///< all of them answered rightly, and nothing of their files was missed
    std::uint64_t in_time = 0;   ///< with all that they declare
    std::uint64_t late = 0;      ///< … a moment after the answer only
    bool held_up = false;  ///< files took long to open, so that work beside the answer is not done sooner
    friend bool operator==(const FilesByAnswer&, const FilesByAnswer&) = default;
};

}  // namespace joust::model
