#include "files/diagnostics.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace joust::files {

std::string Diagnostic::text() const {
    if (line == 0) return fmt::format("{}: {}", file, message);
    return fmt::format("{}:{}:{}: {}", file, line, column, message);
}

std::string unknown_name(std::string_view what, std::string_view name,
                         const std::vector<std::string>& known) {
    return fmt::format("there is no {} \"{}\"; {}", what, name,
                       known.empty() ? "there are none here" : "write one of: " + joined(known, ", "));
}

void Diagnostics::add(Diagnostic diagnostic) {
    const auto place = std::lower_bound(all_.begin(), all_.end(), diagnostic);
    if (place != all_.end() && *place == diagnostic) return;
    ++total_;
    if (all_.size() < k_most) all_.insert(place, std::move(diagnostic));
}

Error Diagnostics::error() const {
    std::string text;
    for (const Diagnostic& diagnostic : all_)
        text += (text.empty() ? "" : "\n") + diagnostic.text();
    if (total_ > all_.size()) text += fmt::format("\nand {} more", total_ - all_.size());
    return {ErrorKind::bad_input, text};
}

}  // namespace joust::files
