"""DATABASE_URL → Tortoise's configuration, and the statements that no ORM call stands for."""

from typing import Any

from tortoise import connections
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.transactions import in_transaction

from . import settings


def is_sqlite() -> bool:
    return settings.DATABASE_URL.startswith("sqlite:")


def _sqlite() -> dict[str, Any]:
    path = settings.DATABASE_URL.removeprefix("sqlite:///")
    # Everything but the path is sent as a PRAGMA when the connection opens. journal_size_limit undoes
    # Tortoise's own 16 KiB: −1 is SQLite's default and what Django has.
    pragmas = {
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "busy_timeout": settings.SQLITE_BUSY_MS,
        "journal_size_limit": -1,
        "foreign_keys": "ON",
    }
    return {"engine": "app.backend_sqlite", "credentials": {"file_path": path, **pragmas}}


def _postgres() -> dict[str, Any]:
    # asyncpg would close a connection after 50 000 queries or 300 idle seconds; Django's stay open.
    pool = {
        "minsize": settings.POOL_SIZE,
        "maxsize": settings.POOL_SIZE,
        "max_queries": 2**31,
        "max_inactive_connection_lifetime": 0,
    }
    credentials = expand_db_url(settings.DATABASE_URL)["credentials"]
    return {"engine": "tortoise.backends.asyncpg", "credentials": {**credentials, **pool}}


def config() -> dict[str, Any]:
    return {
        "connections": {"default": _sqlite() if is_sqlite() else _postgres()},
        "apps": {"models": {"models": ["app.models"], "default_connection": "default"}},
    }


async def ping() -> None:
    """Raises unless the database answers a query on a table; the first call opens the whole pool."""
    await connections.get("default").execute_query("SELECT id FROM users LIMIT 1")


async def empty_tables() -> None:
    if is_sqlite():
        statements = [f"DELETE FROM {table}" for table in ("order_items", "orders", "products", "users")]
        statements.append("DELETE FROM sqlite_sequence")
    else:
        statements = ["TRUNCATE users, products, orders, order_items RESTART IDENTITY"]
    async with in_transaction() as connection:
        for statement in statements:
            await connection.execute_query(statement)
