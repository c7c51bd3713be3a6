"""Every contender makes the same tables: columns, types, defaults, indexes, constraints and their actions."""

import json

import pytest
from conftest import CONTENDERS, ENGINES, new_service
from contender import Service
from store import PostgresStore, SqliteStore

TABLES = ["order_items", "orders", "products", "users"]

POSTGRES = {
    "tables": """
        SELECT relname, relkind::text, relpersistence::text, relhastriggers, reloptions::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i') ORDER BY 1""",
    "columns": """
        SELECT attrelid::regclass::text, attnum, attname, format_type(atttypid, atttypmod), attnotnull,
               attidentity::text, pg_get_expr(adbin, adrelid), attcollation
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attnum > 0 AND NOT attisdropped AND attrelid IN (
            SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')
        ORDER BY 1, 2""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid), condeferrable,
               condeferred, convalidated, confupdtype::text, confdeltype::text
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def dump(store: PostgresStore | SqliteStore) -> dict[str, list]:
    if isinstance(store, PostgresStore):
        return {what: store.sql(query) for what, query in POSTGRES.items()}
    found: dict[str, list] = {"objects": store.sql("SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2")}
    for table in [name for kind, name, _ in found["objects"] if kind == "table"]:
        found[f"{table} columns"] = store.sql(f"PRAGMA table_xinfo({table})")
        found[f"{table} foreign keys"] = store.sql(f"PRAGMA foreign_key_list({table})")
        for _, index, *kind in store.sql(f"PRAGMA index_list({table})"):
            found[f"{index} of {table}"] = [kind, *store.sql(f"PRAGMA index_xinfo({index})")]
    return found


@pytest.fixture(scope="module", params=ENGINES)
def migrated(request: pytest.FixtureRequest) -> dict[str, Service]:
    """A database of its own for each contender, with its tables and nothing else."""
    services = {name: new_service(request.param, name, request, "-schema") for name in CONTENDERS}
    for service in services.values():
        service.migrate()
    return services


def test_the_schema_is_the_same_for_every_contender(migrated: dict[str, Service]) -> None:
    dumps = {name: dump(service.store) for name, service in migrated.items()}
    first = dumps.pop(CONTENDERS[0])
    assert len(dumps) == len(CONTENDERS) - 1
    for name, other in dumps.items():
        assert other == first, name


def test_there_are_the_four_tables_and_no_other(migrated: dict[str, Service]) -> None:
    for service in migrated.values():
        if service.store.engine == "postgres":
            found = service.store.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        else:
            own = "name NOT LIKE 'sqlite_%'"
            found = service.store.sql(f"SELECT name FROM sqlite_master WHERE type = 'table' AND {own} ORDER BY 1")
        assert [name for (name,) in found] == TABLES


def test_rows_are_tied_at_once_and_deleted_with_their_parents(migrated: dict[str, Service]) -> None:
    for service in migrated.values():
        if service.store.engine == "postgres":
            kinds = service.store.sql(
                "SELECT DISTINCT condeferrable, confdeltype::text FROM pg_constraint WHERE contype = 'f'"
            )
            assert kinds == [(False, "c")]
        else:
            for table in ("orders", "order_items"):
                assert {row[6] for row in service.store.sql(f"PRAGMA foreign_key_list({table})")} == {"CASCADE"}


def test_an_id_may_be_written_twice_but_an_email_may_not(migrated: dict[str, Service]) -> None:
    for service in migrated.values():
        sql = service.store.sql
        for email in ("a", "b"):
            sql(
                "INSERT INTO users (name, email, age, request_id, ordinal, created_at, updated_at)"
                f" VALUES ('n', '{email}', 1, 'same', 0, '2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00')"
            )
        with pytest.raises(Exception, match="(?i)unique"):
            sql("INSERT INTO users (name, email, age, created_at, updated_at) SELECT name, email, age, created_at,"
                " updated_at FROM users")
        assert sql("SELECT count(*) FROM users WHERE request_id = 'same'") == [(2,)]
        sql("DELETE FROM users")


def test_migrating_again_changes_nothing_and_keeps_the_rows(migrated: dict[str, Service]) -> None:
    for service in migrated.values():
        before = dump(service.store)
        service.store.sql(
            "INSERT INTO products (name, price_cents, created_at, updated_at)"
            " VALUES ('Tea', 1, '2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00')"
        )
        service.migrate()
        assert dump(service.store) == before
        assert service.store.sql("SELECT name FROM products") == [("Tea",)]
        service.store.sql("DELETE FROM products")


# What a contender's own connection has in force, asked by a program within its virtual environment.
ASK = """
import json, sqlite3
PRAGMAS = ["journal_mode", "synchronous", "busy_timeout", "foreign_keys", "journal_size_limit", "locking_mode",
           "cache_size", "mmap_size", "temp_store", "wal_autocheckpoint", "page_size", "auto_vacuum"]
def locked(path):
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        return False
    except sqlite3.OperationalError:
        return True
    finally:
        other.close()
"""
ASK_OF = {
    "fastapi": ASK
    + """
from app import database, settings
from tortoise import Tortoise, connections, run_async
from tortoise.transactions import in_transaction
async def ask():
    await Tortoise.init(config=database.config())
    found = {}
    for name in PRAGMAS:
        _, rows = await connections.get("default").execute_query(f"PRAGMA {name}")
        found[name] = rows[0][0]
    async with in_transaction():
        found["locked from the start"] = locked(settings.DATABASE_URL.removeprefix("sqlite:///"))
    print(json.dumps(found))
run_async(ask())
""",
    "django": ASK
    + """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
django.setup()
from django.db import connection, transaction
found = {}
with connection.cursor() as cursor:
    for name in PRAGMAS:
        found[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]
with transaction.atomic():
    found["locked from the start"] = locked(connection.settings_dict["NAME"])
print(json.dumps(found))
""",
}


def test_sqlite_is_set_alike_and_transactions_lock_from_the_start(migrated: dict[str, Service]) -> None:
    if next(iter(migrated.values())).store.engine != "sqlite":
        return
    found = {}
    for name, program in ASK_OF.items():
        service = migrated[name]
        service.log_path.write_text("")
        assert service._spawn(["{venv}/bin/python", "-c", program.replace("{", "{{").replace("}", "}}")]).wait(20) == 0
        found[name] = json.loads(service.log.strip().splitlines()[-1])
    assert found["django"] == found["fastapi"]
    expected = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 20000, "foreign_keys": 1}
    assert found["django"].items() >= (expected | {"locked from the start": True}).items()
