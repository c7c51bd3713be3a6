#pragma once

#include <functional>
#include <thread>

#include "base/error.hpp"

namespace joust {

/// A thread of its own for `work`. Where the system allows no more of them (limit of processes, or no memory
/// for a stack) nothing runs, and the error (io) names the limits.
Result<std::thread> start_thread(std::function<void()> work);

/// The error (io) of a program that got no more memory; names the limit where there is one.
Error out_of_memory();

}  // namespace joust
