#!/usr/bin/env python3
"""User-space instructions per request, without a kernel: the same on every machine.

Counts a load thread's work between a transport in memory and its histograms with valgrind's callgrind: the closed
model with 64 users, the same with heads of answers that are never like the one before, and the open model; status and
body checked, time stamps on. Then answers of io-intensive, each with another execution_time: `json` with their JSON
checked, `unchecked` without: the difference is the check's own cost. Two runs of different length are subtracted, so
that start and end do not count.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Per request, of the release build by GCC 12 (Debian 12); GCC 14 (Debian 13) differs by less than 1 %. To update: run this
# script, and say in the commit why the figure changed.
COMMITTED = {"closed": 1579, "open": 1746, "changing": 3601, "json": 4962, "unchecked": 1445}
MOST_GROWTH = 0.05
SHORT, LONG = 2_000, 22_000


def collected(program: pathlib.Path, requests: int, model: str) -> int:
    with tempfile.NamedTemporaryFile() as profile:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile.name}", program, str(requests)]
        done = subprocess.run([*command, model], capture_output=True, text=True)
        # The profile's format is documented; what valgrind prints is not.
        found = re.search(r"^totals: (\d+)", pathlib.Path(profile.name).read_text(), re.MULTILINE)
    if done.returncode != 0 or not found or done.stdout.strip() != str(requests):
        raise SystemExit(f"{program} under valgrind: exit code {done.returncode}: {done.stdout}{done.stderr}")
    return int(found[1])


def per_request(program: pathlib.Path, model: str) -> float:
    return (collected(program, LONG, model) - collected(program, SHORT, model)) / (LONG - SHORT)


def verdict(counted: float, committed: float) -> str:
    if counted > committed * (1 + MOST_GROWTH):
        return "grown"
    return "shrunk: commit the new figure" if counted < committed * (1 - MOST_GROWTH) else "as committed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bench/joust_instructions")
    arguments = parser.parse_args()
    grown = False
    for model, committed in COMMITTED.items():
        counted = per_request(arguments.program, model)
        judged = verdict(counted, committed)
        grown = grown or judged == "grown"
        print(f"{model}: {counted:.0f} instructions per request; committed: {committed}; {judged}")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
