"""Who runs the services and the database: never root. Where their files lie: where that user can read."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

USER = "joust"


def _account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER], check=True)
        return pwd.getpwnam(USER)


ACCOUNT = _account()


def as_user(command: list[str]) -> list[str]:
    """The command as the unprivileged user, ended with the process that started it, even when that is killed."""
    drop = [f"--reuid={ACCOUNT.pw_uid}", f"--regid={ACCOUNT.pw_gid}", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *drop, "--pdeathsig", "TERM", "--", *command]


def base() -> Path:
    """Parent of all that a run makes. Below a home directory of mode 0700 the user could not read it."""
    if os.geteuid() != 0:
        return Path(tempfile.gettempdir())
    path = Path("/var/lib/joust")
    path.mkdir(mode=0o755, exist_ok=True)
    return path


def owned_folder(path: Path) -> Path:
    path.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(path, ACCOUNT.pw_uid, ACCOUNT.pw_gid)
    return path
