#!/usr/bin/env python3
"""Runs the test suites and adds them up; the last line is `N passed, N failed`, the exit code 1 unless all passed.

Suites are the test programs of a build folder (unit/NAME), and every run.sh below tests/ (contract, e2e/NAME, …),
which ends with pytest's closing line or with `N passed, N failed`. A suite that crashes, runs out of time, says nothing
at its end or runs no test counts as a failure, and so does a skipped test: it has shown nothing.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KINDS = ("unit", "contract", "e2e")  # with none of a kind the tests are not complete
TIME_LIMIT_S = {"unit": 300, "contract": 600, "e2e": 2400}
TAIL_LINES = 60
NAME_WIDTH = 160
# Suites that need the machine for themselves. All others run two at a time: what they measure is judged by what the
# other side logged, not by how fast the machine was.
ALONE = ["bench", "e2e/main_job", "e2e/docker", "e2e/selftest"]
# The longest of the others come first, so that none is left over at the end.
LONGEST = ["contract", "e2e/cgroups_v2", "unit/load", "e2e/load", "unit/database", "unit/host", "e2e/hlog", "unit/report"]
# Test programs that mostly wait, in so many parts.
PARTS = {"unit/load": 2}


@dataclasses.dataclass
class Suite:
    name: str
    command: list[str]
    directory: pathlib.Path
    googletest: bool
    part: int = 0  # of PARTS, from 0

    @property
    def parts(self) -> int:
        return PARTS.get(self.name, 1)

    @property
    def title(self) -> str:
        return self.name if self.parts == 1 else f"{self.name} {self.part + 1}/{self.parts}"

    @property
    def kind(self) -> str:
        return self.name.split("/")[0]


@dataclasses.dataclass
class Outcome:
    passed: int
    failed: int
    remarks: list[str] = dataclasses.field(default_factory=list)


def test_programs(build: pathlib.Path):
    """What ctest knows of the build folder: joust_unit_stats is unit/stats, joust_property is unit/property."""
    if not (build / "CTestTestfile.cmake").exists():
        return
    listing = subprocess.run(["ctest", "--test-dir", str(build), "--show-only=json-v1"], check=True, text=True,
                             stdout=subprocess.PIPE)
    for test in json.loads(listing.stdout)["tests"]:
        name = re.sub(r"^joust_(unit_)?", "", test["name"])
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        directory = pathlib.Path(properties.get("WORKING_DIRECTORY", build))
        for part in range(PARTS.get(f"unit/{name}", 1)):
            # A test without a command is one whose program was not built: it fails when started, as it should.
            yield Suite(f"unit/{name}", test.get("command") or [test["name"]], directory, test["name"].startswith("joust_"),
                        part)


def scripted_suites(tests: pathlib.Path):
    for script in sorted([*tests.glob("*/run.sh"), *tests.glob("*/*/run.sh")]):
        yield Suite(str(script.parent.relative_to(tests)), ["bash", str(script)], ROOT, False)


def forgotten_folders(tests: pathlib.Path):
    """Folders of Python tests that no run.sh would ever start."""
    for folder in sorted({path.parent for path in tests.rglob("test_*.py")}):
        if not any((above / "run.sh").exists() for above in [folder, *folder.parents]):
            yield str(folder.relative_to(tests))


def run(suite: Suite, log: pathlib.Path, report: pathlib.Path) -> tuple[int | None, str]:
    """Exit code (None: out of time) and output. The whole process group ends with the suite."""
    report.unlink(missing_ok=True)
    environment = dict(os.environ, GTEST_OUTPUT=f"json:{report}", GTEST_COLOR="no", PY_COLORS="0")
    if suite.parts > 1:
        environment |= {"GTEST_TOTAL_SHARDS": str(suite.parts), "GTEST_SHARD_INDEX": str(suite.part)}
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(suite.command, cwd=suite.directory, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        except OSError as error:
            output.write(f"cannot start {suite.command}: {error}\n".encode())
            output.flush()
            return 127, log.read_text(errors="replace")
        try:
            code = process.wait(TIME_LIMIT_S.get(suite.kind, 600))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)  # lets a script's trap clean up
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            code = None
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            raise
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
    return code, log.read_text(errors="replace")


def googletest_outcome(output: str, report: pathlib.Path) -> Outcome:
    try:
        tree = json.loads(report.read_text())
    except (OSError, ValueError):
        # No report: the program died within a test. What it had finished by then still counts.
        passed = len(re.findall(r"^\[       OK \]", output, re.M))
        failed = len(re.findall(r"^\[  FAILED  \] \S+ \(", output, re.M))
        return Outcome(passed, failed + 1, ["ended before its last test"])
    tests = [test for group in tree.get("testsuites", []) for test in group.get("testsuite", [])]
    ran = [test for test in tests if test.get("status") == "RUN"]
    failed = sum(1 for test in ran if test.get("failures"))
    skipped = sum(1 for test in ran if test.get("result") == "SKIPPED" and not test.get("failures"))
    disabled = sum(1 for test in tests if test.get("status") != "RUN")
    remarks = [f"{count} {what}" for count, what in ((skipped, "skipped"), (disabled, "disabled")) if count]
    return Outcome(len(ran) - failed - skipped, failed + skipped + disabled, remarks)


def script_outcome(output: str) -> Outcome:
    for line in reversed(output.splitlines()):
        counts: dict[str, int] = {}
        for number, word in re.findall(r"\b(\d+) (passed|failed|errors?|skipped)\b", line):
            counts[word.rstrip("s")] = counts.get(word.rstrip("s"), 0) + int(number)
        if counts:
            remarks = [f"{counts['skipped']} skipped"] if counts.get("skipped") else []
            failed = counts.get("failed", 0) + counts.get("error", 0) + counts.get("skipped", 0)
            return Outcome(counts.get("passed", 0), failed, remarks)
    return Outcome(0, 1, ["no closing line `N passed, N failed`"])


def judge(suite: Suite, code: int | None, output: str, report: pathlib.Path) -> Outcome:
    outcome = googletest_outcome(output, report) if suite.googletest else script_outcome(output)
    if code is None:
        outcome.remarks.append(f"out of time after {TIME_LIMIT_S.get(suite.kind, 600)} s")
    elif code < 0:
        outcome.remarks.append(f"killed by {signal.Signals(-code).name}")
    elif code and not outcome.failed:
        outcome.remarks.append(f"exit code {code}")
    if outcome.passed + outcome.failed == 0:
        outcome.remarks.append("ran no test")
    if outcome.remarks and not outcome.failed:
        outcome.failed = 1
    return outcome


def chosen(name: str, only: list[str]) -> bool:
    return not only or any(name == choice or name.startswith(choice + "/") for choice in only)


def excerpt(output: str) -> list[str]:
    """The names of all tests that failed, of which one may print more than what is shown, and then its last lines."""
    lines = output.splitlines()
    named = [line[:NAME_WIDTH] for line in lines if line.startswith(("FAILED ", "ERROR ", "[  FAILED  ] "))]
    return named + lines[-TAIL_LINES:]


def run_one(suite: Suite, logs: pathlib.Path, width: int) -> Outcome:
    log = logs / (suite.title.replace("/", "-").replace(" ", "-") + ".log")
    report = log.with_suffix(".json")
    started = time.monotonic()
    code, output = run(suite, log, report)
    outcome = judge(suite, code, output, report)
    remarks = f"  ({'; '.join(outcome.remarks)})" if outcome.remarks else ""
    lines = [f"{suite.title:{width}}  {outcome.passed:5} passed, {outcome.failed:3} failed  "
             f"{time.monotonic() - started:7.1f} s{remarks}"]
    if outcome.failed:
        lines += [f"    | {line}" for line in excerpt(output)] + [f"    The whole output: {log}"]
    print("\n".join(lines), flush=True)  # in one go: another suite may end at the same moment
    return outcome


def run_all(suites: list[Suite], logs: pathlib.Path) -> tuple[int, int]:
    logs.mkdir(parents=True, exist_ok=True)
    width = max((len(suite.title) for suite in suites), default=0)
    together = sorted((suite for suite in suites if suite.name not in ALONE),
                      key=lambda suite: LONGEST.index(suite.name) if suite.name in LONGEST else len(LONGEST))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda suite: run_one(suite, logs, width), together))
    outcomes += [run_one(suite, logs, width) for suite in suites if suite.name in ALONE]
    return sum(outcome.passed for outcome in outcomes), sum(outcome.failed for outcome in outcomes)


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the test suites and adds them up.")
    parser.add_argument("--only", action="append", default=[], metavar="NAME",
                        help="a kind (unit, contract, e2e) or a suite (unit/stats); may be repeated")
    parser.add_argument("--list", action="store_true", help="print the suites and end")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="folder of the test programs")
    arguments = parser.parse_args()

    tests = ROOT / "tests"
    everything = [*test_programs(arguments.build.resolve()), *scripted_suites(tests)]
    suites = [suite for suite in everything if chosen(suite.name, arguments.only)]
    if arguments.list:
        print(*dict.fromkeys(suite.name for suite in suites), sep="\n")
        return 0
    passed, failed = run_all(suites, arguments.build.resolve() / "test-logs")
    missing = [kind for kind in (arguments.only or KINDS) if not any(chosen(suite.name, [kind]) for suite in suites)]
    for what in [f"no suite {name}" for name in missing] + [
            f"tests/{folder} has no run.sh" for folder in forgotten_folders(tests) if not arguments.only]:
        print(f"{what}: counted as a failure")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
