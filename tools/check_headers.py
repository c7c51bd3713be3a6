#!/usr/bin/env python3
"""Fails on a header that does not compile alone: each one is the only include of an otherwise empty file.

The build does not show it, since its precompiled headers stand before everything.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The libraries whose headers lie in folders of their own.
LIBRARIES = subprocess.run(["pkg-config", "--cflags", "libpq"], check=True, text=True, stdout=subprocess.PIPE).stdout
COMPILER = [os.environ.get("CXX", "g++"), "-std=c++20", "-fsyntax-only", "-Isrc", "-Itests", '-DJOUST_SOURCE_DIR=""', *LIBRARIES.split(),
            "-x", "c++", "-"]


def complaint(header: pathlib.Path) -> str:
    unit = f'#include "{header}"\n'
    done = subprocess.run(COMPILER, cwd=ROOT, input=unit, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return f"{header} does not compile alone:\n{done.stdout}" if done.returncode else ""


def main() -> int:
    headers = sorted(path.relative_to(ROOT) for top in ("src", "tests") for path in (ROOT / top).rglob("*.hpp"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [text for text in pool.map(complaint, headers) if text]
    print("\n".join(complaints) if complaints else f"headers: all {len(headers)} compile alone")
    return 1 if complaints or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
