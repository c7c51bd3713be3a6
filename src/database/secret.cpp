#include "database/secret.hpp"

#include <sys/random.h>

#include <array>

#include "base/error.hpp"

namespace joust::database {

std::string random_password() {
    std::array<unsigned char, 16> bytes{};
    // Up to 256 bytes are given whole and without interruption once the kernel's pool is ready (random(7)).
    while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    }
    std::string text;
    for (const unsigned char byte : bytes)
        text += fmt::format("{:02x}", byte);
    return text;
}

}  // namespace joust::database
