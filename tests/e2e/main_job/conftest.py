"""Runs the real program, on the real benchmark or on a small one in a directory of its own."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
JOUST = ROOT / "build/release/joust"
STATE = pathlib.Path("/var/lib/joust") if os.geteuid() == 0 else pathlib.Path.home() / ".local/state/joust"


class Run:
    """One call of joust, ended or not."""

    def __init__(self, arguments, cwd, program=JOUST, **options):
        self.process = subprocess.Popen(
            [program, *map(str, arguments)],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def wait(self, timeout=120):
        self.out, self.err = self.process.communicate(timeout=timeout)
        self.code = self.process.returncode
        return self

    def __repr__(self):
        """What pytest shows of it where an assertion fails: what a person would have seen."""
        if not hasattr(self, "code"):
            return f"{self.process.args} (process {self.process.pid})"
        return f"{self.process.args}: exit code {self.code}\n{self.out}\n{self.err}"


class Place:
    """A directory with benchmarks, workloads and contenders of its own, in which joust finds its installation."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        for folder in ("benchmarks", "workloads", "contenders"):
            (path / folder).mkdir(parents=True)
        # The small services answer without a database: their workload declares no rows.
        workload = (ROOT / "workloads/io-intensive.toml").read_text()
        workload = workload[: workload.index("# What one successful")] + "[operations.effects]\ntransactions = 0\n"
        (path / "workloads/io-intensive.toml").write_text(workload)

    def contender(self, name, mode="good", route="/io", healthy_within="30s"):
        folder = self.path / "contenders" / name
        folder.mkdir()
        shutil.copy(HERE / "service/service.py", folder)
        (folder / "contender.toml").write_text(
            textwrap.dedent(f"""\
            schema = 1
            name = "{name}"
            title = "{name.title()}"
            [setup]
            command = ["/bin/sh", "-c", "mkdir -p '{{venv}}' && echo '{self.path}' > '{{venv}}/place'"]
            [migrate]
            command = ["/usr/bin/true"]
            [start]
            command = ["/usr/bin/python3", "service.py", "{{port}}"]
            environment = {{ MODE = "{mode}" }}
            healthy_within = "{healthy_within}"
            [routes]
            health = "/health"
            io-intensive = "{route}"
            """)
        )
        return self

    def real_contender(self, name):
        shutil.copytree(ROOT / "contenders" / name, self.path / "contenders" / name)
        return self

    def declared_effects(self):
        """The workload as it is shipped, with what a request has to leave."""
        shutil.copy(ROOT / "workloads/io-intensive.toml", self.path / "workloads")
        return self

    def benchmark(self, contenders, text="", levels="[2, 4]", duration="1s", timeout="5s", limits="", settings=""):
        (self.path / "benchmarks/small.toml").write_text(
            textwrap.dedent(f"""\
            name = "small"
            workload = "io-intensive"
            contenders = {json.dumps(contenders)}
            {limits}
            [database.settings]
            {settings}
            [load]
            levels = {levels}
            duration = "{duration}"
            timeout = "{timeout}"
            warmup = {{ min = "500ms", max = "1500ms" }}
            [experiment]
            blocks = {{ min = 1, max = 1 }}
            """)
            + text
        )
        return self

    def start(self, *arguments, **options):
        return Run(["run", "small", *arguments], self.path, **options)

    def run(self, *arguments, **options):
        return self.start(*arguments, **options).wait()

    @property
    def latest(self):
        return self.path / "results/latest"

    def trials(self):
        return [json.loads(line) for line in (self.latest / "trials.jsonl").read_text().splitlines()]


def assert_proven(cell):
    """Of a cell of the results: transactions, rows, files and durability are as the contract, in all of its trials."""
    left = [one["text"] for one in cell["not_evaluated"] if one["code"] == "effects"]
    assert cell["effects_trials"] == {"proven": cell["trials"], "missed": 0, "open": 0}, (left, cell["reasons"])


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path / "place")
    yield place
    forget_environments(place)


def forget_environments(place):
    """Removes what joust keeps for the next run of this place's stubs, and of places whose test was killed."""
    for mark in (STATE / "venvs").glob("*/place"):
        of_place = pathlib.Path(mark.read_text().strip())
        if of_place == place.path or not of_place.exists():
            environment = str(mark.parent)
            pathlib.Path(environment + ".ready").unlink(missing_ok=True)  # first: without it, it counts as half made
            shutil.rmtree(environment)
            pathlib.Path(environment + ".lock").unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
def program_is_there():
    if not JOUST.exists():
        sys.exit(f"{JOUST} is not there: run ./run_tests.sh, which builds it")


def of_a_living_joust(name):
    """Another joust of this machine may be at work; the number at the end of a run's name is its process."""
    pid = re.split(r"[-.]", name.removesuffix(".journal"))[-1]
    try:
        return b"joust" in pathlib.Path("/proc", pid, "cmdline").read_bytes()  # a zombie's is empty
    except OSError:
        return False


def remains():
    """Everything that a dead run could have left on this machine: processes, cgroups, directories."""
    found = []
    if (STATE / "runs").is_dir():
        for path in (STATE / "runs").iterdir():
            if not path.name.endswith(".lock") and not of_a_living_joust(path.name):
                found.append(f"directory {path}")
    root = pathlib.Path("/sys/fs/cgroup")
    for group in [*root.glob("joust-*"), *root.glob("*/joust-*")]:  # cgroups v2, v1
        if not of_a_living_joust(group.name):
            found.append(f"cgroup {group}")
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        run = re.search(rf"{STATE}/runs/([^/]+)", command)
        if (run and not of_a_living_joust(run[1])) or "service.py" in command:
            found.append(f"process {entry.name}: {command}")
    return found


@pytest.fixture(scope="session", autouse=True)
def earlier_remains_are_gone(tmp_path_factory):
    """What a run that was killed before these tests left behind goes with the next start, as for any user."""
    if found := remains():
        place = Place(tmp_path_factory.mktemp("earlier"))
        place.contender("a").benchmark(["a"])
        start = place.run("--levels", "1")
        forget_environments(place)
        assert start.code in (0, 3), start.err  # 3: on a busy host no result may be valid
        left = remains()
        assert not left, "a start did not clear:\n" + "\n".join(left) + "\nof:\n" + "\n".join(found)


@pytest.fixture(scope="session", autouse=True)
def stubs_leave_no_environments():
    before = set((STATE / "venvs").glob("*"))
    yield
    added = set((STATE / "venvs").glob("*")) - before
    assert not [path for path in added if (path / "place").exists()]


def assert_nothing_left(seconds=5):
    deadline = time.monotonic() + seconds
    while found := remains():
        if time.monotonic() > deadline:
            pytest.fail("left behind:\n" + "\n".join(found))
        time.sleep(0.1)


@pytest.fixture
def unprivileged_joust(tmp_path):
    """Runs joust as a user without any rights; made and removed here."""
    home = pathlib.Path(f"/tmp/joust-test-home-{os.getpid()}")
    uid = 65534  # nobody: initdb wants a user that has a name

    def call(place, *arguments):
        for directory in [tmp_path, *tmp_path.parents]:
            if directory != pathlib.Path("/tmp") and str(directory).startswith("/tmp/"):
                directory.chmod(0o755)
        home.mkdir(exist_ok=True)
        os.chown(home, uid, uid)
        subprocess.run(["chown", "-R", str(uid), place.path], check=True)
        binary = home / "joust"
        binary.write_bytes(JOUST.read_bytes())
        binary.chmod(0o755)
        settings = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("PIP_")]
        process = subprocess.run(
            ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "env", "-i", f"HOME={home}",
             "PATH=/usr/bin:/bin", *settings, binary, *arguments],
            cwd=place.path, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120,
        )
        process.code, process.err = process.returncode, process.stderr
        return process

    yield call
    left = home / ".local/state/joust/runs"
    found = [path for path in left.iterdir() if not path.name.endswith(".lock")] if left.is_dir() else []
    subprocess.run(["rm", "-rf", home], check=True)
    assert not found


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    yield
    assert_nothing_left()


def wait_for_trials(place, count, timeout=60):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        for file in (place.path / "results").glob("2*/trials.jsonl"):
            if file.read_text().count("\n") >= count:
                return file.parent
        time.sleep(0.05)
    raise AssertionError(f"no {count} trials within {timeout} s")


def commands_of_children(parent: int) -> dict[int, list[str]]:
    found = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            if f"\nPPid:\t{parent}\n" in status.read_text():
                found[int(status.parent.name)] = (status.parent / "cmdline").read_text().split("\0")
        except OSError:
            pass  # ended meanwhile
    return found


def kill_with_its_guardian(run):
    # The guardian first: of the children it is the one that is joust itself.
    children = commands_of_children(run.process.pid)
    guardians = [pid for pid, command in children.items() if command[0] == str(JOUST) or "joust" in command[0]]
    assert guardians, children
    for pid in guardians:
        os.kill(pid, signal.SIGKILL)
    run.process.send_signal(signal.SIGKILL)
    run.wait()


INTERRUPTIONS = {signal.SIGINT: 130, signal.SIGTERM: 143}
