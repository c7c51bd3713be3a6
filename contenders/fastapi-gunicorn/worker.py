"""gunicorn's view of uvicorn, with the same loop, parser and log settings as the `fastapi` contender."""

from uvicorn_worker import UvicornWorker


class Worker(UvicornWorker):
    # "auto" would find the same two; named, so that a missing package is an error and not a slower run.
    CONFIG_KWARGS = {"loop": "uvloop", "http": "httptools", "access_log": False}
