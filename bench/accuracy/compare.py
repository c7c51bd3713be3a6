#!/usr/bin/env python3
"""Latency truths, and what load generators say of them.

For every scenario of the published table (1000 requests per second for 60 s, see tests/support/scenario.cpp) the truth
in closed form, and what each generator reports of the same scripted server, one after the other. Open-loop tools offer
1000 requests per second; closed-loop ones get ten connections, which make 1000 per second at 10 ms. --scale 0.1 plays
everything in a tenth of the time. The last column says how late the server itself was, which is no generator's doing:
where it is not small against what is measured, the host was too busy for the row to say anything. What is not installed is named (bench/peers/install.sh installs it).

    ninja -C build/release joust scripted_server && bench/accuracy/compare.py --scale 0.1
"""
import argparse
import csv
import json
import math
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = ROOT / "build/release/tests/scripted_server"
RATE = 1000
QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999, 1.0)
# The rows of the published table, in ms.
TRUTHS = {
    "healthy": (10, 10, 10, 10, 10, 10),
    "one_stall": (10, 10, 10, 411, 951, 1010),
    "service_time_ramps": (40, 100, 100, 100, 100, 100),
    "periodic_stalls": (10, 10, 10, 111, 201, 210),
    "limit_not_binding": (10, 10, 10, 10, 10, 10),
    "limit_binding": (30000, 54000, 57000, 59400, 59940, 60010),
}
# A tenth of the time also makes a stall a tenth as long; its tail goes with it, the service time does not.
SCALED_TAILS = ("one_stall", "periodic_stalls")


def truth(scenario, scale):
    row = TRUTHS[scenario]
    if scenario == "limit_binding":
        return tuple(value * scale for value in row)
    if scenario in SCALED_TAILS:
        return tuple(10 if value == 10 else (value - 10) * scale + 10 for value in row)
    return row


def exact(values_ms):
    """Percentiles of all values, by rank."""
    values = sorted(values_ms)
    return tuple(values[max(1, math.ceil(quantile * len(values) - 1e-9)) - 1] for quantile in QUANTILES)


class Job:
    """What a generator is asked for: seconds, and the URL of the server."""

    def __init__(self, url, seconds, place):
        self.url, self.seconds, self.place = url, seconds, place

    @property
    def count(self):
        return round(RATE * self.seconds)

    def run(self, *command, output=None):
        done = subprocess.run(list(map(str, command)), stdout=output or subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=self.place, timeout=self.seconds * 4 + 120)
        # k6 and Joust have exit codes for what they found out about the run.
        if done.returncode not in (0, 3, 99):
            raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-300:]}")
        return (done.stdout or b"").decode()


def joust(*flags):
    def measure(job):
        result = json.loads(job.run(ROOT / "build/release/joust", "load", job.url, "-d", f"{job.seconds}s", "--timeout",
                                    "120s", "--json", "-", *flags))
        times = result["response_time_ns"]
        return tuple(times[key] / 1e6 for key in ("p50", "p90", "p95", "p99", "p999", "max"))
    return measure


def wrk(job):
    script = pathlib.Path(job.place, "report.lua")
    script.write_text("done = function(_, latency) for _, p in ipairs({50, 90, 95, 99, 99.9}) do "
                      "io.write('at ', latency:percentile(p), '\\n') end io.write('at ', latency.max, '\\n') end")
    text = job.run("wrk", "-t1", "-c10", f"-d{max(1, round(job.seconds))}s", "--timeout", "120s", "-s", script, job.url)
    return percentiles_of_wrk(text)


def percentiles_of_wrk(text):
    """Of what the script above prints, in microseconds."""
    found = tuple(float(value) / 1000 for value in re.findall(r"^at (\S+)$", text, re.M))
    if len(found) != len(QUANTILES):
        raise ValueError(f"wrk printed {len(found)} percentiles")
    return found


def ab(job):
    rows = pathlib.Path(job.place, "ab.tsv")
    job.run("ab", "-q", "-k", "-c", 10, "-t", max(1, round(job.seconds)), "-n", job.count * 10, "-s", 120, "-g", rows,
            job.url)
    return percentiles_of_ab(rows.read_text())


def percentiles_of_ab(rows):
    """Of its -g file, a row per request; in whole milliseconds."""
    return exact([float(row["ttime"]) for row in csv.DictReader(rows.splitlines(), delimiter="\t")])


def hey(job):
    text = job.run("hey", "-z", f"{job.seconds}s", "-c", 10, "-q", RATE // 10, "-t", 120, "-o", "csv", job.url)
    return percentiles_of_hey(text)


def percentiles_of_hey(text):
    """Of its CSV, a row per request, in seconds."""
    return exact([float(row["response-time"]) * 1000 for row in csv.DictReader(text.splitlines())])


def vegeta(job):
    targets, results = pathlib.Path(job.place, "targets"), pathlib.Path(job.place, "results")
    targets.write_text(f"GET {job.url}\n")
    job.run("vegeta", "attack", "-rate", RATE, "-duration", f"{job.seconds}s", "-timeout", "120s", "-max-workers", 40000,
            "-targets", targets, "-output", results)
    return percentiles_of_vegeta(job.run("vegeta", "encode", "-to", "csv", results))


def percentiles_of_vegeta(text):
    """Of its CSV, a row per request without a header; the third column is the latency in nanoseconds."""
    return exact([int(row[2]) / 1e6 for row in csv.reader(text.splitlines())])


def oha(*flags):
    def measure(job):
        text = job.run("oha", "--no-tui", "-z", f"{job.seconds}s", "-t", "120s", "--output-format", "json", *flags, job.url)
        return percentiles_of_oha(text)
    return measure


def percentiles_of_oha(text):
    """Of its JSON, in seconds. Without an answer in time they are null, which is no figure."""
    result = json.loads(text)
    at = [result["latencyPercentiles"][key] for key in ("p50", "p90", "p95", "p99", "p99.9")]
    at.append(result["summary"]["slowest"])
    if None in at:
        raise ValueError("oha had no answer")
    return tuple(1000 * value for value in at)


def k6(executor):
    def measure(job):
        script, summary = pathlib.Path(job.place, "load.js"), pathlib.Path(job.place, "k6.json")
        script.write_text(
            "import http from 'k6/http';\nexport const options = { summaryTrendStats: "
            "['p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max'], scenarios: { all: %s } };\n"
            "export default function () { http.get('%s', { timeout: '120s' }); }\n"
            % (json.dumps(executor(job)), job.url))
        job.run("k6", "run", "--quiet", "--no-usage-report", "--summary-export", summary, script)
        return percentiles_of_k6(summary.read_text())
    return measure


def percentiles_of_k6(text):
    """Of its summary export, in milliseconds; a connection is there already in all but the first requests."""
    times = json.loads(text)["metrics"]["http_req_duration"]
    return tuple(times[key] for key in ("p(50)", "p(90)", "p(95)", "p(99)", "p(99.9)", "max"))


def k6_users(job):
    return {"executor": "constant-vus", "vus": 10, "duration": f"{job.seconds}s", "gracefulStop": "120s"}


def k6_rate(job):
    return {"executor": "constant-arrival-rate", "rate": RATE, "timeUnit": "1s", "duration": f"{job.seconds}s",
            "preAllocatedVUs": 1500, "maxVUs": 3000, "gracefulStop": "120s"}


GENERATORS = {
    "Joust --rate, io_uring": (None, joust("--rate", RATE, "--io", "uring")),
    "Joust --rate, epoll": (None, joust("--rate", RATE, "--io", "epoll")),
    "Joust, 10 users": (None, joust("-c", 10)),
    "vegeta": ("vegeta", vegeta),
    "k6, arrival rate": ("k6", k6(k6_rate)),
    "k6, 10 users": ("k6", k6(k6_users)),
    "oha -q, corrected": ("oha", oha("-c", 1500, "-q", RATE, "--latency-correction")),
    "oha -q": ("oha", oha("-c", 10, "-q", RATE)),
    "hey -q": ("hey", hey),
    "wrk": ("wrk", wrk),
    "ab": ("ab", ab),
}


def measure(name, scenario, scale):
    """Percentiles in ms, and what the server says of itself."""
    server = subprocess.Popen([SERVER, scenario, str(scale)], stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as place:
            found = GENERATORS[name][1](Job(url, 60 * scale, place))
    finally:
        server.send_signal(signal.SIGTERM)
        rest = server.stdout.read()
        server.wait()
    return found, json.loads(rest)


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def row(title, values, true=None):
    """A value that misses the truth by more than 2 % + 1 ms is marked."""
    cells = []
    for i, value in enumerate(values):
        off = true is not None and abs(value - true[i]) > true[i] * 0.02 + 1
        cells.append(f"{number(value)} ✗" if off else number(value))
    return f"| {title} | " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1, help="fraction of the 60 s (default 1)")
    parser.add_argument("--only", action="append", default=[], help="generators whose name begins so; may be repeated")
    parser.add_argument("--scenario", action="append", choices=list(TRUTHS), help="may be repeated; default: all")
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / "build/peers/bin", help="where generators are")
    arguments = parser.parse_args()
    os.environ["PATH"] = f"{arguments.peers}:{os.environ['PATH']}"
    chosen = []
    for name, (program, _) in GENERATORS.items():
        if arguments.only and not any(name.startswith(only) for only in arguments.only):
            continue
        if program is None or shutil.which(program):
            chosen.append(name)
        else:
            print(f"{name}: not on this machine", file=sys.stderr)
    for scenario in arguments.scenario or TRUTHS:
        true = truth(scenario, arguments.scale)
        print(f"\n**{scenario}**, {60 * arguments.scale:g} s, in ms:\n")
        print("| | p50 | p90 | p95 | p99 | p99.9 | max | server late, p99 |")
        print("| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        print(row("truth", true) + " |", flush=True)
        for name in chosen:
            try:
                found, server = measure(name, scenario, arguments.scale)
                late_ms = server.get("late_p99_us", 0) / 1000
                print(row(name, found, true) + f" {late_ms:.2f} |", flush=True)
            except (RuntimeError, KeyError, ValueError, OSError, subprocess.TimeoutExpired) as error:
                print(f"{scenario}, {name}: {error!r}", file=sys.stderr)


if __name__ == "__main__":
    main()
