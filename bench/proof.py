#!/usr/bin/env python3
"""What the proof of effects costs: CPU per operation of the contender and of the database, with and without it.

The workload as it is shipped and one that declares no effects, so that nothing is kept, watched or read to prove them,
take turns at the same constant rate, in random order. Each round gives one ratio; printed are their geometric mean and
its 95 % interval (Student's t over the logarithms).
"""
import argparse
import json
import math
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
MOST_COST = 1.01
# Two-sided 95 % quantiles of Student's t by degrees of freedom; beyond, the next lower one is used, which is wider.
T_QUANTILES = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228,
               12: 2.179, 15: 2.131, 20: 2.086, 30: 2.042}
PARTIES = ("contender", "database")


def installation(place: pathlib.Path, proven: bool) -> pathlib.Path:
    """A folder with the shipped files; where nothing is to be proven, the workload declares no effects."""
    for folder in ("benchmarks", "workloads", "contenders"):
        shutil.copytree(ROOT / folder, place / folder)
    if not proven:
        workload = place / "workloads" / "io-intensive.toml"
        workload.write_text(re.sub(r"(?ms)^\[operations\.effects.*?(?=^\[(?!operations\.effects)|\Z)", "", workload.read_text()))
    return place


def cpu_us_per_operation(place: pathlib.Path, arguments: argparse.Namespace, contender: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as results:
        # Where another run measures, this one waits for a moment and has to be begun again.
        command = [arguments.program.resolve(), "run", "io-intensive", "--contenders", contender, "--levels", str(arguments.rate),
                   "--duration", arguments.duration, "--blocks", "1", "--set", 'load.model="open"', "--results", results]
        for _ in range(arguments.patience):
            done = subprocess.run(command, cwd=place, capture_output=True, text=True)
            if "another run of joust" not in done.stderr:
                break
        lines = list(pathlib.Path(results).glob("2*/trials.jsonl"))
        if not lines:
            raise SystemExit(f"{place}: exit code {done.returncode}: {done.stderr[-2000:]}")
        trial = json.loads(lines[0].read_text().splitlines()[0])
    if trial["error_rate"] > 0.01 or trial["completed_in_window"] == 0:
        raise SystemExit(f"{contender} does not serve {arguments.rate} requests per second: choose a lower --rate")
    if (trial.get("audit") is not None) != (place.name == "with"):
        raise SystemExit(f"{place.name} proof, and the audit is {trial.get('audit')}")
    return {party: (trial[f"{party}_cpu_user_s"] + trial[f"{party}_cpu_system_s"]) * 1e6 / trial["completed_in_window"]
            for party in PARTIES}


def ratio_text(ratios: list[float]) -> str:
    logs = [math.log(ratio) for ratio in ratios]
    mean = statistics.fmean(logs)
    if len(logs) < 2:
        return f"{math.exp(mean):.3f}"
    degrees = max(known for known in T_QUANTILES if known <= len(logs) - 1)
    half = T_QUANTILES[degrees] * statistics.stdev(logs) / math.sqrt(len(logs))
    low, high = math.exp(mean - half), math.exp(mean + half)
    judged = "met" if high <= MOST_COST else "missed" if low > MOST_COST else "not decided"
    return f"{math.exp(mean):.3f} [{low:.3f}, {high:.3f}]; at most {MOST_COST}: {judged}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/joust")
    parser.add_argument("--contenders", default="fastapi,django")
    parser.add_argument("--rate", type=int, default=80, help="requests per second")
    parser.add_argument("--duration", default="10s")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--patience", type=int, default=20, help="how often a run is begun where another one measures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        places = [installation(pathlib.Path(folder) / name, name == "with") for name in ("with", "without")]
        for contender in arguments.contenders.split(","):
            ratios: dict[str, list[float]] = {party: [] for party in PARTIES}
            for _ in range(arguments.rounds):
                measured = {place.name: cpu_us_per_operation(place, arguments, contender)
                            for place in random.sample(places, k=len(places))}
                for party in PARTIES:
                    ratios[party].append(measured["with"][party] / measured["without"][party])
            for party in PARTIES:
                print(f"{contender}, CPU per operation of the {party}, with ÷ without: {ratio_text(ratios[party])}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
