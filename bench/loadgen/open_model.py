#!/usr/bin/env python3
"""What the open model costs beside the closed one, and beside its timers alone: CPU per request, schedule lag.

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


def timers(ahead: list[str], rate: int, seconds: int) -> dict:
    """What sleeping until each due time costs, and how late it is, with nothing to send."""
    command = [*ahead, "taskset", "-c", "0", str(RELEASE / "bench/joust_timer_floor"), str(rate), str(seconds)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def told(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f}, {max(values):.{digits}f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--port", type=int, default=18097)
    parser.add_argument("--rate", type=int, help="requests per second; half of the closed model's rate without it")
    parser.add_argument("--realtime", action="store_true")
    arguments = parser.parse_args()
    ahead = ["chrt", "--rr", "10"] if arguments.realtime else []
    url = f"http://127.0.0.1:{arguments.port}/"
    print(f"load average {os.getloadavg()[0]:.1f}; medians [least, most] of {arguments.rounds} rounds; ÷: of the closed "
          "model's CPU time per request in the same round")
    print(f"{'':12} {'rate/s':>8}  {'µs/request':22} {'÷ closed':20} {'late p50, µs':22} late p99.9, µs")
    with nginx(arguments.port, "10", ahead):
        for backend in ("uring", "epoll"):
            rates, of = [], {name: ([], [], [], []) for name in (backend, "timers alone")}
            for _ in range(arguments.rounds):
                closed = load(ahead, url, backend, arguments.seconds, ["-c", "64"])
                cost = closed["generator"]["cpu_us_per_request"]
                rate = arguments.rate or round(closed["throughput_rps"] / 2)
                rates.append(rate)
                opened = load(ahead, url, backend, arguments.seconds, ["--rate", str(rate)])
                bare = timers(ahead, rate, arguments.seconds)
                for name, micros, late in ((backend, opened["generator"]["cpu_us_per_request"], opened["schedule_lag_ns"]),
                                           ("timers alone", bare["cpu_us_per_due"], bare["late_ns"])):
                    for column, value in zip(of[name], (micros, micros / cost, late["p50"] / 1e3, late["p999"] / 1e3)):
                        column.append(value)
            for name, (micros, ratios, median, tail) in of.items():
                print(f"{name:12} {statistics.median(rates):8.0f}  {told(micros, 2):22} {told(ratios, 2):20} "
                      f"{told(median, 0):22} {told(tail, 0)}", flush=True)


if __name__ == "__main__":
    main()
