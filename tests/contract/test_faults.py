"""The C++ reference does what its FAULT says, and nothing of the kind without: seen from outside, on PostgreSQL."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from conftest import new_service
from contender import Service
from load import rows_by_id, send_together
from test_effects import counted_rows, transactions
from watch import FileWatch

HONEST_FIRST = 49  # faults of requests begin with the next one
ALL_FILES = {"created": 5, "written": 5, "read": 5, "removed": 5}
ALL_ROWS = {"INSERT": 10, "UPDATE": 5, "DELETE": 5}
Start = Callable[..., Service]
NUMBERS = itertools.count()


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    """Starts the service with a fault, and sends what it does honestly."""
    services: list[Service] = []

    def started(fault: str, honest: int = HONEST_FIRST) -> Service:
        service = new_service("postgres", "beast", request, f"-{fault}-{next(NUMBERS)}")
        service.environment["FAULT"] = fault
        service.migrate()
        services.append(service)
        service.start()
        with service.client() as client:
            for number in range(honest):
                assert client.post("io-intensive", {"request_id": f"before-{number}"}).status == 200
        return service

    yield started
    for service in services:
        if service.process:
            service.stop()


@pytest.mark.parametrize(
    "fault, files, rows, commits",
    [
        ("", ALL_FILES, ALL_ROWS, 1),
        ("slow", ALL_FILES, ALL_ROWS, 1),
        ("skips-a-file", dict.fromkeys(ALL_FILES, 4), ALL_ROWS, 1),
        ("never-reads", {key: 5 for key in ALL_FILES if key != "read"}, ALL_ROWS, 1),
        ("files-in-memory", {}, ALL_ROWS, 1),
        ("inserts-eight", ALL_FILES, {"INSERT": 8, "UPDATE": 5, "DELETE": 3}, 1),
        ("updates-nothing", ALL_FILES, {"INSERT": 10, "DELETE": 5}, 1),
        ("updates-in-the-insert", ALL_FILES, {"INSERT": 10, "DELETE": 5}, 1),
        ("two-transactions", ALL_FILES, ALL_ROWS, 2),
        ("trigger", ALL_FILES, ALL_ROWS, 1),
    ],
)
def test_one_request_does_just_that(start: Start, fault: str, files: dict, rows: dict, commits: int) -> None:
    service = start(fault)
    with service.client() as client, counted_rows(service) as counts:
        before = transactions(service)
        with FileWatch(service.scratch) as watch:
            assert client.post("io-intensive", {"request_id": "one"}).status == 200
            assert watch.seen()[0] == files
        assert transactions(service) - before == commits
    assert counts == rows


@pytest.mark.parametrize("fault", ["another-database", "rolls-back"])
def test_a_request_leaves_nothing_in_the_database(start: Start, fault: str) -> None:
    service = start(fault)
    with service.client() as client:
        assert client.post("io-intensive", {"request_id": "one"}).status == 200
    assert rows_by_id(service) == {f"before-{number}": 5 for number in range(HONEST_FIRST)}


def test_other_sql_has_the_same_effects_in_a_subtransaction(start: Start) -> None:
    service = start("other-sql")
    with service.client() as client, counted_rows(service) as counts:
        assert client.post("io-intensive", {"request_id": "one"}).status == 200
    assert counts == ALL_ROWS
    assert service.store.sql("SELECT count(*), min(age) FROM users WHERE request_id = 'one'") == [(5, 99)]


def test_an_update_to_the_same_leaves_what_was_there(start: Start) -> None:
    service = start("updates-to-the-same")
    with service.client() as client, counted_rows(service) as counts:
        client.post("io-intensive", {"request_id": "one"})
    assert counts == ALL_ROWS
    ages = service.store.sql("SELECT age FROM users WHERE request_id = 'one' ORDER BY ordinal")
    assert ages == [(20,), (21,), (22,), (23,), (24,)]


def test_several_requests_share_a_transaction(start: Start) -> None:
    service = start("one-for-several")
    before = transactions(service)
    seen = send_together(service, "io-intensive", clients=16, each=20)
    assert Counter(seen.values()) == {200: 320}
    assert rows_by_id(service).items() >= dict.fromkeys(seen, 5).items()
    assert 0 < transactions(service) - before < 320


@pytest.mark.parametrize("fault, status", [("", 500), ("commits-after-answer", 200)])
def test_who_answers_before_the_commit_does_not_know_that_it_failed(start: Start, fault: str, status: int) -> None:
    service = start(fault)
    sql = service.store.sql
    sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'no'; END$$")
    sql("CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION refuse()")
    with service.client() as client:
        assert client.post("io-intensive", {"request_id": "one"}).status == status
        assert client.get("health").status == 200
    assert "one" not in rows_by_id(service)


@pytest.mark.parametrize("fault, catalog", [
    ("trigger", "SELECT count(*) FROM pg_trigger WHERE tgname = 'delete_rest'"),
    ("unlogged", "SELECT count(*) FROM pg_class WHERE relname = 'users' AND relpersistence = 'u'"),
    ("async-role", "SELECT count(*) FROM pg_db_role_setting WHERE setconfig::text LIKE '%synchronous_commit=off%'"),
])
def test_what_it_changes_of_the_database_stands_in_the_catalogs(start: Start, fault: str, catalog: str) -> None:
    service = start(fault)
    try:
        assert service.store.sql(catalog) == [(1,)]
    finally:
        service.store.sql("ALTER ROLE CURRENT_USER RESET ALL")


@pytest.mark.parametrize("fault, body", [
    ("cached-body", '"request_id":"before-0"'), ("wrong-id", '"request_id":"onex"'), ("error-inside", '"error"'),
])
def test_an_answer_is_wrong_with_status_200(start: Start, fault: str, body: str) -> None:
    with start(fault).client() as client:
        answer = client.post("io-intensive", {"request_id": "one"})
    assert answer.status == 200 and body in answer.body.decode()


@pytest.mark.parametrize("fault, rows", [("loses-one", None), ("duplicates-one", 10)])
def test_one_request_is_written_wrongly_and_the_next_one_rightly(start: Start, fault: str, rows: int | None) -> None:
    service = start(fault, honest=399)
    with service.client() as client:
        for request_id in ("wrong", "right"):
            assert client.post("io-intensive", {"request_id": request_id}).status == 200
    found = rows_by_id(service)
    assert (found.get("wrong"), found.get("right")) == (rows, 5)


def test_one_answer_has_the_id_of_another(start: Start) -> None:
    service = start("id-of-another", honest=399)
    with service.client() as client:
        answers = [client.post("io-intensive", {"request_id": f"{n}"}).json["request_id"] for n in range(2)]
    assert answers == ["before-398", "1"]


@pytest.mark.parametrize("fault", ["two-workers", "helper"])
def test_there_is_a_process_more_than_declared_and_it_ends_with_the_service(start: Start, fault: str) -> None:
    service = start(fault)
    assert len(service.processes()) == (2 if fault == "two-workers" else 1)  # the helper has a session of its own
    service.stop()


def test_after_a_thousand_requests_nothing_is_done(start: Start) -> None:
    service = start("while-watched", honest=1000)
    with service.client() as client:
        assert client.post("io-intensive", {"request_id": "one"}).status == 200
        assert client.get("health").status == 200
    assert len(rows_by_id(service)) == 1000 and "one" not in rows_by_id(service)
