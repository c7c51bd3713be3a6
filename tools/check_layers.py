#!/usr/bin/env python3
"""Fails on an include that goes against the layers: a folder of src/ includes only what its row allows.

The table is the one of the design ("Folders"). Also fails on a header without #pragma once, and on a .cpp file whose
first include is not its own header.
"""
import pathlib
import re
import sys

MEASURING = {"base", "stats", "http", "model", "host", "runtime", "load", "service", "database", "parity"}
ALLOWED = {
    "base": set(),
    "stats": {"base"},
    "http": {"base"},
    "model": {"stats", "base"},
    "host": {"model", "base"},
    "runtime": {"host", "model", "base"},
    "load": {"http", "stats", "model", "base"},
    "service": {"runtime", "host", "http", "model", "base"},
    "database": {"runtime", "host", "http", "model", "base"},
    "parity": {"database", "host", "model", "base"},
    "analysis": {"stats", "model", "base"},
    "experiment": MEASURING,
    "report": {"stats", "model", "base", "host"},
    "live": {"report", "model", "base"},
    "cli": MEASURING | {"analysis", "experiment", "report", "live"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def problems(root: pathlib.Path):
    source = root / "src"
    for path in sorted(source.rglob("*.[ch]pp")):
        folder = path.relative_to(source).parts[0]
        name = path.relative_to(root)
        text = path.read_text(encoding="utf-8")
        if folder not in ALLOWED:
            yield f"{name}: folder {folder} is not in the table of layers"
            continue
        includes = INCLUDE.findall(text)
        for include in includes:
            target = include.split("/")[0]
            if "/" not in include:
                yield f'{name}: "{include}" must be written from src/, as "folder/file.hpp"'
            elif target != folder and target not in ALLOWED[folder]:
                yield f"{name}: {folder} must not include {include}"
        if path.suffix == ".hpp" and "#pragma once" not in text:
            yield f"{name}: lacks #pragma once"
        own = path.with_suffix(".hpp")
        if path.suffix == ".cpp" and own.exists() and includes[:1] != [str(own.relative_to(source))]:
            yield f"{name}: the first include must be its own header"


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    found = list(problems(root))
    print("\n".join(found) if found else "layers: every include follows the table")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
