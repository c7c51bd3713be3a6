"""Every contender on every database: one running service for each pair, one pair after the other."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from client import Client
from contender import ROOT, Service, more_files, set_up
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


def pytest_configure(config: pytest.Config) -> None:
    more_files()
    config.addinivalue_line("markers", "engine(name): run on this database only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that has a running service gets each contender, on each database that the test is meant for."""
    if "running" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("engine")
        pairs = [pair for pair in PAIRS if not mark or pair[0] in mark.args]
        metafunc.parametrize("running", pairs, ids="-".join, indirect=True, scope="session")


@pytest.fixture(scope="session")
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
def client(running: Service) -> Iterator[Client]:
    """A fresh connection; the tables are as they are, unless the test takes `service` before it."""
    with running.client() as client:
        yield client
