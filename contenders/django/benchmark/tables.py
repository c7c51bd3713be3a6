"""The tables that are missing are made; none that exists is changed.

Not by Django's own migrations: they would keep a table of their own, and their tables would not be the
other contenders' (schema/postgres.sql tells what differs).
"""

from pathlib import Path

from django.db import connection

SCHEMA = Path(__file__).resolve().parent.parent / "schema"


def make_tables() -> None:
    engine = "sqlite" if connection.vendor == "sqlite" else "postgres"
    script = (SCHEMA / f"{engine}.sql").read_text(encoding="utf-8")
    connection.ensure_connection()
    if engine == "sqlite":
        connection.connection.executescript(script)
    else:
        with connection.cursor() as cursor:
            cursor.execute(script)
    connection.close()
