#!/usr/bin/env python3
"""CPU per request of load generators, side by side in one run.

Each generator is pinned to one core, nginx to the other; they alternate in random order. Prints medians and ratios to
the reference with the middle 95 % of a bootstrap. What is not on the path is named and left out.
"""
import argparse
import json
import pathlib
import random
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = """daemon off; worker_processes 1; worker_cpu_affinity {mask}; pid {place}/pid; error_log {place}/errors;
events {{ worker_connections 20000; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s;
 client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u;
 scgi_temp_path {place}/s;
 server {{ listen 127.0.0.1:{port} backlog=4096;
  location / {{ default_type text/plain; return 200 "hello, world\\n"; }} }} }}"""


def generators(arguments, url):
    joust = [str(ROOT / "build/release/joust"), "load", url, "-c", arguments.connections, "-d", f"{arguments.seconds}s",
             "--expect-status", 200, "--expect-body", "hello", "--json", "-"]
    def joust_count(text):
        return json.loads(text)["requests"]["started"]
    def wrk_count(text):
        return int(re.search(r"(\d+) requests in", text)[1])
    return {
        "joust, io_uring": ([*joust, "--io", "uring"], joust_count),
        "joust, epoll": ([*joust, "--io", "epoll"], joust_count),
        "wrk": (["wrk", "-t1", f"-c{arguments.connections}", f"-d{arguments.seconds}s", url], wrk_count),
    }


def measure(command, count):
    """CPU µs per request, user and system, and requests per second of wall time."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(["taskset", "-c", "0", *map(str, command)], capture_output=True, text=True, check=True)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    requests = count(done.stdout)
    return cpu * 1e6 / requests, requests / wall


def interval(pairs):
    draws = sorted(statistics.median(random.choices(pairs, k=len(pairs))) for _ in range(2000))
    return draws[50], draws[-51]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--port", type=int, default=18099)
    parser.add_argument("--reference", default="wrk")
    arguments = parser.parse_args()
    place = tempfile.mkdtemp()
    config = pathlib.Path(place, "nginx.conf")
    config.write_text(CONFIG.format(place=place, port=arguments.port, mask="10"))
    server = subprocess.Popen(["nginx", "-c", config, "-e", f"{place}/errors"])
    try:
        time.sleep(1)
        tools = {}
        for name, (command, count) in generators(arguments, f"http://127.0.0.1:{arguments.port}/").items():
            if shutil.which(str(command[0])):
                tools[name] = (command, count)
            else:
                print(f"{name}: not on this machine")
        results = {name: [] for name in tools}
        for _ in range(arguments.rounds):
            for name in random.sample(list(tools), len(tools)):
                results[name].append(measure(*tools[name]))
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(place)
    reference = results[arguments.reference]
    print(f"{'':18} {'CPU µs/request':>15} {'requests/s':>11}   CPU ÷ {arguments.reference}")
    for name, rounds in results.items():
        ratios = [mine[0] / other[0] for mine, other in zip(rounds, reference)]
        low, high = interval(ratios)
        print(f"{name:18} {statistics.median(r[0] for r in rounds):15.2f} {statistics.median(r[1] for r in rounds):11.0f}"
              f"   {statistics.median(ratios):.2f} [{low:.2f}, {high:.2f}]")


if __name__ == "__main__":
    main()
