#pragma once

namespace joust::cli {

/// From now on SIGINT and SIGTERM ask to stop instead of ending the program; SIGPIPE is ignored. A second
/// signal ends it at once (the guardian then cleans up).
void catch_interruptions();
/// The signal that asked to stop, 0 if none did.
int interruption();

}  // namespace joust::cli
