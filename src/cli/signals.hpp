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

/// Nothing is left to do but to print: the first signal that comes now ends the program with its exit code,
/// so that a pipe that nobody reads keeps nobody waiting. One that came before has had its effect.
class EndsWhilePrinting {
public:
    EndsWhilePrinting();
    ~EndsWhilePrinting();
    EndsWhilePrinting(const EndsWhilePrinting&) = delete;
    EndsWhilePrinting& operator=(const EndsWhilePrinting&) = delete;
};

}  // namespace joust::cli
