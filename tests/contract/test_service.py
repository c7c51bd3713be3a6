"""A contender as a process: what its manifest says of it, many requests and connections, start and end."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from conftest import CONTENDERS, PAIRS, new_service
from contender import ROOT, Service, manifest, set_up
from load import send_together

NOISE = re.compile(r"^(\[.*\[)?(WARNING|ERROR|CRITICAL)|\w+Warning\b|^Traceback", re.MULTILINE)


@pytest.fixture(params=PAIRS, ids="-".join)
def fresh(request: pytest.FixtureRequest) -> Iterator[Service]:
    engine, name = request.param
    service = new_service(engine, name, request, "-fresh")
    service.migrate()
    try:
        service.start()
        yield service
    finally:
        if service.process:
            service.stop()


def test_processes_and_connections_are_those_of_the_manifest(service: Service) -> None:
    send_together(service, "io-intensive", clients=24, each=4)
    stack = service.manifest["stack"]
    assert len(service.processes()) == stack["processes"]
    if service.store.engine == "postgres":
        sessions = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert service.store.sql(f"SELECT count(*) {sessions}") == [(stack["db_connections"],)]


def test_it_runs_quietly_and_ends_soon_with_connections_open(fresh: Service) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(fresh.client()) for _ in range(8)]
        for number, client in enumerate(clients):
            assert client.post("io-intensive", {"request_id": f"{number}"}).status == 200
        assert fresh.stop() < 5
    assert not NOISE.search(fresh.log), fresh.log
    assert not list(fresh.code.rglob("__pycache__")), "the code was written to"
    assert not list(fresh.scratch.iterdir())


@pytest.mark.engine("postgres")
def test_a_thousand_requests_pass_over_one_connection(service: Service) -> None:
    with service.client() as client:
        assert client.get("health").status == 200
        socket = client.connection.sock
        for number in range(1000):
            if number % 10:
                assert client.get("health").status == 200
            else:
                assert client.post("io-intensive", {"request_id": f"{number}"}).status == 200
            assert client.connection.sock is socket, "the server closed the connection"
    assert service.store.sql("SELECT count(*), count(DISTINCT request_id) FROM users") == [(500, 100)]


@pytest.mark.engine("postgres")
def test_more_than_a_thousand_connections_are_kept(running: Service) -> None:
    """gunicorn's threaded worker closes them from its --worker-connections on, which is 1000 unless set."""
    with ExitStack() as stack:
        clients = [stack.enter_context(running.client()) for _ in range(1100)]
        for client in clients:
            assert client.get("health").status == 200
            assert client.connection.sock, "the answer said that the connection closes"
        for client in clients[::50]:
            socket = client.connection.sock
            assert client.get("health").status == 200
            assert client.connection.sock is socket, "the server closed the connection"


@pytest.mark.parametrize("name", CONTENDERS)
def test_setting_up_again_has_nothing_to_do(name: str, code: dict) -> None:
    staged, venv = code[name]
    before = os.stat(venv / ".joust-lock").st_mtime_ns
    set_up(name, staged, venv)
    assert os.stat(venv / ".joust-lock").st_mtime_ns == before


@pytest.mark.parametrize("name", [name for name in CONTENDERS if manifest(name)["stack"]["language"] == "Python"])
def test_every_package_is_pinned_with_its_hash(name: str) -> None:
    lock = (ROOT / name / "requirements.lock").read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", re.sub(r"(?m)^ *#.*\n?", "", lock)) if entry.strip()]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+ \\\n +--hash=sha256:", entry), entry
    assert "://" not in lock


@pytest.mark.parametrize("name", CONTENDERS)
def test_the_manifest_names_the_folder_and_every_route(name: str) -> None:
    found = manifest(name)
    assert found["name"] == name
    keys = {"health", "io-intensive", "io-intensive-rows", "users", "products", "orders", "reset"}
    assert found["routes"].keys() == keys
