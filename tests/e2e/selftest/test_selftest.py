"""`joust selftest` on the real service and a real PostgreSQL: every fault is caught under its own name, or is a known gap."""

import json
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
JOUST = ROOT / "build/release/joust"
CASES = (ROOT / "src/cli/selftest_cases.cpp").read_text()
LABELS = re.findall(r'SelftestCase\{\s*"([a-z0-9-]+)"', CASES)
FEWER_FILES = {f"fewer files {deed}" for deed in ("created", "written", "read", "removed")}
LOST_IN_LOG = {"work missing in the log", "rows lost"}
# What each variant has to be charged with, and what it may be besides. Whatever else voids is a wrong name.
NAMES = {
    "skips-a-file": (FEWER_FILES, set()),
    "never-reads": ({"fewer files read"}, set()),
    "files-in-memory": ({"no files created"}, set()),
    "inserts-eight": ({"fewer rows inserted", "fewer rows deleted"}, set()),
    "updates-nothing": ({"fewer rows updated", "other values in rows"}, set()),
    "updates-to-the-same": ({"other values in rows"}, set()),
    "two-transactions": ({"more transactions than requests"}, set()),
    "one-for-several": ({"fewer transactions than requests"}, set()),
    "commits-after-answer": ({"verified: answered before its commit"},
                             {"answered before its commit", "verified: answered before it was durable"}),
    "rolls-back": ({"rolled back", "rows lost"}, set()),
    "unlogged": ({"table unlogged"}, {"work missing in the log", "no table to audit"}),
    "another-database": (LOST_IN_LOG, set()),
    "trigger": ({"trigger"}, set()),
    "cached-body": ({"wrong id in the body", "answer to another request"}, {"few operations"}),
    "wrong-id": ({"wrong id in the body"}, {"few operations"}),
    "error-inside": ({"wrong body"}, {"few operations"}),
    "three-percent": ({"status 5xx"}, set()),
    "async-session": ({"too few syncs"}, set()),
    "async-role": ({"setting of role or database"}, {"too few syncs"}),
    "async-local": ({"too few syncs", "verified: answered before it was durable"}, set()),
    "loses-one": ({"rolled back", "rows lost"}, set()),
    "duplicates-one": ({"rows twice", "more transactions than requests"}, set()),
    "restarts": ({"restarted"}, {"connections closed", "connections refused"}),
    "leaks": ({"out of memory"}, {"died", "connections closed", "connections refused", "few operations"}),
    "degrades": ({"no steady state"}, set()),
    "id-of-another": ({"answer to another request"}, set()),
    "sheds-load": ({"connections closed"}, set()),
    "two-workers": ({"more processes"}, set()),
    "helper": ({"more processes"}, set()),
    "while-watched": (LOST_IN_LOG | {"no files created"}, set()),
}
# What doubts or explains a figure, and voids none, may be said of any.
DOUBTS = {"no steady state", "stood still", "nobody busy", "littles law", "latency not steady", "saturation", "saturated",
          "delayed body"}
# Faults of the service that are no case of the self-test. An update in the insert leaves PostgreSQL's log short of updates,
# as "updates-nothing" does; only SQLite, which has no log of rows, needs `joust verify` to tell it: see test_verify.py.
OF_VERIFY_ONLY = {"updates-in-the-insert"}
HONEST = ["honest", "slow", "other-sql", "stalls"]
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
    """How each variant ended, and what it was caught by."""
    rows = done.stdout.splitlines()
    ending, by, proof = (rows[0].index(title) for title in ("Joust", "caught by", "proof"))
    found = {}
    for row in rows[1:]:
        label = row.split(" ", 1)[0]
        if label in LABELS and not row.startswith(" "):
            charges = row[by:proof].strip()
            found[label] = (row[ending:by].strip(), set(charges.split(", ")) if charges else set())
    return found


@pytest.fixture(scope="module")
def trials(done, results):
    (file,) = results.glob("*_selftest/trials.jsonl")
    return {trial["contender"]: trial for trial in map(json.loads, file.read_text().splitlines())}


def test_all_is_as_expected(done):
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_variant_has_its_line(done, lines):
    assert list(lines) == LABELS, done.stdout + done.stderr
    assert {end for end, _ in lines.values()} <= set(ENDS)


def test_every_variant_that_is_not_honest_has_a_name():
    assert list(NAMES) == [label for label in LABELS if label not in HONEST]


@pytest.mark.parametrize("label", HONEST)
def test_who_does_the_work_is_valid(lines, label):
    assert lines[label][0] == "valid"


def test_a_standstill_is_named_and_takes_nothing_away(lines):
    assert "stood still" in lines["stalls"][1], lines["stalls"]
    assert "stood still" not in lines["slow"][1], lines["slow"]


def test_a_standstill_shows_in_the_last_percentile(trials):
    """It lasts for 300 ms, and a request that comes in its midst waits for the rest."""
    assert trials["stalls"]["response_time_p999_ns"] >= 200e6, trials["stalls"]
    assert trials["slow"]["response_time_p999_ns"] < 200e6, trials["slow"]


@pytest.mark.parametrize("label", NAMES)
def test_a_cheat_is_caught_by_its_name(lines, label):
    end, charges = lines[label]
    named, besides = NAMES[label]
    assert end == "caught" and named <= charges and charges - named - besides <= DOUBTS, lines[label]


def test_the_setting_of_a_role_is_read_back_by_name(trials):
    own = {label: trial["settings_of_role_or_database"]["settings"] for label, trial in trials.items()}
    assert own.pop("async-role") == [{"role": "joust_async-role", "database": "", "name": "synchronous_commit", "value": "off"}]
    assert not any(own.values()), own


def test_one_lost_and_one_duplicated_write_are_found_among_hundreds(trials):
    audits = {label: trial["audit"] for label, trial in trials.items()}
    assert audits["loses-one"]["lost"] == 1 and audits["duplicates-one"]["duplicate"] == 1
    assert min(audits["loses-one"]["right"], audits["duplicates-one"]["right"]) > 100


def test_wrong_ids_are_told_from_wrong_answers(trials):
    ids = {label: {key: sum(thread[key] for thread in trials[label]["ids"]) for key in ("wrong_id", "misdelivered")}
           for label in trials}
    assert ids["cached-body"]["wrong_id"] == ids["cached-body"]["misdelivered"] > 100
    assert ids["wrong-id"]["wrong_id"] > 100 and ids["wrong-id"]["misdelivered"] == 0
    assert ids["id-of-another"] == {"wrong_id": 1, "misdelivered": 1}
    assert ids["error-inside"] == ids["honest"] == {"wrong_id": 0, "misdelivered": 0}


def test_a_helper_is_told_from_a_second_worker_by_its_name(trials):
    seen = {label: sorted(one["command"] for one in trials[label]["processes"]["seen"]) for label in ("two-workers", "helper")}
    assert seen == {"two-workers": ["beast", "beast"], "helper": ["beast", "beast-helper"]}


def test_what_a_table_has_is_named_with_the_table(trials):
    tables = {label: trials[label]["effects"]["tables"] for label in ("unlogged", "trigger")}
    assert tables == {"unlogged": [{"fault": "unlogged", "table": "users", "what": ""}],
                      "trigger": [{"fault": "trigger", "table": "users", "what": "delete_rest"}]}


def test_the_service_and_the_cases_know_the_same_faults():
    source = (ROOT / "contenders/beast/src/faults.cpp").read_text()
    faults = set(re.findall(r'Fault\{"([a-z0-9-]+)"', source))
    assert OF_VERIFY_ONLY <= faults and faults - OF_VERIFY_ONLY == set(LABELS) - {"honest"}


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
