"""A contender as its manifest describes it: staged, set up, migrated, started, stopped."""

import os
import resource
import shutil
import signal
import subprocess
import time
import tomllib
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from client import Client
from postgres import free_port
from store import Store
from unprivileged import as_user, owned_folder

ROOT = Path(__file__).resolve().parents[2] / "contenders"


def merged(below: dict, above: dict) -> dict:
    both = dict(below)
    for key, value in above.items():
        both[key] = merged(both[key], value) if isinstance(value, dict) and key in both else value
    return both


def manifest(name: str) -> dict:
    own = tomllib.loads((ROOT / name / "contender.toml").read_text())
    return merged(manifest(own["extends"]), own) if "extends" in own else own


def stage(name: str, target: Path) -> None:
    """Copies the folder, above that of the contender it extends."""
    own = tomllib.loads((ROOT / name / "contender.toml").read_text())
    if "extends" in own:
        stage(own["extends"], target)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / name, target, dirs_exist_ok=True, ignore=ignore)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def set_up(name: str, folder: Path, venv: Path) -> None:
    stage(name, folder)
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "JOUST_VENV": str(venv)}
    environment |= {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
    command = [part.format(venv=venv) for part in manifest(name)["setup"]["command"]]
    done = subprocess.run(command, cwd=folder, env=environment, umask=0o022, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def more_files() -> None:
    """Room for a thousand connections beside files and sessions; the usual 1024 is not enough."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, most), most))


class Service:
    """One running contender. `home` is the folder that holds its scratch folder and its log."""

    def __init__(self, name: str, code: Path, venv: Path, store: Store, home: Path) -> None:
        self.name = name
        self.store = store
        self.manifest = manifest(name)
        self.routes: dict[str, str] = self.manifest["routes"]
        self.code = code
        self.scratch = owned_folder(home / "scratch")
        self.log_path = home / "log"
        self.port = free_port()
        self.values = {
            "venv": venv,
            "host": "127.0.0.1",
            "port": self.port,
            "database_url": store.url,
            "scratch": self.scratch,
        }
        self.environment: dict[str, str] = dict(self.manifest["start"]["environment"])
        self.process: subprocess.Popen | None = None

    def _fill(self, text: str) -> str:
        return text.format(**self.values)

    def _spawn(self, command: list[str]) -> subprocess.Popen:
        # Nothing of the caller's environment: what the service needs stands in its manifest.
        environment = {key: self._fill(value) for key, value in self.environment.items()}
        with open(self.log_path, "ab") as log:
            return subprocess.Popen(
                as_user([self._fill(part) for part in command]),
                cwd=self.code,
                env={"PATH": "/usr/bin:/bin"} | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=more_files,
            )

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def migrate(self) -> None:
        assert self._spawn(self.manifest["migrate"]["command"]).wait(30) == 0, self.log

    def start(self) -> None:
        self.process = self._spawn(self.manifest["start"]["command"])
        deadline = time.monotonic() + 20
        while not self.healthy():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log
            time.sleep(0.05)

    def healthy(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.routes["health"])
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def client(self) -> Client:
        return Client(self.port, self.routes)

    def processes(self) -> list[int]:
        """Every live process of the service: it has a session of its own."""
        if not self.process:
            return []
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == self.process.pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
        return found

    def stop(self) -> float:
        """Ends the service as Joust does; returns the seconds that took. Nothing is left in any case."""
        assert self.process
        started = time.monotonic()
        try:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(15)
            took = time.monotonic() - started
            # Whatever it started learns of its end, and may take a moment on a busy machine.
            while (left := self.processes()) and time.monotonic() < started + took + 2:
                time.sleep(0.01)
            assert not left, f"processes {left} outlive SIGTERM"
            return took
        finally:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
            self.process.wait(5)
            self.process = None
