"""The images: what they run, in which versions, as whom; and Joust's own, as far as reading its Dockerfile tells."""

import json
import os
import re
import secrets
import shlex
import shutil
import subprocess

import pytest
from conftest import CONTENDERS, ROOT, docker, manifest, wait_for

contenders = pytest.mark.parametrize("contender", CONTENDERS)
# Any number but one that the image knows.
SOMEBODY = "59123:59124"


def filled(text):
    for name, value in {"venv": "/opt/venv", "host": "0.0.0.0", "port": "8000", "scratch": "/scratch"}.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def config(image):
    return json.loads(docker("image", "inspect", image))[0]["Config"]


def run(image, *command, options=()):
    return docker("run", "--rm", "--network", "none", *options, image, *command)


@contenders
def test_an_image_starts_what_the_manifest_starts(images, contender):
    start = manifest(contender)["start"]
    found = config(images[contender])
    assert found["Cmd"] == [filled(word) for word in start["command"]]
    assert not found["Entrypoint"]
    assert found["WorkingDir"] == "/srv/contender"
    environment = dict(entry.split("=", 1) for entry in found["Env"])
    assert environment.pop("PATH").startswith("/opt/venv/bin:")
    assert environment == {name: filled(value) for name, value in start["environment"].items() if name != "DATABASE_URL"}


@pytest.mark.parametrize("image", (*CONTENDERS, "postgres"))
def test_an_image_is_a_labelled_cache_and_not_for_root(images, image):
    found = config(images[image])
    assert found["Labels"]["joust.cache"] == "image"
    assert found["User"] == ("postgres" if image == "postgres" else "contender")
    assert run(images[image], "find", "/var/lib/apt/lists", "/root", "/tmp", "-mindepth", "1", "-name", "*Packages*",
               "-o", "-path", "*/pip/*", options=["--user", "0"]) == ""


@pytest.mark.parametrize("variable", ["_proxy", "password", "secret", "token"])
def test_no_image_knows_what_belongs_to_the_machine(images, variable):
    for image in images.values():
        history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
        assert variable not in "\n".join(config(image)["Env"]).lower()
        assert not re.search(rf"\b\w*{variable}\w*=", history, re.I)


def pins(lock):
    return set(re.findall(r"^([\w.-]+==[\w.]+)", lock.read_text(), re.M))


def versions_are_those_of(image, lock):
    frozen = run(image, "/opt/venv/bin/pip", "freeze", "--disable-pip-version-check")
    assert set(frozen.lower().replace("_", "-").split()) == pins(lock)
    in_environment, of_debian = (run(image, program, "-c", "import sys; print(sys.version, sys.base_prefix)")
                                 for program in ("/opt/venv/bin/python", "/usr/bin/python3"))
    assert in_environment == of_debian


@contenders
def test_versions_are_those_of_the_process_runtime(images, contender):
    """It makes its environment by the same setup.sh from the same lock file, with the Python of the same release."""
    versions_are_those_of(images[contender], ROOT / "contenders" / contender / "requirements.lock")
    release = run(images[contender], "sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME")
    pythons = {"bookworm": "3.11", "trixie": "3.13"}
    assert run(images[contender], "python", "--version").startswith(f"Python {pythons[release]}.")


@pytest.fixture
def staged(tmp_path):
    """fastapi-gunicorn over fastapi, as Joust stages what extends another; readable by its owner only."""
    for name in ("fastapi", "fastapi-gunicorn"):
        shutil.copytree(ROOT / "contenders" / name, tmp_path / "staged", dirs_exist_ok=True)
    for path in (tmp_path / "staged").rglob("*"):
        path.chmod(0o700 if path.is_dir() or path.suffix == ".sh" else 0o600)
    return tmp_path / "staged"


def build(context, tag, dockerfile=None):
    docker("build", "--force-rm", "--network=host", "--build-arg", f"BASE={os.environ['JOUST_DOCKER_BASE']}", "--label",
           "joust.cache=image", "--tag", tag, *(["--file", dockerfile] if dockerfile else []), context)
    return tag


def test_a_contender_that_extends_another_is_built_from_its_dockerfile(project, staged):
    image = build(staged, "joust/compose-fastapi-gunicorn")
    versions_are_those_of(image, ROOT / "contenders/fastapi-gunicorn/requirements.lock")
    serves_as_anybody(project, image, [filled(word) for word in manifest("fastapi-gunicorn")["start"]["command"]], "/health")


def serves_as_anybody(project, image, command, health):
    """With a user number that no file of the image knows, and nothing to write to but what the contract names."""
    name = f"{project.name}-{secrets.token_hex(6)}"
    script = f"python migrate.py && exec {shlex.join(command)}"
    docker("run", "--detach", "--name", name, "--label", project.label, "--network", "none", "--read-only",
           "--tmpfs", "/scratch:mode=1777", "--cap-drop", "ALL", "--user", SOMEBODY,
           "--env", "DATABASE_URL=sqlite:////scratch/db.sqlite3", image, "sh", "-c", script)
    try:
        ask = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000{health}').status)"

        def answer():
            assert docker("inspect", "--format", "{{.State.Running}}", name) == "true", docker("logs", name)
            return subprocess.run(["docker", "exec", name, "python", "-c", ask], capture_output=True, text=True).stdout

        assert wait_for(answer, 60, lambda: docker("logs", name)).strip() == "200"
    finally:
        docker("rm", "--force", name)


@contenders
def test_an_image_serves_as_any_user(project, images, contender):
    serves_as_anybody(project, images[contender], config(images[contender])["Cmd"], manifest(contender)["routes"]["health"])


def test_the_database_image_is_what_joust_starts_a_server_from(project, images):
    """The newest server behind one path, no cluster yet, and any user may make one in a volume."""
    image = images["postgres"]
    assert not config(image)["Entrypoint"]
    assert run(image, "sh", "-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1; readlink /opt/postgresql/bin;"
               " ls /var/lib/postgresql; stat -c %a /var/lib/joust-postgres").split() == [
                   *[run(image, "sh", "-c", "echo /usr/lib/postgresql/*/bin")] * 2, "1777"]
    volume = docker("volume", "create", "--label", project.label, f"{project.name}-{secrets.token_hex(6)}")
    try:
        script = ("/opt/postgresql/bin/initdb --pgdata /var/lib/joust-postgres/data --username joust_admin --locale C"
                  " --encoding UTF8 --no-sync --no-instructions >/dev/null"
                  " && echo 'SELECT 40 + 2' | /opt/postgresql/bin/postgres --single -D /var/lib/joust-postgres/data postgres")
        told = run(image, "sh", "-c", script, options=["--user", SOMEBODY, "--read-only", "--cap-drop", "ALL", "--volume",
                                                       f"{volume}:/var/lib/joust-postgres"])
        assert "42" in told
    finally:
        docker("volume", "rm", volume)


DOCKERFILES = sorted(path for folder in ("docker", "contenders") for path in (ROOT / folder).glob("*/Dockerfile"))


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_a_dockerfile_has_its_base_from_outside_and_copies_what_is_there(dockerfile):
    lines = re.sub(r"\\\n", " ", dockerfile.read_text()).splitlines()
    assert lines[0] == "ARG BASE=debian:bookworm-slim"
    stages = [line.split() for line in lines if line.startswith("FROM ")]
    assert stages and all(words[1] == "${BASE}" for words in stages)
    context = ROOT if dockerfile.parent.name == "joust" else dockerfile.parent
    copied = [word for line in lines if line.startswith("COPY ") and "--from=" not in line
              for word in line.split()[1:-1]]
    assert copied
    assert [word for word in copied if not (context / word).exists()] == []
    # What only BuildKit understands: Debian 12's engine has the classic builder.
    assert not re.search(r"^(# syntax=|RUN --mount|COPY --(link|chmod))|<<", dockerfile.read_text(), re.M)
