#include "base/random.hpp"

namespace joust {

Random random_for(std::uint64_t seed, std::string_view purpose) {
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;  // FNV-1a over the purpose's bytes, from the seed
    for (const char byte : purpose)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
    return Random(hash);
}

std::uint64_t uniform_below(Random& random, std::uint64_t bound) {
    const std::uint64_t limit = Random::max() - Random::max() % bound;
    std::uint64_t drawn = random();
    while (drawn >= limit)
        drawn = random();
    return drawn % bound;
}

double uniform_open(Random& random) {
    return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
}

}  // namespace joust
