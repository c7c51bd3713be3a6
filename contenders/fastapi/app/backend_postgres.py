"""Tortoise's asyncpg backend, with a pool that survives the loss of the database."""

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections


class Transaction(TransactionContextPooled):
    """Gives the connection back when BEGIN fails.

    Tortoise 1.1 takes a connection and sends BEGIN in `__aenter__`; when BEGIN raises, `__aexit__` never
    runs and the connection stays taken. A database that dies under load would so empty the pool for good.
    """

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            return await super().__aenter__()
        except BaseException:
            taken = self.client._connection
            if taken is not None:
                get_connections().reset(self.token)
                await self.client._parent._pool.release(taken)
            raise


class Client(AsyncpgDBClient):
    def _in_transaction(self) -> TransactionContext:
        return Transaction(TransactionWrapper(self), self._pool_init_lock)


client_class = Client
