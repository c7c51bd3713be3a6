"""Counts what happens to the files of a folder, by inotify."""

import ctypes
import os
import select
import struct
from collections import Counter
from pathlib import Path

# <sys/inotify.h>
EVENTS = {0x100: "created", 0x8: "written", 0x10: "read", 0x200: "removed"}
HEADER = struct.Struct("iIII")  # watch, mask, cookie, length of the name that follows
libc = ctypes.CDLL(None, use_errno=True)


class FileWatch:
    """`written` and `read` are closings of files that were open for writing, and for reading only."""

    def __init__(self, folder: Path) -> None:
        self.fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0 or libc.inotify_add_watch(self.fd, bytes(folder), sum(EVENTS)) < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def __enter__(self) -> "FileWatch":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)

    def seen(self) -> tuple[Counter[str], set[bytes]]:
        """Counts by event, and the files' names."""
        counts: Counter[str] = Counter()
        names = set()
        while select.select([self.fd], [], [], 0)[0]:
            data = os.read(self.fd, 1 << 16)
            while data:
                _, mask, _, length = HEADER.unpack_from(data)
                counts[EVENTS[mask]] += 1
                names.add(data[HEADER.size : HEADER.size + length].rstrip(b"\0"))
                data = data[HEADER.size + length :]
        return counts, names
