"""What the environment gives, and the sizes that are held fixed for the benchmark."""

import os
from pathlib import Path

DATABASE_URL = os.environ["DATABASE_URL"]
SCRATCH = Path(os.environ.get("SCRATCH_DIR") or os.environ.get("TMPDIR", "/tmp"))

# Opened at start and kept: no connection is made or retired during a trial.
POOL_SIZE = 20

# aiofiles runs each file call on asyncio's default executor, whose size follows the CPUs of the *host*:
# min(32, CPUs + 4). It is set to what that gives for the one CPU a contender may use, so that a larger
# host does not change the contender.
FILE_THREADS = 5

SQLITE_BUSY_MS = int(os.environ.get("SQLITE_BUSY_MS", "20000"))
