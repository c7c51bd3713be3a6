"""The database behind a service, seen without the service: direct SQL on PostgreSQL or SQLite."""

import sqlite3
from contextlib import closing
from pathlib import Path

from postgres import Postgres


class PostgresStore:
    engine = "postgres"

    def __init__(self, server: Postgres, database: str) -> None:
        self.server = server
        self.database = database
        self.url = server.create(database)

    def sql(self, statement: str) -> list[tuple]:
        with closing(self.server.connect(self.database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


class SqliteStore:
    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=10, isolation_level=None)

    def sql(self, statement: str) -> list[tuple]:
        with closing(self.connect()) as connection:
            return connection.execute(statement).fetchall()


Store = PostgresStore | SqliteStore
