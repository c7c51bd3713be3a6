#!/usr/bin/env python3
"""Do slices narrow the interval? Two designs with the same measured time, in turns, under the same steal.

whole    per pair: A for 8 s, then B for 8 s (order drawn)
slices   per pair: A B B A A B B A in slices of 2 s (or B A A B …), the resting one stopped by the freezer (cgroups v1)

Each pair has fresh processes. Both services are the same: an answer costs 2 ms of CPU, give or take 2 % from process to
process, so the true ratio scatters around 1. An injector takes CPU time of the services' CPU in bursts of 20 ms; its
share is an AR(1) lognormal with the median and the correlation time that are given, and its CPU time is known, as a
hypervisor's would be. Prints for each design the standard deviation of the pairs' log ratios, as measured and adjusted
to equal steal (least squares on the difference), and how much narrower slices are.

Needs root, cgroups v1 with the freezer, and two CPUs with nothing else to do.
"""
import argparse
import json
import math
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FREEZER = pathlib.Path("/sys/fs/cgroup/freezer")
SLICE_S, SLICES = 2.0, 8
SERVICE = '''
import socket, sys, time
port, cost = int(sys.argv[1]), float(sys.argv[2])
ANSWER = b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok"
import selectors
listener = socket.create_server(("127.0.0.1", port), backlog=64)
listener.setblocking(False)
selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in selector.select():
        if key.fileobj is listener:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ)
            continue
        data = key.fileobj.recv(4096)
        if not data:
            selector.unregister(key.fileobj)
            key.fileobj.close()
            continue
        until = time.thread_time() + cost
        while time.thread_time() < until:
            pass
        key.fileobj.sendall(ANSWER)
'''
INJECTOR = '''
import math, os, random, sys, time
median, correlation, told, seed = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3], int(sys.argv[4])
os.sched_setaffinity(0, {0}); os.setpriority(os.PRIO_PROCESS, 0, -20)
draw, level, last = random.Random(seed), 0.0, time.monotonic()
while os.getppid() != 1:
    now = time.monotonic(); keep = math.exp(-(now - last) / correlation); last = now
    level = level * keep + draw.gauss(0, 1) * 0.6 * math.sqrt(1 - keep * keep)
    share = min(0.5, median * math.exp(level))
    until = time.thread_time() + 0.02
    while time.thread_time() < until: pass
    with open(told + ".new", "w") as file: file.write(str(time.thread_time()))
    os.rename(told + ".new", told)
    time.sleep(0.02 * (1 - share) / share * draw.uniform(0.5, 1.5))
'''


class Service:
    def __init__(self, name: str, port: int, draw: random.Random) -> None:
        self.port = port
        self.process = subprocess.Popen([sys.executable, "-c", SERVICE, str(port), str(0.002 * math.exp(draw.gauss(0, 0.02)))])
        os.sched_setaffinity(self.process.pid, {0})
        self.group = FREEZER / f"joust-slices-{name}"
        self.group.mkdir(exist_ok=True)
        (self.group / "cgroup.procs").write_text(str(self.process.pid))
        while subprocess.run([ROOT / "build/release/joust", "load", f"http://127.0.0.1:{port}/", "-c", "1", "-n", "1"],
                             capture_output=True, check=False).returncode:
            time.sleep(0.05)

    def freeze(self, frozen: bool) -> None:
        (self.group / "freezer.state").write_text("FROZEN" if frozen else "THAWED")
        wanted = "FROZEN" if frozen else "THAWED"
        while (self.group / "freezer.state").read_text().strip() != wanted:
            time.sleep(0.0005)

    def load(self, seconds: float) -> float:
        """Answers per second."""
        ran = subprocess.run(["taskset", "-c", "1", ROOT / "build/release/joust", "load", f"http://127.0.0.1:{self.port}/", "-c", "4",
                              "-d", f"{int(seconds * 1000)}ms", "--warmup", "100ms", "--json", "-"],
                             capture_output=True, text=True, check=False)
        return json.loads(ran.stdout)["goodput_rps"]

    def end(self) -> None:
        self.freeze(False)
        self.process.kill()
        self.process.wait()
        self.group.rmdir()


def pair(design: str, draw: random.Random, told: pathlib.Path) -> tuple[float, float]:
    """Log ratio A ÷ B, and the difference of steal."""
    services = {"a": Service("a", 18801, draw), "b": Service("b", 18802, draw)}
    order = ["a", "b"] if draw.random() < 0.5 else ["b", "a"]
    turns = [order[0], order[1], order[1], order[0]] * (SLICES // 4) if design == "slices" else order
    length = SLICE_S if design == "slices" else SLICE_S * SLICES / 2
    answers, stolen, measured = {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 0.0}
    try:
        for name in services:
            services[name].load(0.5)
        for turn in turns:
            for name, service in services.items():
                service.freeze(design == "slices" and name != turn)
            before, begun = float(told.read_text()), time.monotonic()
            answers[turn] += services[turn].load(length) * length
            took = time.monotonic() - begun
            stolen[turn] += float(told.read_text()) - before
            measured[turn] += took
    finally:
        for service in services.values():
            service.end()
    return (math.log(answers["a"] / answers["b"]), stolen["a"] / measured["a"] - stolen["b"] / measured["b"])


def adjusted(pairs: list[tuple[float, float]]) -> float:
    """Standard deviation of what is left after least squares on the difference of steal."""
    ratios, steals = [one[0] for one in pairs], [one[1] for one in pairs]
    mean, middle = statistics.mean(ratios), statistics.mean(steals)
    spread = sum((steal - middle) ** 2 for steal in steals)
    slope = sum((steal - middle) * (ratio - mean) for ratio, steal in pairs) / spread
    left = [ratio - mean - slope * (steal - middle) for ratio, steal in pairs]
    return math.sqrt(sum(one * one for one in left) / (len(pairs) - 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20, help="of each design")
    parser.add_argument("--steal", type=float, default=0.04, help="median share")
    parser.add_argument("--correlation", type=float, default=10, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    told = pathlib.Path("/tmp/joust-slices-steal")
    told.write_text("0")
    injector = subprocess.Popen([sys.executable, "-c", INJECTOR, str(arguments.steal), str(arguments.correlation), told,
                                 str(arguments.seed)])
    found: dict[str, list[tuple[float, float]]] = {"whole": [], "slices": []}
    try:
        for _ in range(arguments.pairs):
            for design in draw.sample(list(found), 2):
                found[design].append(pair(design, draw, told))
                print(f"{design}: {found[design][-1][0]:+.4f}, steal {found[design][-1][1]:+.4f}", file=sys.stderr, flush=True)
    finally:
        injector.send_signal(signal.SIGKILL)
        injector.wait()
        told.unlink()
    raw = {design: statistics.stdev(one[0] for one in pairs) for design, pairs in found.items()}
    fair = {design: adjusted(pairs) for design, pairs in found.items()}
    print(f"| steal {arguments.steal:.0%}, {arguments.correlation:g} s, {arguments.pairs} pairs each | whole | slices | slices narrower by |")
    print("| --- | ---: | ---: | ---: |")
    for what, values in (("as measured", raw), ("adjusted to equal steal", fair)):
        print(f"| {what} | {values['whole']:.2%} | {values['slices']:.2%} | {1 - values['slices'] / values['whole']:.0%} |")


if __name__ == "__main__":
    main()
