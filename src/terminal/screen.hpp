#pragma once

namespace joust::terminal {

/// What stderr is, as far as progress is concerned.
struct Screen {
    bool terminal = false;  ///< a live line is redrawn; otherwise plain lines are appended
    bool colours = false;
    int columns = 100;
    int rows = 24;
    bool utf8 = false;  ///< the locale's encoding
};
/// Looks at stderr, NO_COLOR, TERM and the locale.
Screen screen();
/// Whether the environment names a locale in UTF-8.
bool utf8_locale();

}  // namespace joust::terminal
