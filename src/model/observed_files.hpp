#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "model/workload.hpp"

namespace joust::model {

/// What a request does to a file, each a count of FileEffects.
enum class FileDeed : std::uint8_t { created, written, read, removed };
inline constexpr std::array k_file_deeds{FileDeed::created, FileDeed::written, FileDeed::read,
                                         FileDeed::removed};
/// "created", …
std::string_view name(FileDeed deed);
std::int64_t count(const FileEffects& files, FileDeed deed);

/// What the requests of a trial did to files of the contender's scratch folder, in slices of the window whose
/// places nobody can foresee.
struct ObservedFiles {
    /// What the workload declares for each request. All 0: nothing is declared, and nothing was counted.
    FileEffects contract;
    std::string not_evaluated;   ///< why the slices prove nothing; "" where they do
    std::uint64_t slices = 0;    ///< in which nothing was missed
    Nanoseconds watched{0};      ///< their lengths together
    std::uint64_t requests = 0;  ///< answered rightly in the slices
    /// Of these, how many at least were begun in their slice too, so that all of their work lies in it.
    std::uint64_t requests_least = 0;
    FileEffects seen;  ///< files that were created, written, read after it, removed in the slices
    /// Files that were opened to be read after they were written, but of which no read was seen: one that is
    /// mapped into memory shows none.
    std::int64_t opened = 0;

    [[nodiscard]] bool declared() const { return contract != FileEffects{}; }
    [[nodiscard]] bool evaluated() const { return declared() && not_evaluated.empty(); }
    friend bool operator==(const ObservedFiles&, const ObservedFiles&) = default;
};

/// Adds what was seen in other slices; the order does not matter.
void add(ObservedFiles& sum, const ObservedFiles& more);

}  // namespace joust::model
