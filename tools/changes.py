"""Which files changed, newest change first, for checks that have a time budget.

Changed means: since the point where this branch left the main one; on the main branch itself, since the last tag; with
neither, ever.
"""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return done.stdout.strip() if done.returncode == 0 else ""


def base() -> str:
    head = git("rev-parse", "HEAD")
    for main_branch in ("origin/HEAD", "origin/main"):
        fork = git("merge-base", main_branch, "HEAD")
        if fork and fork != head:
            return fork
    return git("describe", "--tags", "--abbrev=0", "HEAD^")


def changed(since: str) -> list[str]:
    """Newest change first; what is changed but not committed comes before everything."""
    history = git("log", "--format=", "--name-only", f"{since}..HEAD" if since else "HEAD").splitlines()
    dirty = git("diff", "--name-only", "HEAD").splitlines()
    return list(dict.fromkeys(name for name in dirty + history if name))
