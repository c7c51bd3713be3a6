"""Runs the real program with its parties in containers of a real engine, most of them small services."""

import importlib.util
import json
import os
import pathlib
import shutil
import signal
import subprocess
import textwrap
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
_spec = importlib.util.spec_from_file_location("main_job", HERE.parent / "main_job/conftest.py")
main_job = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(main_job)

JOUST, ROOT, STATE = main_job.JOUST, main_job.ROOT, main_job.STATE
Run, wait_for_trials = main_job.Run, main_job.wait_for_trials
assert_proven = main_job.assert_proven
kill_with_its_guardian = main_job.kill_with_its_guardian
# What pytest finds here by name, it runs around these tests, too.
program_is_there = main_job.program_is_there
earlier_remains_are_gone = main_job.earlier_remains_are_gone
stubs_leave_no_environments = main_job.stubs_leave_no_environments

BASE = os.environ["JOUST_DOCKER_BASE"]
SMALL_BASE = "joust/test-python"
RUN_LABEL = "joust.run"


def docker(*arguments, check=True, **options):
    done = subprocess.run(["docker", *map(str, arguments)], text=True, capture_output=True, **options)
    assert not check or done.returncode == 0, f"{done.args}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def objects():
    """What the engine has but for images, by kind."""
    return {
        "containers": set(docker("ps", "--all", "--no-trunc", "--quiet").split()),
        "volumes": set(docker("volume", "ls", "--quiet").split()),
        "networks": set(docker("network", "ls", "--no-trunc", "--quiet").split()),
    }


def wait_for_container(name, timeout=60):
    """The id of a running container of a run, by a part of its name."""
    deadline = time.monotonic() + timeout
    while not (found := docker("ps", "--quiet", "--filter", f"label={RUN_LABEL}", "--filter", f"name={name}").split()):
        assert time.monotonic() < deadline, f"no container {name} within {timeout} s"
        time.sleep(0.05)
    return found[0]


def of_runs():
    """Containers and volumes of any run."""
    containers = docker("ps", "--all", "--quiet", "--filter", f"label={RUN_LABEL}").split()
    return containers + docker("volume", "ls", "--quiet", "--filter", f"label={RUN_LABEL}").split()


class Place(main_job.Place):
    """Small services in containers; without a database server unless `engine` says so."""

    def contender(self, name, mode="good", **options):
        super().contender(name, mode, **options)
        (self.path / "contenders" / name / "Dockerfile").write_text(
            textwrap.dedent("""\
            ARG BASE
            FROM ${BASE}
            WORKDIR /srv/contender
            COPY . .
            """)
        )
        return self

    def benchmark(self, contenders, text="", engine="sqlite", **options):
        super().benchmark(contenders, text, **options)
        file = self.path / "benchmarks/small.toml"
        file.write_text(file.read_text().replace("[database.settings]", f'[database]\nengine = "{engine}"\n[database.settings]'))
        return self

    def start(self, *arguments, **options):
        environment = {**os.environ, "JOUST_DOCKER_BASE": SMALL_BASE} | options.pop("environment", {})
        return super().start("--runtime", "docker", *arguments, env=environment, **options)


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path / "place")
    shutil.copytree(ROOT / "docker", place.path / "docker")
    yield place
    main_job.forget_environments(place)


@pytest.fixture(scope="session", autouse=True)
def small_base(tmp_path_factory):
    """A base with Python, so that the small services' images are one layer more."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "Dockerfile").write_text(
        f"FROM {BASE}\nRUN apt-get update && apt-get install -y --no-install-recommends python3 "
        "&& rm -rf /var/lib/apt/lists/* && mkdir -m 1777 /scratch\n"
    )
    docker("build", "--force-rm", "--network=host", "--label", "joust.cache=base", "--tag", SMALL_BASE, folder)


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    before = objects()
    yield
    deadline = time.monotonic() + 20
    while (left := [kind for kind, found in objects().items() if found - before[kind]]) or main_job.remains():
        assert time.monotonic() < deadline, f"left behind: {left}, {of_runs()}, {main_job.remains()}"
        time.sleep(0.2)


class Engine:
    """An engine of a test's own, which it can kill, with the base of the small services."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.host = f"unix://{folder}/docker.sock"
        self.environment = {**os.environ, "DOCKER_HOST": self.host}
        self.process = None
        self.bridge = "joust-test"

    def start(self):
        # A bridge of its own: an engine without one removes that of the other engine.
        subprocess.run(["ip", "link", "add", self.bridge, "type", "bridge"], capture_output=True)
        log = (self.folder / "log").open("a")
        self.process = subprocess.Popen(
            ["dockerd", "--host", self.host, "--data-root", self.folder / "data", "--exec-root", self.folder / "exec",
             "--pidfile", self.folder / "pid", "--bridge", self.bridge, "--iptables=false", "--ip6tables=false"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while subprocess.run(["docker", "version"], env=self.environment, capture_output=True).returncode != 0:
            assert time.monotonic() < deadline and self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)
        return self

    def docker(self, *arguments, **options):
        return docker(*arguments, env=self.environment, **options)

    def wait_for_container(self, name, timeout=60):
        deadline = time.monotonic() + timeout
        while not self.docker("ps", "--quiet", "--filter", f"name={name}"):
            assert time.monotonic() < deadline, f"no container {name} within {timeout} s"
            time.sleep(0.05)

    def load(self, image):
        saved = subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE)
        subprocess.run(["docker", "load", "--quiet"], stdin=saved.stdout, env=self.environment, check=True, capture_output=True)
        assert saved.wait() == 0

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)  # with its containerd
        self.process.wait()
        (self.folder / "pid").unlink(missing_ok=True)
        for file in (self.folder / "exec").rglob("*.pid"):
            file.unlink()

    def end(self):
        if self.process.poll() is None:
            for container in self.docker("ps", "--all", "--quiet").split():
                self.docker("rm", "--force", container)
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        subprocess.run(["ip", "link", "delete", self.bridge], check=True)


@pytest.fixture
def own_engine(tmp_path_factory):
    folder = pathlib.Path("/var/tmp") / f"joust-engine-{os.getpid()}"
    folder.mkdir()
    engine = Engine(folder).start()
    engine.load(SMALL_BASE)
    yield engine
    engine.end()
    # Its mounts go with its namespaces; what it left mounted here is let go first.
    for line in reversed(pathlib.Path("/proc/self/mounts").read_text().splitlines()):
        if line.split()[1].startswith(str(folder)):
            subprocess.run(["umount", "--lazy", line.split()[1]], check=False)
    shutil.rmtree(folder)


def results(place):
    return json.loads((place.latest / "incremental_benchmark_results.json").read_text())
