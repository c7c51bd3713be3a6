"""One Compose project for all tests, under a name and ports of its own. Its images stay, as a labelled cache."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import tomllib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PREFIX = "joust-compose-test-"
CONTENDERS = ("fastapi", "django")


def docker(*arguments, **options):
    done = subprocess.run(["docker", *map(str, arguments)], text=True, capture_output=True, **options)
    assert done.returncode == 0, f"{done.args}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def compose_command():
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True)
    return ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]


def objects_of(label):
    """Everything of the engine that carries a label, by kind."""
    return {
        "container": docker("ps", "--all", "--quiet", "--filter", f"label={label}").split(),
        "network": docker("network", "ls", "--quiet", "--filter", f"label={label}").split(),
        "volume": docker("volume", "ls", "--quiet", "--filter", f"label={label}").split(),
    }


def remove(objects):
    for kind, names in objects.items():
        for name in names:
            docker(kind, "rm", *(["--force"] if kind != "network" else []), name)


def manifest(name):
    return tomllib.loads((ROOT / "contenders" / name / "contender.toml").read_text())


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Project:
    """What `docker-compose` makes of compose.yaml, with its services by name."""

    def __init__(self):
        self.name = f"{PREFIX}{os.getpid()}"
        self.label = f"com.docker.compose.project={self.name}"
        self.ports = {name: free_port() for name in CONTENDERS}
        self.environment = os.environ | {f"{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        self.command = [*compose_command(), "--project-name", self.name, "--file", str(ROOT / "compose.yaml")]

    def call(self, *arguments):
        return subprocess.run([*self.command, *arguments], text=True, capture_output=True, env=self.environment,
                              stdin=subprocess.DEVNULL, cwd=ROOT)

    def __call__(self, *arguments):
        done = self.call(*arguments)
        assert done.returncode == 0, f"{done.args}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def inside(self, service, *command):
        return self("exec", "-T", service, *command).strip()

    def sql(self, database, statement):
        return self.inside("postgres", "psql", "-X", "-At", "-d", database, "-c", statement)

    def inspect(self, service):
        return json.loads(docker("inspect", self("ps", "--all", "--quiet", service).strip()))[0]

    def url(self, service, path):
        return f"http://127.0.0.1:{self.ports[service]}{path}"


def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what()}"
        time.sleep(0.2)
    return found


def pytest_configure():
    def end(*_):
        pytest.exit("ended from outside", 143)

    signal.signal(signal.SIGTERM, end)  # the project is taken down then, too


@pytest.fixture(scope="session", autouse=True)
def earlier_remains_are_gone():
    """What tests left behind that were killed; the number at the end of a project's name is their process."""
    projects = set(docker("ps", "--all", "--format", '{{.Label "com.docker.compose.project"}}').split())
    projects |= set(docker("network", "ls", "--format", '{{.Label "com.docker.compose.project"}}').split())
    projects |= set(docker("volume", "ls", "--format", '{{.Label "com.docker.compose.project"}}').split())
    for name in projects:
        found = re.fullmatch(PREFIX + "([0-9]+)", name)
        if found and not pathlib.Path("/proc", found[1]).exists():
            remove(objects_of(f"com.docker.compose.project={name}"))


@pytest.fixture(scope="session")
def project():
    project = Project()
    try:
        project("up", "--build", "--detach")
        for service in ("postgres", *CONTENDERS):
            wait_for(lambda: project.inspect(service)["State"]["Health"]["Status"] == "healthy", 120,
                     lambda: project("logs", "--no-color", service))
        yield project
    finally:
        project.call("down", "--volumes", "--timeout", "5")
        left = objects_of(project.label)
        remove(left)
    assert not any(left.values()), f"`down --volumes` left {left}"


@pytest.fixture(scope="session")
def images(project):
    """Image of each contender and of the database, built by the project."""
    return {name: f"joust/compose-{name}" for name in (*CONTENDERS, "postgres")}
