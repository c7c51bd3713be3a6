"""`joust selftest` on the real service and a real PostgreSQL: every fault is caught by its name, or is a known gap."""

import json
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
JOUST = ROOT / "build/release/joust"
CASES = (ROOT / "src/cli/selftest_cases.cpp").read_text()
LABELS = re.findall(r'SelftestCase\{"([a-z0-9-]+)"', CASES)
ENDS = ("valid", "caught", "not caught yet", "NOT CAUGHT", "MISNAMED", "WRONGED", "caught: no gap any more", "NOT NAMED")


def joust(*arguments, timeout=600):
    return subprocess.run([JOUST, "selftest", *map(str, arguments)], cwd=ROOT, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=timeout)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tmp_path_factory.mktemp("selftest")


@pytest.fixture(scope="module")
def done(results):
    return joust("--results", results)


@pytest.fixture(scope="module")
def lines(done):
    """How each variant ended, and the codes of what it was caught by."""
    found = {}
    for line in done.stdout.splitlines():
        cells = re.split(r" {2,}", line.strip())
        if cells[0] in LABELS and len(cells) > 2:
            found[cells[0]] = (cells[2], cells[3].split(", ") if len(cells) > 3 else [])
    return found


def test_all_is_as_expected(done):
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_variant_has_its_line(done, lines):
    assert list(lines) == LABELS, done.stdout + done.stderr
    assert {end for end, _ in lines.values()} <= set(ENDS)


@pytest.mark.parametrize("label", ["honest", "slow", "other-sql", "stalls"])
def test_who_does_the_work_is_valid(lines, label):
    assert lines[label][0] == "valid"


def test_a_standstill_is_named_and_takes_nothing_away(lines):
    assert "stood_still" in lines["stalls"][1], lines["stalls"]
    assert "stood_still" not in lines["slow"][1], lines["slow"]


@pytest.mark.parametrize("label, code", [
    ("rolls-back", "effects"), ("another-database", "effects"), ("loses-one", "effects"), ("duplicates-one", "effects"),
    ("unlogged", "effects"), ("while-watched", "effects"), ("cached-body", "error_rate"), ("wrong-id", "error_rate"),
    ("error-inside", "error_rate"), ("three-percent", "error_rate"), ("sheds-load", "error_rate"),
    ("skips-a-file", "effects"), ("never-reads", "effects"), ("files-in-memory", "effects"),
    ("updates-to-the-same", "effects"), ("id-of-another", "effects"), ("async-session", "effects"),
    ("async-role", "effects"), ("async-local", "effects"), ("two-workers", "processes_not_declared"),
    ("helper", "processes_not_declared"),
    ("commits-after-answer", "effects"), ("restarts", "service_restarted"), ("leaks", "out_of_memory"), ("degrades", "no_steady_state"),
])
def test_a_cheat_is_caught_by_its_name(lines, label, code):
    end, codes = lines[label]
    assert end == "caught" and code in codes, lines[label]


def test_the_setting_of_a_role_is_read_back_by_name(done, results):
    (file,) = results.glob("*_selftest/trials.jsonl")
    own = {trial["contender"]: trial["settings_of_role_or_database"]["settings"]
           for trial in map(json.loads, file.read_text().splitlines())}
    assert own.pop("async-role") == [{"role": "joust_async-role", "database": "", "name": "synchronous_commit", "value": "off"}]
    assert not any(own.values()), own


def test_one_lost_and_one_duplicated_write_are_found_among_hundreds(done, results):
    (file,) = results.glob("*_selftest/trials.jsonl")
    trials = {trial["contender"]: trial["audit"] for trial in map(json.loads, file.read_text().splitlines())}
    assert trials["loses-one"]["lost"] == 1 and trials["duplicates-one"]["duplicate"] == 1
    assert min(trials["loses-one"]["right"], trials["duplicates-one"]["right"]) > 100


def test_the_service_and_the_cases_know_the_same_faults():
    source = (ROOT / "contenders/beast/src/faults.cpp").read_text()
    assert set(re.findall(r'Fault\{"([a-z0-9-]+)"', source)) == set(LABELS) - {"honest"}


def test_the_table_of_the_readme_is_what_the_program_expects():
    listed = joust("--list")
    assert listed.returncode == 0
    assert listed.stdout.strip() in (ROOT / "README.md").read_text()


def test_an_unknown_fault_is_refused_by_the_service(tmp_path):
    binaries = sorted(pathlib.Path("/var/lib/joust/venvs").glob("beast-*/bin/beast")) or sorted(
        (pathlib.Path.home() / ".local/state/joust/venvs").glob("beast-*/bin/beast"))
    assert binaries
    told = subprocess.run([binaries[-1], "serve", "127.0.0.1", "0"], text=True, capture_output=True,
                          env={"FAULT": "nothing-known", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"})
    assert told.returncode == 2 and "FAULT=nothing-known" in told.stderr
