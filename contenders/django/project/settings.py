"""Production settings of an API: no debug mode, no middleware, no app that the workload does not use."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

DEBUG = False
SECRET_KEY = secrets.token_hex()  # signs nothing here: no sessions, no cookies
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
INSTALLED_APPS = ["benchmark"]
MIDDLEWARE: list[str] = []
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
# The body's size is bounded by its validation, as in the other contenders.
DATA_UPLOAD_MAX_MEMORY_SIZE = None

SCRATCH = Path(os.environ.get("SCRATCH_DIR") or os.environ.get("TMPDIR", "/tmp"))
SQLITE_BUSY_MS = int(os.environ.get("SQLITE_BUSY_MS", "20000"))


def database(url: str) -> dict[str, object]:
    """DATABASE_URL → one entry of DATABASES, with connections that stay open as long as their thread."""
    if url.startswith("sqlite:///"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": SQLITE_BUSY_MS / 1000,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL: {parts.scheme} is neither postgres nor sqlite")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": None,
    }


DATABASES = {"default": database(os.environ["DATABASE_URL"])}

# Failures with their traceback to stderr, as uvicorn has them; an invalid request is no event.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
