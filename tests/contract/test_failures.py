"""What fails is answered with 5xx and leaves nothing behind; what failed once works again afterwards."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from client import Client
from conftest import CONTENDERS, new_service
from contender import Service
from load import rows_by_id, send_together
from postgres import Postgres
from store import SqliteStore
from watch import FileWatch

WORKLOADS = ("io-intensive", "io-intensive-rows")
REQUESTS = [
    *(("POST", workload, b'{"request_id": "a"}') for workload in WORKLOADS),
    *(("GET", route, None) for route in ("users", "products", "orders")),
    ("POST", "users", b'{"name": "Ada", "email": "ada@example.com", "age": 36}'),
    ("POST", "products", b'{"name": "Tea", "price_cents": 250}'),
    ("POST", "orders", b'{"user_id": 1, "items": [{"product_id": 1, "quantity": 1}]}'),
    ("POST", "reset", b"{}"),
]


def failed(answer, status: int = 500) -> None:
    assert answer.status == status, answer
    assert answer.content_type == "application/json"
    assert list(answer.json) == ["error"]


@contextmanager
def trigger(service: Service, event: str, when: str, postgres: str, sqlite: str) -> Iterator[None]:
    """Lets the database act up before `event` on those users for which `when` holds."""
    store = service.store
    action = f"BEGIN SELECT {sqlite}; END"
    if store.engine == "postgres":
        body = f"BEGIN {postgres}; END"
        store.sql(f"CREATE FUNCTION act_up() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        action = "EXECUTE FUNCTION act_up()"
    store.sql(f"CREATE TRIGGER act_up BEFORE {event} ON users FOR EACH ROW WHEN ({when}) {action}")
    try:
        yield
    finally:
        store.sql("DROP TRIGGER act_up" + (" ON users" if store.engine == "postgres" else ""))
        if store.engine == "postgres":
            store.sql("DROP FUNCTION act_up()")


def send_all(client: Client) -> Iterator:
    for method, route, body in REQUESTS:
        yield client.send(method, route, body, {"Content-Type": "application/json"})


def recovers(service: Service) -> None:
    """Every thread and every pooled connection works again: at once on an idle machine, soon on a busy one."""
    deadline = time.monotonic() + 30
    turn = 0
    while set(send_together(service, "io-intensive", 32, 2, f"after{turn}-").values()) != {200}:
        assert time.monotonic() < deadline, service.log
        turn += 1


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize(
    "event, when",
    [("INSERT", "new.ordinal = 9"), ("UPDATE", "new.ordinal = 4"), ("DELETE", "old.ordinal = 9")],
)
def test_an_error_within_the_transaction_undoes_all_of_it(
    service: Service, client: Client, workload: str, event: str, when: str
) -> None:
    with trigger(service, event, when, "RAISE 'acting up'", "RAISE(ABORT, 'acting up')"):
        failed(client.post(workload, {"request_id": "a"}))
    assert service.store.sql("SELECT count(*) FROM users") == [(0,)]
    assert not list(service.scratch.iterdir())
    assert client.post(workload, {"request_id": "a"}).status == 200
    assert rows_by_id(service) == {"a": 5}


@pytest.mark.parametrize(
    "event, when",
    [("INSERT", "new.ordinal = 0"), ("UPDATE", "new.ordinal = 4"), ("DELETE", "old.ordinal = 9")],
)
def test_a_row_that_is_silently_left_out_is_an_error(service: Service, client: Client, event: str, when: str) -> None:
    with trigger(service, event, when, "RETURN NULL", "RAISE(IGNORE)"):
        failed(client.post("io-intensive", {"request_id": "a"}))
    assert service.store.sql("SELECT count(*) FROM users") == [(0,)]


@pytest.mark.parametrize("workload", WORKLOADS)
def test_without_files_there_are_no_rows(service: Service, client: Client, workload: str) -> None:
    service.scratch.chmod(0o500)
    try:
        failed(client.post(workload, {"request_id": "a"}))
    finally:
        service.scratch.chmod(0o700)
    assert service.store.sql("SELECT count(*) FROM users") == [(0,)]
    assert client.post(workload, {"request_id": "a"}).status == 200


def test_without_its_tables_the_service_is_not_healthy(service: Service, client: Client) -> None:
    tables = ("users", "products", "orders", "order_items")
    for table in tables:
        service.store.sql(f"ALTER TABLE {table} RENAME TO gone_{table}")
    try:
        failed(client.get("health"), 503)
        for answer in send_all(client):
            failed(answer)
    finally:
        for table in tables:
            service.store.sql(f"ALTER TABLE gone_{table} RENAME TO {table}")
    assert client.get("health").status == 200
    recovers(service)


@pytest.mark.engine("postgres")
def test_without_a_database_every_answer_is_an_error(service: Service, client: Client, postgres: Postgres) -> None:
    recovers(service)  # every connection has been used
    postgres.stop()
    try:
        for _ in range(8):
            failed(client.get("health"), 503)
        for answer in send_all(client):
            failed(answer)
    finally:
        postgres.start()
    recovers(service)
    assert client.get("health").status == 200
    assert set(rows_by_id(service).values()) == {5}


@pytest.mark.engine("postgres")
def test_a_database_that_dies_under_load_takes_no_acknowledged_work_with_it(
    service: Service, postgres: Postgres
) -> None:
    seen: dict[str, int | None] = {}
    over = threading.Event()

    def keep_on() -> None:
        """Until the database has died for the last time, however fast the service is."""
        round_number = 0
        while not over.is_set():
            seen.update(send_together(service, "io-intensive", 32, 4, f"round{round_number}-"))
            round_number += 1

    load = threading.Thread(target=keep_on)
    load.start()
    try:
        for _ in range(2):
            time.sleep(0.3)
            postgres.crash()
            time.sleep(0.1)
            postgres.start()
    finally:
        over.set()
        load.join()
    statuses = Counter(seen.values())
    assert statuses.keys() <= {200, 500} and statuses[200] and statuses[500], statuses
    rows = rows_by_id(service)
    assert {rows.get(request_id) for request_id, status in seen.items() if status == 200} == {5}
    assert set(rows.values()) == {5}
    assert not list(service.scratch.iterdir())
    recovers(service)


@pytest.mark.engine("postgres")
def test_sessions_that_die_at_begin_are_not_lost_for_good(service: Service) -> None:
    """Every session is held at the first statement of a transaction, then killed: the pool must get them back."""
    recovers(service)  # every connection is open
    sessions = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    pids = [pid for (pid,) in service.store.sql(sessions)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    seen: dict[str, int | None] = {}
    load = threading.Thread(target=lambda: seen.update(send_together(service, "io-intensive", 32, 1, "held")))
    with FileWatch(service.scratch) as watch:
        load.start()
        removed = 0
        while (new := watch.seen()[0]["removed"]) or removed < 5 * len(pids):
            removed += new
            time.sleep(0.7)  # all that can are through with their files when nothing happens for that long
    for pid in pids:
        os.kill(pid, signal.SIGKILL)  # PostgreSQL ends all sessions then, and recovers by itself
    load.join()
    assert set(seen.values()) <= {200, 500}
    assert Counter(seen.values())[500] >= len(pids)
    recovers(service)


@pytest.mark.parametrize("name", CONTENDERS)
def test_a_database_that_stays_locked_is_an_error_after_the_busy_timeout(
    name: str, request: pytest.FixtureRequest
) -> None:
    service = new_service("sqlite", name, request, "-locked")
    service.environment["SQLITE_BUSY_MS"] = "1500"
    service.migrate()
    service.start()
    try:
        assert isinstance(service.store, SqliteStore)
        with service.client() as client, closing(service.store.connect()) as other:
            other.execute("BEGIN IMMEDIATE")
            started = time.monotonic()
            failed(client.post("io-intensive", {"request_id": "a"}))
            assert 1.4 < time.monotonic() - started < 10
            assert client.get("health").status == 200  # readers are not in a writer's way
            other.execute("ROLLBACK")
            assert client.post("io-intensive", {"request_id": "a"}).status == 200
        assert rows_by_id(service) == {"a": 5}
    finally:
        service.stop()
