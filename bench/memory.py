#!/usr/bin/env python3
"""Peak memory of `joust load` by connections, and of the engine by requests: highest resident set.

Both backends against nginx with all connections open; then one load thread's work without a kernel, for a million and
for a hundred million requests (a minute of CPU).
The bounds are those of docs/performance.md; the exit code is 1 when one is missed.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
RELEASE = ROOT / "build/release"
sys.path.insert(0, str(ROOT / "bench/loadgen"))
from compare import nginx, wait_for  # noqa: E402

BOUNDS_MB = {1_000: 24, 10_000: 80}
SIMULATED = (1_000_000, 100_000_000)
MOST_GROWTH_MB = 1


def peak_mb(command: list[str]) -> tuple[float, str]:
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        process.returncode, _, peak = wait_for(process.pid)
        output.seek(0)
        return peak * 1024 / 1e6, output.read().decode()


def load_peak_mb(port: int, backend: str, connections: int) -> float:
    command = [str(RELEASE / "joust"), "load", f"http://127.0.0.1:{port}/", "-c", str(connections), "-d", "4s",
               "--expect-status", "200", "--expect-body", "hello", "--io", backend, "--json", "-"]
    peak, output = peak_mb(command)
    opened = json.loads(output)["connection_counts"]["peak"]
    if opened != connections:
        raise SystemExit(f"only {opened} of {connections} connections were open at once")
    return peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=18098)
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # nginx's share of 10 000 connections
    missed = False
    with nginx(arguments.port, "1" * (os.cpu_count() or 1), []):
        for backend in ("uring", "epoll"):
            for connections, bound in BOUNDS_MB.items():
                peak = load_peak_mb(arguments.port, backend, connections)
                missed = missed or peak > bound
                print(f"{backend}, {connections} connections: {peak:.1f} MB, wanted at most {bound} MB", flush=True)
    peaks = []
    for requests in SIMULATED:
        peaks.append(peak_mb([str(RELEASE / "bench/joust_instructions"), str(requests)])[0])
        print(f"without a kernel, {requests} requests: {peaks[-1]:.1f} MB", flush=True)
    return 1 if missed or peaks[-1] - peaks[0] > MOST_GROWTH_MB else 0


if __name__ == "__main__":
    sys.exit(main())
