#pragma once

#include <string>
#include <vector>

namespace joust::terminal {

/// Rewrites a block of lines in place, also when the terminal has been resized in between.
class Painter {
public:
    /// Control sequences and text that replace what was painted last.
    std::string paint(const std::vector<std::string>& lines, int columns);
    /// Control sequences that remove what was painted last.
    std::string erase(int columns);

private:
    std::vector<std::string> lines_;  ///< painted last, without colours; the cursor is on the last one
};

}  // namespace joust::terminal
