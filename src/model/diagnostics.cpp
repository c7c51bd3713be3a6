#include "model/diagnostics.hpp"

#include <algorithm>

namespace joust::model {

std::string Diagnostic::text() const {
    if (line == 0) return fmt::format("{}: {}", file, message);
    return fmt::format("{}:{}:{}: {}", file, line, column, message);
}

void Diagnostics::add(Diagnostic diagnostic) {
    const auto place = std::lower_bound(all_.begin(), all_.end(), diagnostic);
    if (place == all_.end() || *place != diagnostic) all_.insert(place, std::move(diagnostic));
}

Error Diagnostics::error() const {
    std::string text;
    for (const Diagnostic& diagnostic : all_)
        text += (text.empty() ? "" : "\n") + diagnostic.text();
    return {ErrorKind::bad_input, text};
}

}  // namespace joust::model
