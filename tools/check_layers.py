#!/usr/bin/env python3
"""Fails on an include that goes against the layers: a folder of src/ includes only what its row allows.

The table is src/layers.txt, by which CMake links too; the rows of ARCHITECTURE.md have to say the same. Also fails on a
header without #pragma once, and on a .cpp file whose first include is not its own header.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
LAYER = re.compile(r"^(\w+):(.*)$", re.M)
ROW = re.compile(r"^\| `(\w+)` \| .+ \| (.+) \|$", re.M)


def layers(root: pathlib.Path) -> dict[str, set[str]]:
    text = (root / "src" / "layers.txt").read_text(encoding="utf-8")
    return {folder: set(allowed.split()) for folder, allowed in LAYER.findall(text)}


def said(text: str, folder: str, table: dict[str, set[str]]) -> set[str]:
    """What the last column of a row of ARCHITECTURE.md allows."""
    order = list(table)
    if text.startswith("all above"):
        but = re.findall(r"\w+", text.partition("but")[2])
        return set(order[: order.index(folder)]) - set(but)
    if text == "everything":
        return set(order) - {folder}
    return {word for word in re.findall(r"\w+", text.partition("(")[0] + text.partition(")")[2]) if word in table}


def documented(root: pathlib.Path, table: dict[str, set[str]]):
    rows = dict(ROW.findall((root / "ARCHITECTURE.md").read_text(encoding="utf-8")))
    for folder in table:
        if folder not in rows:
            yield f"ARCHITECTURE.md: no row for {folder}"
        elif said(rows[folder], folder, table) != table[folder]:
            yield f"ARCHITECTURE.md: the row of {folder} is not that of src/layers.txt"


def problems(root: pathlib.Path):
    table = layers(root)
    yield from documented(root, table)
    source = root / "src"
    for path in sorted(source.rglob("*.[ch]pp")):
        folder = path.relative_to(source).parts[0]
        name = path.relative_to(root)
        text = path.read_text(encoding="utf-8")
        if folder not in table:
            yield f"{name}: folder {folder} is not in the table of layers"
            continue
        includes = INCLUDE.findall(text)
        for include in includes:
            target = include.split("/")[0]
            if "/" not in include:
                yield f'{name}: "{include}" must be written from src/, as "folder/file.hpp"'
            elif target != folder and target not in table[folder]:
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
