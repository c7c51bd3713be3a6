#!/usr/bin/env python3
"""Plants the one-line bugs of tools/mutants/*.toml, one at a time, and fails if a test program does not notice one.

Works on a copy of the tree below build/mutants; keeps it, so that a second run compiles little.

    bench/mutants.py                all
    bench/mutants.py stats          those of tools/mutants/stats.toml
    bench/mutants.py stats rank     of these, those whose description has the word
    bench/mutants.py --check        plants nothing: each bug must still fit its source, in exactly one place
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "mutants" / "tree"
BUILD = ROOT / "build" / "mutants" / "build"
TIMEOUT_S = 300  # a test program that hangs has noticed, too


def copy_tree():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    wanted = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    for name in wanted:
        source, target = ROOT / name, COPY / name
        if target.exists() and target.read_bytes() == source.read_bytes():
            continue  # keeps its time stamp: nothing to compile
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for path in COPY.rglob("*"):
        if path.is_file() and str(path.relative_to(COPY)) not in wanted:
            path.unlink()


def build(test):
    """Empty when it builds, else what the compiler said."""
    done = subprocess.run(["cmake", "--build", BUILD, "--target", test, "-j2"], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def failure(test):
    """The first test that fails: so that one sees whether it was the right one that noticed. None when all pass."""
    try:
        done = subprocess.run([BUILD / "tests" / test, "--gtest_brief=1", "--gtest_fail_fast"], capture_output=True,
                              timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return "its not ending"
    if done.returncode == 0:
        return None
    failed = re.search(r"^\[  FAILED  \] ([^ ,]+)", done.stdout.decode(errors="replace"), re.MULTILINE)
    return failed[1] if failed else "a crash"


def misfit(mutant, tree):
    """Why the bug cannot be planted: empty when its text stands exactly once in its file."""
    path = tree / mutant["file"]
    if not path.is_file():
        return f"there is no {mutant['file']}"
    found = path.read_text(encoding="utf-8").count(mutant["from"])
    return "" if found == 1 else f'"{mutant["from"]}" occurs {found} times in {mutant["file"]}'


def judge(mutant, test):
    """"caught by …", "survived" or, for a mutant that is itself wrong, the reason."""
    if problem := misfit(mutant, COPY):
        return problem
    path = COPY / mutant["file"]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(mutant["from"], mutant["to"]), encoding="utf-8")
    try:
        if problem := build(test):
            return "does not compile:\n" + problem
        failed = failure(test)
        return f"caught by {failed}" if failed else "survived"
    finally:
        path.write_text(text, encoding="utf-8")


def check(lists):
    """Whether every bug still fits; what does not is printed."""
    mutants = [(path.stem, mutant) for path in lists for mutant in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]]
    problems = [f"{name}: {mutant['bug']}: {problem}" for name, mutant in mutants if (problem := misfit(mutant, ROOT))]
    print("\n".join(problems) if problems else f"mutants: all {len(mutants)} fit their source in exactly one place")
    return bool(mutants) and not problems


def run(lists, word):
    """Plants those whose description has `word`; whether the tests noticed all, of which there was one at least."""
    copy_tree()
    subprocess.run(["cmake", "-S", COPY, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug"], check=True,
                   stdout=subprocess.DEVNULL)
    caught = missed = 0
    for path in lists:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if problem := build(content["test"]):
            sys.exit(f"{content['test']} does not build without a mutant:\n{problem}")
        if failed := failure(content["test"]):
            sys.exit(f"{content['test']} fails without a mutant: {failed}")
        for mutant in content["mutant"]:
            if word not in mutant["bug"]:
                continue
            judged = judge(mutant, content["test"])
            print(f"{path.stem}: {mutant['bug']}: {judged}", flush=True)
            caught += judged.startswith("caught")
            missed += not judged.startswith("caught")
    print(f"{caught} passed, {missed} failed")
    return caught > 0 and missed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", nargs="?", default="")
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    lists = [path for path in sorted((ROOT / "tools" / "mutants").glob("*.toml")) if arguments.list in ("", path.stem)]
    if not lists:
        sys.exit(f"no tools/mutants/{arguments.list}.toml")
    return 0 if (check(lists) if arguments.check else run(lists, arguments.word)) else 1


if __name__ == "__main__":
    sys.exit(main())
