#pragma once

#include <unistd.h>

#include <utility>

namespace joust {

/// Owns one file descriptor; closes it at the end of its life. Empty when default-constructed or moved from.
class Fd {
public:
    Fd() = default;
    /// Takes ownership of `raw`; a negative number makes an empty Fd, as failed system calls return.
    explicit Fd(int raw) : raw_(raw < 0 ? -1 : raw) {}
    Fd(Fd&& other) noexcept : raw_(std::exchange(other.raw_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) reset(std::exchange(other.raw_, -1));
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(-1); }

    [[nodiscard]] int get() const { return raw_; }
    [[nodiscard]] explicit operator bool() const { return raw_ >= 0; }
    /// Gives up ownership.
    [[nodiscard]] int release() { return std::exchange(raw_, -1); }
    void close() { reset(-1); }

private:
    void reset(int raw) {
        if (raw_ >= 0) ::close(raw_);
        raw_ = raw;
    }
    int raw_ = -1;
};

}  // namespace joust
