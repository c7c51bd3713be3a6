"""Compares every figure of the first file with each other file; the last line counts them."""
import pathlib
import sys


def figures(path):
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    return {tuple(line.split()[:2]): line.split()[2] for line in lines}


ours = figures(sys.argv[1])
passed = failed = 0
for path in sys.argv[2:]:
    theirs = figures(path)
    for key in sorted(ours.keys() | theirs.keys()):
        if key in ours and ours[key] == theirs.get(key):
            passed += 1
            continue
        failed += 1
        print(f"{pathlib.Path(path).stem}: {' '.join(key)} is {theirs.get(key)}, Joust says {ours.get(key)}")
if not ours:
    failed += 1
    print("Joust wrote no figures")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
