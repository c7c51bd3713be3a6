"""A private PostgreSQL that can be killed and started again."""

import secrets
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

import psycopg2
from unprivileged import as_user, owned_folder

# As the program chooses it: the newest that is installed.
BIN = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    def __init__(self, folder: Path) -> None:
        self.folder = owned_folder(folder)
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.process: subprocess.Popen | None = None
        secret = folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)  # its folder is closed to others
        command = [BIN / "initdb", "-D", folder / "data", "-U", "joust", "-A", "scram-sha-256", "--pwfile", secret]
        options = ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run([*map(str, command), *options])

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(as_user(command), cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        # fsync off: these tests kill processes, not machines, so nothing written can be lost.
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "max_connections": 100,
            "fsync": "off",
            "autovacuum": "off",  # it would take transaction ids of its own
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                as_user([str(BIN / "postgres"), "-D", str(self.folder / "data"), *options]),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 20
        while True:
            try:
                self.connect("postgres").close()
                return
            except psycopg2.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def stop(self) -> None:
        """Ends every session and leaves; a smart shutdown would wait for the services."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Immediate shutdown: what was not committed is lost, and the next start recovers."""
        self._end(signal.SIGQUIT)

    def connect(self, database: str) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="joust", password=self.password, dbname=database
        )
        connection.autocommit = True
        return connection

    def create(self, database: str) -> str:
        """Makes an empty database and returns its URL."""
        with closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{database}"')
        return f"postgres://joust:{self.password}@127.0.0.1:{self.port}/{database}"
