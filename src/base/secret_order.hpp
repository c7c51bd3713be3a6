#pragma once

#include <array>
#include <cstdint>

namespace joust {

/// A permutation of the numbers below 2⁴⁸ by a key: who sees places of numbers cannot tell the next one's. It
/// is a Feistel network of four rounds (Luby and Rackoff 1988), each with a keyed mix of its own, so that it
/// can be undone whatever the key. It withstands who has a trial's time to look at it; it is not meant to
/// hide anything for longer.
class SecretOrder {
public:
    /// Of one round; a mix by zeros is zero.
    struct RoundKey {
        std::uint64_t added = 0;
        std::uint64_t first = 0;
        std::uint64_t second = 0;
        friend bool operator==(const RoundKey&, const RoundKey&) = default;
    };
    using Key = std::array<RoundKey, 4>;
    static constexpr std::uint64_t k_numbers = std::uint64_t{1} << 48U;

    /// The order in which each number has its own place.
    SecretOrder() = default;
    explicit SecretOrder(const Key& key);
    /// By a key of the kernel's (getrandom(2)), that nothing tells: not a seed, and no file.
    static SecretOrder drawn();

    /// Of a number below k_numbers; below it, too.
    [[nodiscard]] std::uint64_t place(std::uint64_t number) const {
        std::uint64_t left = number >> k_half_bits & k_half;
        std::uint64_t right = number & k_half;
        for (const RoundKey& key : key_) {
            const std::uint64_t mixed = left ^ mix(right, key);
            left = right;
            right = mixed;
        }
        return left << k_half_bits | right;
    }
    /// The number whose place it is.
    [[nodiscard]] std::uint64_t number_at(std::uint64_t place) const;

    friend bool operator==(const SecretOrder&, const SecretOrder&) = default;

private:
    static constexpr unsigned k_half_bits = 24;
    static constexpr std::uint64_t k_half = (std::uint64_t{1} << k_half_bits) - 1;

    static std::uint64_t mix(std::uint64_t half, const RoundKey& key) {
        std::uint64_t mixed = (half + key.added) * key.first;
        mixed = (mixed ^ mixed >> 32U) * key.second;
        return mixed >> (64 - k_half_bits);
    }

    Key key_{};
};

}  // namespace joust
