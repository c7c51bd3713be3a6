"""The application: its life, its routes, its answers to errors."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from tortoise.contrib.fastapi import RegisterTortoise

from . import database, errors, settings, shop, workload
from .schemas import Status


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(settings.FILE_THREADS))
    async with RegisterTortoise(app, config=database.config(), use_tz=True):
        await database.ping()
        yield


# No documentation pages and no redirects to or from a trailing slash: an unknown route is a 404.
app = FastAPI(
    lifespan=lifespan,
    openapi_url=None,
    redirect_slashes=False,
    exception_handlers=errors.handlers,
)
app.include_router(workload.router)
app.include_router(shop.router)


@app.get("/health")
async def health() -> Status:
    try:
        await database.ping()
    except errors.FAILURES as error:
        raise HTTPException(503, "database does not answer") from error
    return Status()


@app.post("/reset")
async def reset() -> Status:
    await database.empty_tables()
    return Status()
