#!/usr/bin/env python3
"""Runs clang-tidy on the C++ files that changed, newest change first, until a time budget is used up.

Changed as changes.py says. What the budget did not reach is said, and is not a failure: --all without a budget checks everything.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

from changes import ROOT, base, changed

TIDY = "clang-tidy-19"
# A flag of the compiler that made the database but not of clang is no finding, nor what GCC 12's library does within its
# stable sort (cmake/Toolchain.cmake).
OPTIONS = ["--quiet", "--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-deprecated-declarations"]


def units_of(names: list[str], database: list[str]) -> list[str]:
    """The translation units to check. A header stands for the unit of its name, where it is checked along."""
    known = set(database)
    units = [str(pathlib.Path(name).with_suffix(".cpp")) for name in names if name.endswith((".cpp", ".hpp"))]
    return [unit for unit in dict.fromkeys(units) if unit in known]


def without_precompiled(entries: list[dict], folder: pathlib.Path) -> pathlib.Path:
    """A database without the build's precompiled headers, which clang would parse again for each file: half the time."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = [entry | {"command": re.sub(r" -Winvalid-pch -include \S+", "", entry["command"])} for entry in entries]
    (folder / "compile_commands.json").write_text(json.dumps(plain))
    return folder


def tidy(unit: str, build: pathlib.Path, deadline: float) -> str | None:
    """Findings, or None when the budget was used up before this unit."""
    if time.monotonic() > deadline:
        return None
    done = subprocess.run([TIDY, *OPTIONS, "-p", str(build), unit], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return f"{unit}:\n{done.stdout}" if done.returncode else ""


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs clang-tidy on the C++ files that changed.")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/dev")
    parser.add_argument("--budget", type=float, default=float("inf"), metavar="SECONDS")
    parser.add_argument("--all", action="store_true", help="every file, not only the changed ones")
    arguments = parser.parse_args()

    entries = json.loads((arguments.build / "compile_commands.json").read_text())
    database = [os.path.relpath(entry["file"], ROOT) for entry in entries]
    build = without_precompiled(entries, arguments.build / "tidy")
    since = base()
    units = sorted(database) if arguments.all else units_of(changed(since), database)
    deadline = time.monotonic() + arguments.budget
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda unit: tidy(unit, build, deadline), units))
    found = [text for text in results if text]
    late = sum(1 for text in results if text is None)
    print(*found, sep="\n")
    what = "all" if arguments.all or not since else f"changed since {since[:10]}"
    print(f"clang-tidy: {len(units) - late} files ({what}), {len(found)} with findings"
          + (f"; {late} that changed longer ago not reached in {arguments.budget:.0f} s" if late else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
