#pragma once

namespace joust::cli {

/// From now on SIGINT, SIGTERM and SIGHUP ask to stop instead of ending the program; SIGPIPE is ignored. A
/// SIGINT or SIGTERM that comes over a second later ends it at once (the guardian then cleans up). After
/// SIGHUP nothing is printed on the terminal that has gone; where it was ignored before (nohup), it stays
/// ignored.
void catch_interruptions();
/// The signal that asked to stop, 0 if none did.
int interruption();

/// While nothing has been begun that would have to be ended, a caught signal ends the program at once with
/// its exit code, whatever blocks: the look-up of a name, a pipe that is read. One that came before does so,
/// too.
class EndsAtOnce {
public:
    EndsAtOnce();
    ~EndsAtOnce();
    EndsAtOnce(const EndsAtOnce&) = delete;
    EndsAtOnce& operator=(const EndsAtOnce&) = delete;
};

}  // namespace joust::cli
