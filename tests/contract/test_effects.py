"""What a successful request leaves behind, seen from outside: rows, transactions, files."""

import re
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from client import Client
from contender import Service
from load import rows_by_id, send_together
from store import SqliteStore
from watch import FileWatch

WORKLOADS = ("io-intensive", "io-intensive-rows")
pytestmark = pytest.mark.parametrize("workload", WORKLOADS)


def transactions(service: Service) -> int:
    """How many writing transactions the database has seen."""
    store = service.store
    if isinstance(store, SqliteStore):
        # The change counter of the WAL index: one more for each commit.
        shared = store.path.with_name(store.path.name + "-shm").read_bytes()
        return struct.unpack_from("=I", shared, 8)[0]
    # The id that would be given next; none is taken by asking.
    return int(store.sql("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")[0][0])


@contextmanager
def counted_rows(service: Service) -> Iterator[Counter[str]]:
    """Counts rows by operation: with triggers, which see every row that any statement touches.

    Not on SQLite, where Tortoise's own counts take in the rows that a trigger writes; there the highest id
    ever given tells inserts, and with them what was deleted.
    """
    store = service.store
    counts: Counter[str] = Counter()
    if isinstance(store, SqliteStore):
        yield counts
        inserted = store.sql("SELECT seq FROM sqlite_sequence WHERE name = 'users'")[0][0]
        left, updated = store.sql("SELECT count(*), count(*) FILTER (WHERE age = 99) FROM users")[0]
        counts.update(INSERT=inserted, UPDATE=updated, DELETE=inserted - left)
        return
    store.sql("CREATE TABLE seen (operation text)")
    body = "BEGIN INSERT INTO seen VALUES (TG_OP); RETURN NULL; END"
    store.sql(f"CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    events = "INSERT OR UPDATE OR DELETE"
    store.sql(f"CREATE TRIGGER see AFTER {events} ON users FOR EACH ROW EXECUTE FUNCTION see()")
    try:
        yield counts
        counts.update(operation for (operation,) in store.sql("SELECT operation FROM seen"))
    finally:
        store.sql("DROP TRIGGER see ON users")
        store.sql("DROP FUNCTION see()")
        store.sql("DROP TABLE seen")


def test_five_updated_users_are_left(service: Service, client: Client, workload: str) -> None:
    client.post("users", {"name": "Ada", "email": "ada@example.com", "age": 36})
    client.post(workload, {"request_id": "first"})
    assert client.post(workload, {"request_id": "second"}).status == 200
    rows = service.store.sql("SELECT request_id, ordinal, age, name FROM users ORDER BY id")
    assert rows[0] == (None, None, 36, "Ada")
    left = [(request_id, ordinal, 99, f"User {ordinal}") for request_id in ("first", "second") for ordinal in range(5)]
    assert rows[1:] == left


def test_an_email_is_made_of_the_time_and_a_unique_number(service: Service, client: Client, workload: str) -> None:
    client.post(workload, {"request_id": "a"})
    emails = [email for (email,) in service.store.sql("SELECT email FROM users")]
    assert len(set(emails)) == 5
    assert all(re.fullmatch(r"\d{16}-[0-9a-f]{32}@example\.com", email) for email in emails)


def test_times_are_set_and_the_update_is_later(service: Service, client: Client, workload: str) -> None:
    client.post(workload, {"request_id": "a"})
    later = "SELECT count(*) FROM users WHERE updated_at > created_at"
    assert service.store.sql(later) == [(5,)]
    now = "now()" if service.store.engine == "postgres" else "datetime('now')"
    older = "- interval '1 minute'" if service.store.engine == "postgres" else ""
    recent = f"{now} {older}" if older else "datetime('now', '-1 minute')"
    assert service.store.sql(f"SELECT count(*) FROM users WHERE created_at > {recent}") == [(5,)]


def test_ten_rows_are_inserted_five_updated_and_five_deleted(
    service: Service, client: Client, workload: str
) -> None:
    with counted_rows(service) as counts:
        assert client.post(workload, {"request_id": "a"}).status == 200
    assert counts == {"INSERT": 10, "UPDATE": 5, "DELETE": 5}


def test_a_request_is_one_transaction(service: Service, client: Client, workload: str) -> None:
    before = transactions(service)
    for turn in range(3):
        client.post(workload, {"request_id": f"{turn}"})
    assert transactions(service) - before == 3


def test_five_files_are_written_read_and_removed(service: Service, client: Client, workload: str) -> None:
    with FileWatch(service.scratch) as watch:
        client.post(workload, {"request_id": "a"})
        counts, names = watch.seen()
    assert counts == {"created": 5, "written": 5, "read": 5, "removed": 5}
    assert len(names) == 5
    assert not list(service.scratch.iterdir())


def test_sixteen_clients_at_once_do_exactly_what_is_answered(service: Service, workload: str) -> None:
    seen = send_together(service, workload, clients=16, each=6)
    assert Counter(seen.values()) == {200: 96}
    assert rows_by_id(service) == dict.fromkeys(seen, 5)
    assert service.store.sql("SELECT DISTINCT age FROM users") == [(99,)]
    assert service.store.sql("SELECT max(ordinal) FROM users") == [(4,)]
    assert not list(service.scratch.iterdir())


def test_a_repeated_id_can_be_seen_or_is_refused_whole(service: Service, client: Client, workload: str) -> None:
    client.post(workload, {"request_id": "a"})
    again = client.post(workload, {"request_id": "a"})
    # The bulk update reaches both sets, ten rows instead of five, and is undone; the rows' idiom has its own.
    assert (again.status, rows_by_id(service)) == ((500, {"a": 5}) if workload == "io-intensive" else (200, {"a": 10}))
