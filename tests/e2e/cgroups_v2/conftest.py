"""The tests that run in the machine, and the machine itself: started once, before the first test."""

import json
import subprocess

import pytest

import machine

# What each part of init.sh runs of which test program, and what of that it leaves out. What a clock decides says nothing
# in an emulated machine: shares of CPU time, and how many ticks of it fall into a window, are left to the unit tests
# on real ones.
TIMED = ("CgroupTest.TwoBusyProcesses*:CgroupTest.TheHigherWeight*:UsageSampler.OfCpus*:UsageSampler.CountsOwnThreads*:"
         "UsageSampler.CountsOnlyWhatHappensInItsWindow")  # fmt: skip
NO_DISK = "UsageSampler.CountsWhatAPartyWritesToStorageInItsWindow"  # writes to memory are none to storage
NEEDS_ROOT = ("RunStateTest.EachContenderHasAUser*:RunStateTest.AStateRootThatAnotherUserOwns*:"
              "ProcessRuntimeTest.RunsAsTheUnprivilegedUser*:SpeedSampler.*")  # fmt: skip
HOST = "Cgroup*:GroupFiles*:RunStateTest.*:UsageSampler.*:SpeedSampler.StaysOn*:Journal*:InnocentTest.*"
PARTS = {
    "root-host": ("joust_unit_host", f"{HOST}-{TIMED}:{NO_DISK}"),
    "root-runtime": ("joust_unit_runtime", "*"),
    "delegated-host": ("joust_unit_host", f"{HOST}-{TIMED}:{NO_DISK}:{NEEDS_ROOT}"),
    "delegated-runtime": ("joust_unit_runtime", f"*-{NEEDS_ROOT}"),
}


def tests_of(part: str) -> list[str]:
    program, chosen = PARTS[part]
    command = [machine.BUILD / "tests" / program, "--gtest_list_tests", f"--gtest_filter={chosen}"]
    names, group = [], ""
    for line in subprocess.run(command, check=True, text=True, capture_output=True).stdout.splitlines():
        word = line.split("#")[0].strip()
        if line.startswith("  "):
            names.append(group + word)
        elif word.endswith("."):
            group = word
    return names


def pytest_generate_tests(metafunc):
    if "gtest" in metafunc.fixturenames:
        pairs = [(part, name) for part in PARTS for name in tests_of(part)]
        metafunc.parametrize("gtest", pairs, ids=[f"{part}-{name}" for part, name in pairs])


CONTENDER = """\
schema = 1
name = "{name}"
title = "{name}"
[setup]
command = ["/usr/bin/true"]
[migrate]
command = ["/usr/bin/true"]
[start]
command = ["/usr/bin/python3", "service.py", "{{port}}"]
environment = {{ MODE = "{mode}" }}
healthy_within = "60s"
[routes]
health = "/health"
io-intensive = "/io"
"""
BENCHMARK = """\
name = "{name}"
workload = "io-intensive"
contenders = ["{contender}"]
[limits.contender]
cpus = 1.0
memory = "96MiB"
[limits.database]
memory = "256MiB"
[database]
durability = "relaxed"
[database.settings]
shared_buffers = "16MB"
[load]
levels = [2]
duration = "1s"
timeout = "20s"
warmup = {{ min = "500ms", max = "1500ms" }}
[experiment]
blocks = {{ min = 1, max = 1 }}
"""


def place() -> dict[str, str]:
    """Files of a small benchmark of a contender that does no work, and of one whose contender eats memory."""
    workload = (machine.ROOT / "workloads/io-intensive.toml").read_text()
    workload = workload[: workload.index("# What one successful")] + "[operations.effects]\ntransactions = 0\n"
    files = {"place/workloads/io-intensive.toml": workload}
    for name, contender, mode in (("small", "tiny", "good"), ("greedy", "eater", "eat_memory")):
        files[f"place/benchmarks/{name}.toml"] = BENCHMARK.format(name=name, contender=contender)
        folder = f"place/contenders/{contender}"
        files[f"{folder}/contender.toml"] = CONTENDER.format(name=contender, mode=mode)
        files[f"{folder}/service.py"] = (machine.ROOT / "tests/e2e/main_job/service/service.py").read_text()
    return files


class Machine:
    def __init__(self):
        machine.WORK.mkdir(parents=True, exist_ok=True)
        machine.CONSOLE.unlink(missing_ok=True)
        self.parts: dict[str, dict] = {}
        try:
            kind = machine.architecture()
            root = machine.WORK / "root.cpio"
            machine.make_root(root, place() | {f"filters/{part}": row[1] for part, row in PARTS.items()})
            self.trouble = machine.boot(machine.find_kernel(kind.kernel_package), root, kind)
        except machine.Unusable as unusable:
            self.trouble = str(unusable)
        self.reports = machine.reports()

    def report(self, name: str) -> machine.Report:
        if name not in self.reports:
            pytest.fail(f"no report {name}: {self.trouble or 'its part has ended without one'}", pytrace=False)
        return self.reports[name]

    def outcomes(self, part: str) -> dict[str, dict]:
        """The tests of a part by their names, as GoogleTest reports them."""
        if part not in self.parts:
            report = self.report(part)
            if not report.text:
                pytest.fail(f"{part} ended before its last test (exit code {report.code})", pytrace=False)
            self.parts[part] = {
                f"{group['name']}.{test['name']}": test
                for group in json.loads(report.text)["testsuites"]
                for test in group["testsuite"]
            }
        return self.parts[part]


@pytest.fixture(scope="session")
def vm():
    return Machine()


def pytest_terminal_summary(terminalreporter):
    if terminalreporter.stats.get("failed") or terminalreporter.stats.get("error"):
        terminalreporter.section("the end of the machine's console")
        terminalreporter.write_line(machine.last_lines())
