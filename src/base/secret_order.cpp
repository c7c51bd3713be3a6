#include "base/secret_order.hpp"

#include <sys/random.h>

namespace joust {

SecretOrder::SecretOrder(const Key& key) : key_(key) {
    for (RoundKey& round : key_) {  // by an even factor, bits of the number would be lost to the mix
        round.first |= 1U;
        round.second |= 1U;
    }
}

SecretOrder SecretOrder::drawn() {
    Key key;
    // Up to 256 bytes are given whole and without interruption once the kernel's pool is ready (random(7)).
    static_assert(sizeof key <= 256);
    while (::getrandom(&key, sizeof key, 0) != static_cast<ssize_t>(sizeof key)) {
    }
    return SecretOrder(key);
}

std::uint64_t SecretOrder::number_at(std::uint64_t place) const {
    std::uint64_t left = place >> k_half_bits & k_half;
    std::uint64_t right = place & k_half;
    for (auto key = key_.rbegin(); key != key_.rend(); ++key) {
        const std::uint64_t before = right ^ mix(left, *key);
        right = left;
        left = before;
    }
    return left << k_half_bits | right;
}

}  // namespace joust
