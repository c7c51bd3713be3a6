#!/usr/bin/env python3
"""What the open model costs beside the closed one: CPU per request at half of the closed model's rate, schedule lag.

Joust on one core, nginx on the other, both backends; rounds alternate. --realtime as in compare.py.
"""
import argparse
import json
import os
import statistics
import subprocess

from compare import nginx
from generators import RELEASE

CHECKS = ["--expect-status", "200", "--expect-body", "hello", "-t", "1", "--json", "-"]


def load(ahead: list[str], url: str, backend: str, seconds: int, how: list[str]) -> dict:
    command = [*ahead, "timeout", "-s", "KILL", str(seconds * 3 + 20), "taskset", "-c", "0", str(RELEASE / "joust"), "load",
               url, "--io", backend, "-d", f"{seconds}s", *how, *CHECKS]
    return json.loads(subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--port", type=int, default=18097)
    parser.add_argument("--realtime", action="store_true")
    arguments = parser.parse_args()
    ahead = ["chrt", "--rr", "10"] if arguments.realtime else []
    url = f"http://127.0.0.1:{arguments.port}/"
    print(f"load average {os.getloadavg()[0]:.1f}")
    with nginx(arguments.port, "10", ahead):
        for backend in ("uring", "epoll"):
            ratios, rates, lags, costs = [], [], [], []
            for _ in range(arguments.rounds):
                closed = load(ahead, url, backend, arguments.seconds, ["-c", "64"])
                rate = round(closed["throughput_rps"] / 2)
                opened = load(ahead, url, backend, arguments.seconds, ["--rate", str(rate)])
                rates.append(rate)
                costs.append(opened["generator"]["cpu_us_per_request"])
                ratios.append(costs[-1] / closed["generator"]["cpu_us_per_request"])
                lags.append(opened["schedule_lag_ns"]["p999"] / 1e3)
            print(f"{backend}: {statistics.median(rates):.0f} requests/s, {statistics.median(costs):.2f} µs/request, "
                  f"{statistics.median(ratios):.2f} of the closed model's [{min(ratios):.2f}, {max(ratios):.2f}], "
                  f"lag p99.9 {statistics.median(lags):.0f} µs [{min(lags):.0f}, {max(lags):.0f}]", flush=True)


if __name__ == "__main__":
    main()
