#!/usr/bin/env python3
"""Load generators side by side in one run: CPU per request, requests per second, peak memory.

Each generator is pinned to one core, nginx to the other; they alternate in random order. What an interpreted one needs
to load its modules is measured apart and subtracted. Prints medians, and ratios to
Joust with io_uring in the same round with the middle 95 % of a bootstrap. What is not on this machine is named and
left out; bench/peers/install.sh installs the others into build/peers. --before compares with another version of Joust
in the same rounds, and prints what this one costs in its units: `--before OLD/joust --only "joust, epoll"`. On a machine that others use too, --realtime
(root) runs nginx and the generators ahead of them.
"""
import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

from generators import PEERS, Generator, generators

REFERENCE = "joust, io_uring"
# This version and the other one, by the same way of input and output.
VERSIONS = (("joust, io_uring", "before, io_uring"), ("joust, epoll", "before, epoll"))
CONFIG = """daemon off; worker_processes 1; worker_cpu_affinity {mask}; pid {place}/pid; error_log {place}/errors;
events {{ worker_connections 20000; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s;
 client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u;
 scgi_temp_path {place}/s;
 server {{ listen 127.0.0.1:{port} backlog=4096;
  location / {{ {answer} }} }} }}"""
TEXT = r'default_type text/plain; return 200 "hello, world\n";'
# What io-intensive is answered with, about 145 bytes; no two bodies are the same.
EXPECTED_JSON = ('{"request_id":"0badcafe-00-00000000002a","file_operations":5,"db_operations":3,"created":10,"updated":5,'
                 '"deleted":5}')
JSON = ("default_type application/json; return 200 '"
        + EXPECTED_JSON.removesuffix("}") + ',"execution_time":0.1$connection$connection_requests}' + "';")


@contextlib.contextmanager
def nginx(port: int, mask: str, ahead: list[str], answer: str = TEXT):
    place = tempfile.mkdtemp()
    config = pathlib.Path(place, "nginx.conf")
    config.write_text(CONFIG.format(place=place, port=port, mask=mask, answer=answer))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    server = subprocess.Popen([*ahead, program, "-c", config, "-e", f"{place}/errors"])
    try:
        time.sleep(1)
        if server.poll() is not None:
            raise SystemExit(f"nginx did not start: {pathlib.Path(place, 'errors').read_text()}")
        yield
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(place)


def processes_below(pid: int):
    yield pid
    with contextlib.suppress(OSError):
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from processes_below(int(child))


def peak_kib(pid: int) -> int:
    """Highest resident memory so far of a process and its children, added up; 0 when it has ended. (The kernel's
    ru_maxrss would count what the process was before it became another program.)"""
    total = 0
    for one in processes_below(pid):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{one}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    total += int(line.split()[1])
    return total


def wait_for(pid: int) -> tuple[int, resource.struct_rusage, int]:
    """Exit code, usage, peak memory in KiB."""
    peak = 0
    while True:
        peak = max(peak, peak_kib(pid))
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), usage, peak
        time.sleep(0.1)


def start(command: list[str], ahead: list[str], limit_s: float, output, errors) -> subprocess.Popen:
    """On core 0."""
    environment = dict(os.environ, PATH=f"{PEERS}/bin:{PEERS}/python/bin:{os.environ['PATH']}", GOMAXPROCS="1",
                       K6_NO_USAGE_REPORT="true")
    return subprocess.Popen([*ahead, "timeout", "-s", "KILL", str(limit_s), "taskset", "-c", "0", *command],
                            stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=environment)


@dataclasses.dataclass(frozen=True)
class StartUp:
    """What a generator uses before its first request."""
    user_s: float = 0
    system_s: float = 0
    wall_s: float = 0


def measure_start_up(generator: Generator, ahead: list[str]) -> StartUp:
    """The least of three. Nothing where it is not worth measuring: programs that import nothing start in milliseconds."""
    if not generator.start_up:
        return StartUp()
    seen = []
    for _ in range(3):
        started = time.monotonic()
        process = start(generator.start_up, ahead, 60, subprocess.DEVNULL, subprocess.DEVNULL)
        process.returncode, usage, _ = wait_for(process.pid)
        if process.returncode:
            raise SystemExit(f"{generator.name}: exit code {process.returncode} of {generator.start_up}")
        seen.append(StartUp(usage.ru_utime, usage.ru_stime, time.monotonic() - started))
    return min(seen, key=lambda one: one.user_s + one.system_s)


def measure(generator: Generator, start_up: StartUp, ahead: list[str], limit_s: float) -> dict[str, float]:
    """One run; CPU and memory are those of the process and its children, without what it took to start."""
    # The shell of a pipeline is named after the program that it is about.
    command = generator.command[1:] if generator.command[1] == "sh" else generator.command
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = start(command, ahead, limit_s, output, errors)
        process.returncode, usage, peak = wait_for(process.pid)
        wall = time.monotonic() - started - start_up.wall_s
        output.seek(0)
        errors.seek(0)
        try:
            requests = generator.count(output.read().decode())
        except (ValueError, TypeError, KeyError, IndexError) as error:
            said = errors.read().decode(errors="replace")[-500:]
            raise SystemExit(f"{generator.name}: exit code {process.returncode}, no count ({error!r}): {said}") from error
    user_us = (usage.ru_utime - start_up.user_s) * 1e6
    system_us = (usage.ru_stime - start_up.system_s) * 1e6
    return {"cpu_us": (user_us + system_us) / requests, "user_us": user_us / requests, "rps": requests / wall,
            "rss_mib": peak / 1024}


def interval(ratios: list[float]) -> tuple[float, float]:
    draws = sorted(statistics.median(random.choices(ratios, k=len(ratios))) for _ in range(2000))
    return draws[50], draws[-51]


def table(results: dict[str, list[dict[str, float]]]) -> list[dict]:
    rows = []
    reference = results[REFERENCE]
    for name, rounds in results.items():
        row = {"generator": name}
        for key in ("cpu_us", "user_us", "rps", "rss_mib"):
            row[key] = statistics.median(one[key] for one in rounds)
            ratios = [mine[key] / other[key] for mine, other in zip(rounds, reference) if other[key] > 0]
            row[f"{key}_ratio"] = statistics.median(ratios)
            row[f"{key}_interval"] = interval(ratios)
        rows.append(row)
    return rows


def print_table(rows: list[dict]) -> None:
    print(f"| {'generator':16} | CPU µs/request | ÷ Joust              | user µs | requests/s | ÷ Joust              "
          "| peak MiB | ÷ Joust |")
    print("| --- | ---: | --- | ---: | ---: | --- | ---: | ---: |")
    for row in rows:
        cpu, rps = (f"{row[f'{key}_ratio']:5.2f} [{row[f'{key}_interval'][0]:.2f}, {row[f'{key}_interval'][1]:.2f}]"
                    for key in ("cpu_us", "rps"))
        print(f"| {row['generator']:16} | {row['cpu_us']:14.2f} | {cpu:20} | {row['user_us']:7.2f} | {row['rps']:10.0f} "
              f"| {rps:20} | {row['rss_mib']:8.1f} | {row['rss_mib_ratio']:7.1f} |")


def version_lines(results: dict[str, list[dict[str, float]]]) -> list[str]:
    """What this version costs per request in units of the other one, in pairs of the same round; below 1 is less."""
    lines = []
    for now, before in VERSIONS:
        if now not in results or before not in results:
            continue
        ratios = [mine["cpu_us"] / other["cpu_us"] for mine, other in zip(results[now], results[before])]
        low, high = interval(ratios)
        lines.append(f"{now} / {before}: CPU per request {statistics.median(ratios):.3f} [{low:.3f}, {high:.3f}] in "
                     f"{len(ratios)} rounds")
    return lines


def is_chosen(name: str, only: list[str]) -> bool:
    """`only`: names that are asked for beside Joust, all if there are none. The other version comes with this one."""
    wanted = [REFERENCE, *only]
    return not only or name in wanted or any(before == name and now in wanted for now, before in VERSIONS)


def parsed(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--port", type=int, default=18099)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="beside Joust; may be repeated")
    parser.add_argument("--before", type=pathlib.Path, metavar="PROGRAM", help="another version's joust, to compare with")
    parser.add_argument("--realtime", action="store_true", help="ahead of everything else on the machine (needs root)")
    parser.add_argument("--expect-json", action="store_true",
                        help="the answers are JSON of about 145 bytes, and Joust compares each in full")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="all rounds, too")
    arguments = parser.parse_args(words)
    if arguments.before and not os.access(arguments.before, os.X_OK):
        parser.error(f"argument --before: {arguments.before} is no program that can be run; give the path of a joust")
    return arguments


def main() -> None:
    arguments = parsed()
    before = arguments.before.resolve() if arguments.before else None
    ahead = ["chrt", "--rr", "10"] if arguments.realtime else []
    url = f"http://127.0.0.1:{arguments.port}/"
    chosen = [one for one in generators(url, arguments.connections, arguments.seconds,
                                        EXPECTED_JSON if arguments.expect_json else None, before)
              if is_chosen(one.name, arguments.only)]
    here = [one for one in chosen if one.where()]
    for one in chosen:
        if one not in here:
            print(f"{one.name}: not on this machine")
    results: dict[str, list[dict[str, float]]] = {one.name: [] for one in here}
    start_ups = {one.name: measure_start_up(one, ahead) for one in here}
    with nginx(arguments.port, "10", ahead, JSON if arguments.expect_json else TEXT):
        for _ in range(arguments.rounds):
            for one in random.sample(here, len(here)):
                results[one.name].append(measure(one, start_ups[one.name], ahead, arguments.seconds * 3 + 20))
    print(f"{arguments.rounds} rounds of {arguments.seconds} s, {arguments.connections} connections, "
          f"load average {os.getloadavg()[0]:.1f}")
    print_table(table(results))
    for line in version_lines(results):
        print(line)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
