#!/usr/bin/env python3
"""Fails on words that the tracked files must not hold.

Places of one machine, hosts of package registries (mirrors and proxies are the user's business, set in his own
configuration), type names that name a mechanism and not a role, shared ownership, unfinished work, and large files.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_BYTES = 1_000_000
MAX_SOURCE_LINES = 450

# Written in pieces, so that this file passes its own check.
HOSTS = [("pypi", "org"), ("registry.npmjs", "org"), ("registry.yarnpkg", "com"), ("proxy.golang", "org"),
         ("crates", "io"), ("files.pythonhosted", "org"), ("deb.debian", "org"), ("security.debian", "org")]
EVERYWHERE = [
    (re.compile(r"(?<![\w.$})])/(?:work|root)/"), "a path of one machine"),
    (re.compile(r"(?<![\w.$})])/home/(?!user\b|you\b)\w+"), "a path of one machine"),
    (re.compile("|".join(re.escape(f"{name}.{end}") for name, end in HOSTS)), "the host of a package registry"),
]
CPP = [
    (re.compile(r"\b(?:class|struct|enum class)\s+\w*(?:Manager|Helper|Utils?|Impl)\b"), "a type named for its mechanism"),
    (re.compile(r"\bstd::(?:shared_ptr|make_shared)\b"), "shared ownership"),
    (re.compile(r"\b(?:TO" r"DO|FIX" r"ME|GTEST_SKIP|DISABLED_)"), "unfinished work"),
]


def tracked() -> list[pathlib.Path]:
    listing = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], check=True, stdout=subprocess.PIPE)
    return [pathlib.Path(name) for name in listing.stdout.decode().split("\0") if name]


def problems(name: pathlib.Path):
    path = ROOT / name
    if not path.is_file():
        return  # deleted, not yet committed
    content = path.read_bytes()
    if len(content) > MAX_BYTES:
        yield f"{name}: {len(content)} bytes, at most {MAX_BYTES}"
    if b"\0" in content[:8000]:
        return
    is_cpp = name.suffix in (".cpp", ".hpp")
    lines = content.decode(errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        for pattern, what in EVERYWHERE + (CPP if is_cpp else []):
            if found := pattern.search(line):
                yield f"{name}:{number}: {what}: {found.group()}"
    if is_cpp and len(lines) > MAX_SOURCE_LINES:
        yield f"{name}: {len(lines)} lines, at most {MAX_SOURCE_LINES}"


def main() -> int:
    names = tracked()
    found = [problem for name in names for problem in problems(name)]
    print("\n".join(found) if found else f"names: nothing to say against {len(names)} files")
    return 1 if found or not names else 0


if __name__ == "__main__":
    sys.exit(main())
