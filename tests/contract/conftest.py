"""Every contender on every database: one running service for each pair, one pair after the other."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from client import Client
from contender import ROOT, Service, set_up
from postgres import Postgres
from store import PostgresStore, SqliteStore, Store
from unprivileged import base, owned_folder

CONTENDERS = sorted(path.parent.name for path in ROOT.glob("*/contender.toml"))
ENGINES = ("postgres", "sqlite")
PAIRS = [(engine, name) for engine in ENGINES for name in CONTENDERS]


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="contract-", dir=base()))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def postgres(folder: Path) -> Iterator[Postgres]:
    server = Postgres(folder / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def code(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Staged folder and virtual environment of each contender. The environments are kept between runs."""
    kept = Path(os.environ["JOUST_CONTRACT_VENVS"])
    places = {name: (folder / "code" / name, kept / name) for name in CONTENDERS}
    for name, (staged, venv) in places.items():
        staged.mkdir(parents=True)
        set_up(name, staged, venv)
    return places


def new_service(engine: str, name: str, request: pytest.FixtureRequest, label: str = "") -> Service:
    folder: Path = request.getfixturevalue("folder")
    home = folder / f"{engine}-{name}{label}"
    home.mkdir(mode=0o755)
    store: Store
    if engine == "postgres":
        store = PostgresStore(request.getfixturevalue("postgres"), f"{name}{label}")
    else:
        store = SqliteStore(owned_folder(home / "database") / "db.sqlite3")
    staged, venv = request.getfixturevalue("code")[name]
    return Service(name, staged, venv, store, home)


@pytest.fixture(scope="session", params=PAIRS, ids="-".join)
def running(request: pytest.FixtureRequest) -> Iterator[Service]:
    service = new_service(*request.param, request)
    service.migrate()
    try:
        service.start()
        yield service
    finally:
        if service.process:
            service.stop()


@pytest.fixture
def service(running: Service) -> Service:
    """The running service with empty tables."""
    with running.client() as client:
        assert client.post("reset", {}).status == 200, running.log
    return running


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with service.client() as client:
        yield client
