#pragma once

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <memory>
#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "load/address.hpp"
#include "load/transport/arrival_clock.hpp"
#include "load/transport/patience.hpp"

namespace joust::load {

/// A connection's place in its thread, 0-based; reused after close().
using ConnectionId = std::uint32_t;

/// What a transport tells its user, all from within wait().
class TransportEvents {
public:
    /// An attempt to connect has ended: with `error` 0 it is connected, else `error` is an errno, and the
    /// connection is still to be closed. A Unix socket whose server accepts too slowly has EAGAIN.
    virtual void on_connected(ConnectionId id, int error, TimePoint now) = 0;
    /// Bytes have come. The answer is true while more is awaited before the answer of the server is whole, so
    /// that an end of the connection would cut it.
    virtual bool on_data(ConnectionId id, std::string_view bytes, const Arrival& arrival) = 0;
    /// The peer ended the connection (`error` 0) or it broke; it is still to be closed. Bytes that had come
    /// before were told before.
    virtual void on_ended(ConnectionId id, int error, TimePoint now) = 0;
    /// The bytes given to send() went to the kernel now, later than send() was called.
    virtual void on_submitted(ConnectionId id, TimePoint now) = 0;

protected:
    ~TransportEvents() = default;
};

/// The connections of one load thread; used by that thread alone, but for wake(). Two implementations of
/// equal standing: epoll and io_uring.
class Transport {
public:
    virtual ~Transport() = default;
    /// Begins to connect; on_connected() follows. The result is 0 or an errno; then it does not, and nothing
    /// is to be closed. `address` outlives the connection.
    virtual int open(ConnectionId id, const Address& address) = 0;
    /// Makes the connection `from`, in its on_connected(), the connection `to`, of which there is none. The
    /// result is 0 or an errno; then there is neither.
    virtual int move(ConnectionId from, ConnectionId to) = 0;
    /// Sends all of `bytes`, which must stay as they are until the answer begins or the connection is closed.
    /// Where a write fails, what has come is read first, then on_ended follows. Not while sending().
    virtual void send(ConnectionId id, std::string_view bytes) = 0;
    /// Part of the bytes has not gone to the kernel yet, or never will.
    [[nodiscard]] virtual bool sending(ConnectionId id) const = 0;
    /// Nothing more is heard of the connection.
    virtual void close(ConnectionId id) = 0;
    /// Hands pending sends to the kernel, waits for events until `until` (not at all if that is past),
    /// delivers them. May let several come together, as far as `patience` goes.
    virtual void wait(TimePoint until, Patience patience, TransportEvents& events) = 0;
    /// Ends the current wait(), or the next one. It may be called from any thread.
    virtual void wake() = 0;
    [[nodiscard]] virtual std::uint64_t clock_steps() const = 0;
    /// How often the kernel had no memory for the transport's own calls; they are made again.
    [[nodiscard]] virtual std::uint64_t calls_without_memory() const { return 0; }
};

/// The transport for at most `connections` connections, to be used by the calling thread.
Result<std::unique_ptr<Transport>> make_epoll_transport(std::size_t connections);
Result<std::unique_ptr<Transport>> make_uring_transport(std::size_t connections);
/// Tries every feature that the io_uring transport needs, on a ring of its own; the error says what is
/// missing.
Status probe_uring();

/// The kernel's receive time stamp in a received message; zero when there is none.
timespec receive_stamp(const msghdr& message);

/// The bytes that a socket had at the moment.
struct Received {
    std::string_view bytes;  ///< empty: an error, or the end of the stream
    int error = 0;           ///< EAGAIN: nothing now
    Arrival arrival;
};
/// The errno that a connection ended with, 0 for an orderly end, from what reading said and from what sending
/// said before, if it failed.
constexpr int end_of(int read_error, int write_error) {
    // A server that closes its side in good order resets what is still sent to it: a write then fails with
    // EPIPE. One that resets at once makes it ECONNRESET, and the read after that says nothing any more.
    return read_error != 0 || write_error == EPIPE ? read_error : write_error;
}
/// Nothing has come and sending has failed: whether reading may still bring something. A Unix socket may have
/// been closed for one direction.
constexpr bool may_be_answered(int write_error) {
    return write_error == 0 || write_error == EPIPE;
}

/// Reads into `buffer`, without waiting.
Received receive_now(int fd, std::span<char> buffer, const ArrivalClock& clock);

}  // namespace joust::load
