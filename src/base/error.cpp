#include "base/error.hpp"

#include <cerrno>
#include <system_error>

namespace joust {

std::string errno_text(int error_number) {
    return std::error_code(error_number, std::generic_category()).message();
}

std::string errno_text() {
    return errno_text(errno);
}

}  // namespace joust
