#!/usr/bin/env python3
"""Fails on a header that does not compile alone: each one is the only include of an otherwise empty file.

The build does not show it, since its precompiled headers stand before everything. With --budget, the headers that
changed last come first (changes.py says since when), and what the budget did not reach is said and is no failure.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

from changes import ROOT, base, changed

# The libraries whose headers lie in folders of their own.
LIBRARIES = subprocess.run(["pkg-config", "--cflags", "libpq"], check=True, text=True, stdout=subprocess.PIPE).stdout
COMPILER = [os.environ.get("CXX", "g++"), "-std=c++20", "-fsyntax-only", "-Isrc", "-Itests", '-DJOUST_SOURCE_DIR=""', *LIBRARIES.split(),
            "-x", "c++", "-"]


def complaint(header: pathlib.Path, deadline: float) -> str | None:
    """What the compiler says against it; None when the budget was used up before."""
    if time.monotonic() > deadline:
        return None
    unit = f'#include "{header}"\n'
    done = subprocess.run(COMPILER, cwd=ROOT, input=unit, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return f"{header} does not compile alone:\n{done.stdout}" if done.returncode else ""


def main() -> int:
    parser = argparse.ArgumentParser(description="Fails on a header that does not compile alone.")
    parser.add_argument("--budget", type=float, default=float("inf"), metavar="SECONDS")
    deadline = time.monotonic() + parser.parse_args().budget

    headers = {path.relative_to(ROOT) for top in ("src", "tests") for path in (ROOT / top).rglob("*.hpp")}
    newest_first = [path for path in map(pathlib.Path, changed(base())) if path in headers]
    order = list(dict.fromkeys([*newest_first, *sorted(headers)]))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda header: complaint(header, deadline), order))
    complaints = [text for text in results if text]
    late = sum(1 for text in results if text is None)
    print(*complaints, sep="\n")
    print(f"headers: {len(order) - late} looked at, {len(complaints)} do not compile alone"
          + (f"; {late} that changed longer ago not reached" if late else ""))
    return 1 if complaints or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
