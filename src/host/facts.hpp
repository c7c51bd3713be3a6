#pragma once

#include "base/file.hpp"
#include "model/host_facts.hpp"

namespace joust::host {

/// Facts of this host as they are now. What cannot be read is left empty or "unknown". `directory` is where
/// the run's data will lie; a file of 4 KiB is written and synced there some twenty times, then removed.
model::HostFacts read_facts(const Path& directory);

/// Memory of this host: all of it, and what could be had now without swapping.
struct HostMemory {
    Bytes total;
    Bytes available;
};
HostMemory read_host_memory();

/// The storage part alone.
model::StorageFacts read_storage_facts(const Path& directory);

/// Fails (unsupported) where the storage is a RAM disk, for data that are to be durable.
Status check_durable(const model::StorageFacts& storage);

}  // namespace joust::host
