#pragma once

#include <string>
#include <vector>

#include "report/report.hpp"
#include "report/words/prose.hpp"

namespace joust::report::words {

/// What was found, in few words, then what it rests on.
struct Statement {
    std::string lead;  ///< with its own punctuation: "fastapi against django: higher goodput."
    std::string text;
    std::string_view between = " ";  ///< of lead and text
};
/// The lead strong, then the text.
Prose prose(const Statement& statement);

/// What was found and why; each statement is made from the numbers that it cites, and is left out without
/// them.
std::vector<Statement> findings(const RunReport& run);

}  // namespace joust::report::words
