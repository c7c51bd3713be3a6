"""Tortoise's SQLite backend, with transactions that take the write lock when they begin.

Tortoise has one SQLite connection and a lock around it; its plain BEGIN would take the write lock only
at the first write, while Django is set to BEGIN IMMEDIATE. Both now do the latter.
"""

import sqlite3

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError


class ImmediateTransactionWrapper(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error


class Transaction(SqliteTransactionContext):
    """Releases the lock when BEGIN fails, which happens now that BEGIN can meet another process's lock."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection


class Client(SqliteClient):
    def _in_transaction(self) -> TransactionContext:
        return Transaction(ImmediateTransactionWrapper(self), self._lock)


client_class = Client
