#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include "unit/host/support.hpp"

namespace joust::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JOUST_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JOUST_SANITIZER 1
#endif
#endif

#ifdef JOUST_SANITIZER
inline constexpr bool k_memory_is_ours = false;  // a sanitizer keeps what was freed
#else
inline constexpr bool k_memory_is_ours = true;
#endif

/// "VmRSS", "VmHWM" of this process, in bytes.
inline std::size_t memory(const std::string& field) {
    const std::string status = text_of("/proc/self/status");
    const std::size_t at = status.find(field + ":");
    return std::strtoull(status.c_str() + at + field.size() + 1, nullptr, 10) * 1024;
}

/// By how many bytes the memory of this process grew at most while it worked; 0 under a sanitizer.
template <typename Work>
std::size_t memory_growth(Work&& work) {
    ::malloc_trim(0);
    const std::size_t before = memory("VmRSS");
    std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
    work();
    const std::size_t peak = memory("VmHWM");
    return k_memory_is_ours ? peak - std::min(peak, before) : 0;
}

}  // namespace joust::test
