#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <fstream>
#include <string>

#include "base/text.hpp"
#include "unit/host/support.hpp"

namespace joust::test {

/// A file system of its own, small enough to be filled. Needs root.
class SmallDisk {
public:
    /// `size` as tmpfs has it: "size=160m", "nr_inodes=3".
    explicit SmallDisk(const std::string& size) {
        if (::mount("joust-test", place_.path().c_str(), "tmpfs", 0, size.c_str()) != 0)
            ADD_FAILURE() << "this test needs the right to mount: " << errno_text();
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() { ::umount2(place_.path().c_str(), MNT_DETACH); }

    [[nodiscard]] const Path& path() const { return place_.path(); }
    /// Takes what is left but for some KiB.
    void fill() const {
        std::ofstream file(path() / "ballast", std::ios::binary);
        const std::string block(64 * 1024, 'x');
        while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
        }
    }

private:
    TempDirectory place_;
};

}  // namespace joust::test
