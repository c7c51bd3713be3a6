"""Joust in a container beside those that it starts, by the command of the README: the program of this build, in an image of its own."""

import json
import os
import re
import shlex
import shutil
import subprocess

import pytest
from conftest import JOUST, ROOT, SMALL_BASE, docker

IMAGE = "joust/test-inside"
NAME = f"joust-inside-{os.getpid()}"


def libraries(program):
    """Shared libraries of a program, the loader and what belongs to it left out: the image has those."""
    printed = subprocess.run(["ldd", program], text=True, capture_output=True, check=False).stdout
    return [path for path in re.findall(r"=> (/\S+)", printed) if not re.search(r"/lib(c|m|dl|pthread|rt)\.so", path)]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """As docker/joust/Dockerfile makes it, but for the program, which is not compiled again."""
    folder = tmp_path_factory.mktemp("inside")
    (folder / "libraries").mkdir()
    (folder / "bin").mkdir()
    for program in (JOUST, shutil.which("docker")):
        shutil.copy(program, folder / "bin")
        for library in libraries(program):
            shutil.copy(library, folder / "libraries")
    for part in ("benchmarks", "workloads", "contenders", "docker"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "Dockerfile").write_text(
        f"""FROM {SMALL_BASE}
LABEL joust.cache=image
RUN apt-get update && apt-get install -y --no-install-recommends gnuplot-nox fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
COPY libraries /usr/local/lib/joust/
RUN echo /usr/local/lib/joust >/etc/ld.so.conf.d/joust.conf && ldconfig
COPY bin/docker /usr/bin/docker
COPY bin/joust /usr/share/joust/bin/joust
COPY benchmarks /usr/share/joust/benchmarks
COPY workloads /usr/share/joust/workloads
COPY contenders /usr/share/joust/contenders
COPY docker /usr/share/joust/docker
ENV JOUST_DOCKER_BASE={os.environ["JOUST_DOCKER_BASE"]} LANG=C.UTF-8
ENTRYPOINT ["/usr/share/joust/bin/joust"]
"""
    )
    docker("build", "--force-rm", "--network=host", "--tag", IMAGE, folder)


def options_of_the_readme():
    """What stands between `docker run` and the image's name, with names and volumes of this test's own."""
    text = (ROOT / "README.md").read_text().replace("\\\n", " ")
    [command] = re.findall(r"^docker run (.*) joust/joust run .*$", text, re.M)
    words = shlex.split(command.replace("--name joust ", f"--name {NAME} "))
    return [re.sub(r"^joust-(results|state):", rf"{NAME}-\1:", word) for word in words if word not in ("-it",)]


@pytest.fixture
def inside(image):
    def run(*arguments, **options):
        return subprocess.run(["docker", "run", "--rm", *options_of_the_readme(), IMAGE, "run", "io-intensive", "--runtime", "docker",
                               "--results", "/results", "--profile", "smoke", *arguments],
                              text=True, capture_output=True, timeout=300, stdin=subprocess.DEVNULL, **options)  # fmt: skip

    yield run
    docker("rm", "--force", NAME, check=False)
    for volume in ("results", "state"):
        docker("volume", "rm", "--force", f"{NAME}-{volume}", check=False)


def test_the_command_of_the_readme_measures_both_contenders(inside, tmp_path):
    run = inside("--levels", "4", "--duration", "2s")
    assert run.returncode in (0, 3), run.stderr
    docker("create", "--name", NAME, "--volume", f"{NAME}-results:/results", IMAGE)
    docker("cp", f"{NAME}:/results", tmp_path)
    [trials] = tmp_path.glob("results/2*/trials.jsonl")
    measured = [json.loads(line) for line in trials.read_text().splitlines()]
    assert {trial["contender"] for trial in measured} == {"fastapi", "django"}
    for trial in measured:
        assert trial["incidents"] == [] and trial["completed_in_window"] > 0
        assert trial["contender_limits"]["memory_bytes"] == 2 << 30 and trial["contender_cpu_user_s"] > 0


def test_sqlite_is_refused_where_the_engine_has_another_file_system(inside):
    run = inside("--database", "sqlite")
    assert run.returncode == 1, run.stderr
    assert "SQLite needs Joust on the engine's own host; use PostgreSQL there" in run.stderr
