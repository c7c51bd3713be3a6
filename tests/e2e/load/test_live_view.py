"""The live view of `joust load`, on a terminal of its own."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time
import unicodedata

import pytest

from test_load import JOUST, server  # noqa: F401  (a fixture)

CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    def __init__(self, columns, rows):
        self.master, self.slave = pty.openpty()
        self.output = b""
        self.resize(columns, rows)

    def resize(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        try:
            while chunk := os.read(self.master, 65536):
                self.output += chunk
        except OSError:  # the last writer is gone
            pass

    def run(self, *arguments, halfway=None, **environment):
        process = subprocess.Popen(
            [JOUST, "load", *map(str, arguments)], stdout=subprocess.PIPE, stderr=self.slave, stdin=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment},
        )
        reader = threading.Thread(target=self.read)
        reader.start()
        if halfway:
            halfway(self)
        stdout = process.communicate(timeout=60)[0].decode()
        os.close(self.slave)
        reader.join()
        os.close(self.master)
        assert process.returncode == 0
        return stdout, self.output.decode().replace("\r\n", "\n")


def frames(text):
    """What was painted, one frame after the other, without control sequences."""
    return [CONTROL.sub("", frame).replace("\r", "") for frame in text.split("\x1b[J") if frame.strip()]


@pytest.mark.parametrize("columns, rows", [(80, 24), (200, 50), (44, 9), (30, 5)])
def test_every_frame_fits_the_terminal(server, columns, rows):
    stdout, text = Terminal(columns, rows).run(server.url, "-d", "2s", "-c", 4)
    painted = frames(text)
    assert len(painted) >= 2
    for frame in painted:
        lines = frame.split("\n")
        assert len(lines) < rows and all(len(line) < columns for line in lines)
    assert "\x1b" not in stdout and "self-check" in stdout
    assert text.endswith("\x1b[J")  # nothing of it stays


def columns_of(line):
    """What a terminal takes for it, joined emoji apart."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in line)
    return wide + sum(unicodedata.category(c) not in ("Mn", "Me", "Cf") for c in line)


@pytest.mark.parametrize("columns, rows", [(61, 24), (50, 6)])
@pytest.mark.parametrize("path", ["日本語" * 20, "🚀" * 40, "e\u0301" * 50, "\u009b31m" * 20])
def test_wide_and_combining_characters_do_not_break_it(server, columns, rows, path):
    _, text = Terminal(columns, rows).run(server.url + path, "-d", "1s", "-c", 4)
    painted = frames(text)
    assert painted
    for frame in painted:
        lines = frame.split("\n")
        assert len(lines) < rows and all(columns_of(line) < columns for line in lines), frame
    assert "\u009b" not in text


def test_rate_percentiles_errors_and_histogram_are_shown(server):
    _, text = Terminal(80, 24).run(server.url, "-d", "3s", "-c", 4)
    painted = "".join(frames(text))
    for word in (server.url, "rate", "p50", "p99.9", "errors     none", "in flight", "█", "measuring"):
        assert word in painted
    assert "\x1b[1m" in text


def test_no_color_is_honoured(server):
    _, text = Terminal(80, 24).run(server.url, "-d", "1s", "-c", 4, NO_COLOR="1")
    assert frames(text) and not re.search(r"\x1b\[[0-9;]*m", text)


def test_it_is_ascii_where_the_locale_is_not_utf8(server):
    stdout, text = Terminal(80, 24).run(server.url, "-d", "2s", "-c", 4, LC_ALL="POSIX")
    assert frames(text) and text.isascii() and stdout.isascii()
    assert "#" in frames(text)[-1]


def test_a_terminal_that_becomes_smaller_gets_smaller_frames(server):
    def halfway(terminal):
        while terminal.output.count(b"\x1b[J") < 3:
            time.sleep(0.05)
        terminal.resize(44, 10)

    _, text = Terminal(100, 30).run(server.url, "-d", "3s", "-c", 4, halfway=halfway)
    last = frames(text)[-1].split("\n")
    assert len(last) < 10 and all(len(line) < 44 for line in last)


def test_a_dumb_terminal_gets_no_live_view(server):
    _, text = Terminal(80, 24).run(server.url, "-d", "1s", "-c", 4, TERM="dumb")
    assert text == ""
