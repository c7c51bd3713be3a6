#pragma once

#include <string>

namespace joust::database {

/// 128 bits of the kernel's randomness as 32 hexadecimal digits: needs no quoting in SQL or a URL.
std::string random_password();

}  // namespace joust::database
