#!/usr/bin/env python3
"""Are the verdicts right? Experiments whose answer is known, run for real, every one listed.

    aa                  Django against itself, one level, five pairs: hardly any may be judged different
    busier10, busier5   Django against itself with 10 % (5 %) more CPU work per request, five (twelve) pairs
    default             FastAPI against Django, `joust run io-intensive` as it stands
    *-injected          while a process takes 15 % of the contender's CPU in bursts of 20 ms; its CPU time is told to
                        Joust's reader of steal, as a hypervisor's would be
    *-untold            the same, told to nobody: Joust sees that others used the contender's CPU
    *-second, *-third   the same on other days and hosts, with seeds of their own
Lines made since `started` is in them also say on which host, how the verdict was reached, and each trial's goodput.

Seeds are in seeds.json, fixed before the first run; a seed that has a line in results/NAME.jsonl is not run again.
`run.py NAME [--runs N]` runs the next N (default: all that are left), `run.py --table` prints what there is.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SEEDS = json.loads((HERE / "seeds.json").read_text())
RESULTS = HERE / "results"
INJECTED_SHARE, BURST_S = 0.15, 0.020

# Spends a share more of the CPU time that the application took for each request, so that the truth is known.
BUSIER = '''import os
import time

from project.wsgi import application as plain

SHARE = float(os.environ["BUSIER_SHARE"])


def application(environ, start_response):
    begun = time.thread_time()
    answer = plain(environ, start_response)
    used = time.thread_time() - begun
    until = begun + used * (1 + SHARE)
    while time.thread_time() < until:
        pass
    return answer
'''


def workspace(place: pathlib.Path, share: float | None) -> None:
    """An installation with the shipped contenders, and `busier` where a share is given."""
    for folder in ("benchmarks", "workloads", "contenders"):
        shutil.copytree(ROOT / folder, place / folder)
    if share is None:
        return
    busier = place / "contenders" / "busier"
    shutil.copytree(ROOT / "contenders" / "django", busier)
    (busier / "project" / "busier.py").write_text(BUSIER)
    manifest = busier / "contender.toml"
    text = manifest.read_text().replace("project.wsgi:application", "project.busier:application")
    text = text.replace('name = "django"', 'name = "busier"', 1)
    manifest.write_text(text.replace("[start.environment]\n", f'[start.environment]\nBUSIER_SHARE = "{share}"\n', 1))


def benchmark(place: pathlib.Path, kind: str, seed: int) -> str:
    """Writes the benchmark of one run and returns its path."""
    text = (ROOT / "benchmarks" / "io-intensive.toml").read_text()
    head = text.split("[profiles.smoke]")[0].replace("seed = 1", f"seed = {seed}")
    if kind.split("-")[0] == "default":
        text = text.replace("seed = 1", f"seed = {seed}")
    else:
        blocks = 12 if kind == "busier5" else 5
        other = "busier" if kind.startswith("busier") else "django-again"
        head = re.sub(r"^levels = .*$", "levels = [8]", head, flags=re.MULTILINE)
        head = re.sub(r'^duration = "\S+"', 'duration = "3s"', head, flags=re.MULTILINE)
        head = re.sub(r"^blocks = .*$", f"blocks = {{ min = {blocks}, max = {blocks} }}", head, flags=re.MULTILINE)
        names = '"django"' if other == "django-again" else '"django", "busier"'
        head = re.sub(r"^contenders = .*$", f"contenders = [{names}]", head, flags=re.MULTILINE)
        if other == "django-again":
            head += '\n[[entrants]]\nlabel = "django-again"\ncontender = "django"\n'
        text = head + '\n[profiles.quick]\nload.warmup = { min = "2s", max = "6s" }\n'
    file = place / "benchmarks" / f"verdict-{kind}.toml"
    file.write_text(text)
    return str(file)


INJECTOR = '''import os, random, sys, time
cpu, share, burst, told = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
os.sched_setaffinity(0, {cpu})
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))  # a hypervisor asks nobody either
draw = random.Random(int(sys.argv[5]))
while os.getppid() != 1:
    until = time.thread_time() + burst
    while time.thread_time() < until:
        pass
    if told:
        with open(told + ".new", "w") as file:
            file.write(f"{cpu} {int(time.thread_time() * 1e9)}\\n")
        os.rename(told + ".new", told)
    time.sleep(draw.expovariate(share / (burst * (1 - share))))
'''


def is_disturbed(kind: str) -> bool:
    return bool({"injected", "untold"} & set(kind.split("-")))


@contextlib.contextmanager
def injected(kind: str, place: pathlib.Path, seed: int):
    """Runs the injector beside what is inside; yields what the environment of joust needs."""
    if not is_disturbed(kind):
        yield {}
        return
    told = str(place / "steal") if "injected" in kind.split("-") else ""
    injector = subprocess.Popen([sys.executable, "-c", INJECTOR, str(contender_cpu()), str(INJECTED_SHARE), str(BURST_S),
                                 told, str(seed)])
    try:
        while told and not os.path.exists(told):
            if injector.poll() is not None:
                raise SystemExit("the injector ended")
            time.sleep(0.01)
        yield {"JOUST_STEAL_FILE": told} if told else {}
    finally:
        injector.send_signal(signal.SIGKILL)
        injector.wait()


def contender_cpu() -> int:
    """With two CPUs and one for the contender Joust gives it the first that it may use itself."""
    return min(os.sched_getaffinity(0))


def one_run(kind: str, seed: int) -> dict:
    share = {"busier10": 0.10, "busier5": 0.05}.get(kind.split("-")[0])
    with tempfile.TemporaryDirectory() as text:
        place = pathlib.Path(text)
        workspace(place, share)
        with injected(kind, place, seed) as more:
            begun = time.monotonic()
            ran = subprocess.run([ROOT / "build/release/joust", "run", benchmark(place, kind, seed), "--results", place / "results"],
                                 cwd=place, env={**os.environ, **more}, stdin=subprocess.DEVNULL, capture_output=True,
                                 text=True, check=False)
            took = time.monotonic() - begun
        run = place / "results" / "latest"
        if not (run / "incremental_benchmark_results.json").exists():
            raise SystemExit(f"{kind} {seed}: exit {ran.returncode}\n{ran.stderr[-2000:]}")
        results = json.loads((run / "incremental_benchmark_results.json").read_text())
        trials = [json.loads(line) for line in (run / "trials.jsonl").read_text().splitlines()]
        environment = json.loads((run / "environment.json").read_text())
        where = {name: limits.get("cpu_set") for name, limits in environment["limits_in_force"].items()
                 if name.startswith("contender")}
        if any(cpu_set and cpu_set != [contender_cpu()] for cpu_set in where.values()) and is_disturbed(kind):
            raise SystemExit(f"the injector ran on CPU {contender_cpu()}, the contenders on {where}")
    pooled = {one["quantity"]: one for one in results["comparisons"] if one["level"] is None}
    goodput, cpu = pooled["goodput"], pooled["cpu_per_operation"]
    steal = sorted(trial.get("contender_steal_share", trial.get("steal_share")) or 0 for trial in trials)
    return {"seed": seed, "exit": ran.returncode, "took_s": round(took, 1), "pairs": goodput["pairs"],
            "ratio": goodput["ratio"], "low": goodput["ratio_low"], "high": goodput["ratio_high"],
            "verdict": goodput["verdict"], "measured_share": results.get("measured_share"),
            "first_block_p": {one["contender"]: one["first_p_value"] for one in results.get("block_effects", [])}, "doubt": goodput["doubt"], "why": goodput["why"],
            "cpu_ratio": cpu["ratio"], "cpu_low": cpu["ratio_low"], "cpu_high": cpu["ratio_high"], "steal_median": steal[len(steal) // 2],
            "started": environment["started"],
            "host": {name: environment["host"][name] for name in ("kernel", "cpu_model", "cpus_online", "load_average_1min")},
            "decided_by": goodput["decided_by"], "raw_ratio": goodput["raw_ratio"], "raw_low": goodput["raw_ratio_low"],
            "raw_high": goodput["raw_ratio_high"],
            "trials": [[trial["contender"], trial["level"], trial["block"], trial["attempt"], trial["lens"],
                        trial["goodput_rps"], trial["contender_steal_share"]] for trial in trials],
            "commit": subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                                     check=True).stdout.strip()}


def lines_of(kind: str) -> list[dict]:
    file = RESULTS / f"{kind}.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def table() -> None:
    print("| experiment | runs | faster | slower | equivalent | inconclusive | half-widths: median, largest | steal, median |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in SEEDS:
        runs = lines_of(kind)
        if not runs:
            continue
        count = {name: sum(run["verdict"] == name for run in runs)
                 for name in ("faster", "slower", "equivalent", "inconclusive")}
        widths = sorted((run["high"] - run["low"]) / 2 / run["ratio"] for run in runs if run["low"])
        steal = sorted(run["steal_median"] for run in runs)
        shown = f"{statistics.median(widths):.1%}, {widths[-1]:.1%}" if widths else "–"
        print(f"| {kind} | {len(runs)} | {count['faster']} | {count['slower']} | {count['equivalent']} | "
              f"{count['inconclusive']} | {shown} | {statistics.median(steal):.1%} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", nargs="?", choices=list(SEEDS))
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--try", dest="attempt", type=int, metavar="SEED", help="one run that is not recorded")
    parser.add_argument("--table", action="store_true")
    arguments = parser.parse_args()
    if arguments.kind and arguments.attempt is not None:
        print(json.dumps(one_run(arguments.kind, arguments.attempt), indent=1))
        return
    if arguments.kind:
        known = {run["seed"] for run in lines_of(arguments.kind)}
        for seed in [seed for seed in SEEDS[arguments.kind] if seed not in known][: arguments.runs]:
            RESULTS.mkdir(exist_ok=True)
            result = one_run(arguments.kind, seed)
            with open(RESULTS / f"{arguments.kind}.jsonl", "a") as file:
                file.write(json.dumps(result) + "\n")
            print(f"{arguments.kind} {seed}: {result['ratio']:.3f} [{result['low'] or 0:.3f}, {result['high'] or 0:.3f}] "
                  f"{result['verdict']}, CPU {result['cpu_ratio']:.3f}, {result['took_s']} s", flush=True)
    if arguments.table or not arguments.kind:
        table()


if __name__ == "__main__":
    main()
