"""Every error is answered as {"error": "..."}; what fails is a 5xx, never a 200."""

import logging
import sqlite3

import asyncpg
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from tortoise.exceptions import BaseORMException

log = logging.getLogger("uvicorn.error")


class WorkIncomplete(Exception):
    """The database or the file system did not do what the contract asks for."""


# What a lost database or a full disk raises. Named one by one, because a handler for Exception itself
# makes the server close the connection after answering; these are answered and the connection is kept.
FAILURES = (
    WorkIncomplete,
    BaseORMException,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    sqlite3.Error,
    OSError,
)


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status, headers=headers)


async def on_failure(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _error(500, "internal error")


async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    return _error(422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


async def on_http_error(_: Request, error: HTTPException) -> JSONResponse:
    # 400 is FastAPI's word for a body that is no text at all; to a client it is one more invalid body.
    status = 422 if error.status_code == 400 else error.status_code
    return _error(status, str(error.detail), error.headers)


handlers = {
    RequestValidationError: on_invalid,
    HTTPException: on_http_error,
    Exception: on_failure,
    **{failure: on_failure for failure in FAILURES},
}
