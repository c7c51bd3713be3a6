"""`joust verify` on real services and a real PostgreSQL: who answers before the work is safe is told from who waits."""

import json
import pathlib
import re
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
JOUST = ROOT / "build/release/joust"
BENCHMARK = """
schema = 1
name = "verified"
title = "Honest and not"
workload = "io-intensive"
baseline = "honest"
[limits.contender]
cpus = 1.0
memory = "512MiB"
[limits.database]
cpus = 1.0
memory = "512MiB"
"""
FAULTS = ("honest", "commits-after-answer", "async-role", "rolls-back")


def entrant(label):
    fault = "" if label == "honest" else f'environment = {{ FAULT = "{label}" }}\n'
    return f'[[entrants]]\nlabel = "{label}"\ncontender = "beast"\n{fault}'


def verify(*arguments, timeout=600):
    return subprocess.run([JOUST, "verify", *map(str, arguments)], cwd=ROOT, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=timeout)


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    file = tmp_path_factory.mktemp("verify") / "verified.toml"
    file.write_text(BENCHMARK + "".join(map(entrant, FAULTS)))
    return file


@pytest.fixture(scope="module")
def done(benchmark):
    return verify(benchmark, "--results", benchmark.parent / "results", "--json", benchmark.parent / "out.json")


@pytest.fixture(scope="module")
def entrants(done, benchmark):
    found = json.loads((benchmark.parent / "out.json").read_text())
    assert found["schema_version"] == 1
    return {one["entrant"]: one for one in found["entrants"]}


def test_a_cheat_among_them_is_exit_code_3(done, entrants):
    assert done.returncode == 3, done.stderr
    assert list(entrants) == list(FAULTS)


def test_who_waits_for_its_commits_is_proven(entrants):
    honest = entrants["honest"]
    assert honest["effects"] in ("proven", "open"), honest  # files are open where a slice saw too little
    assert all(text.startswith("effects") or "files" in text for text in honest["texts"]), honest["texts"]
    slow = honest["slow_commits"]
    assert slow["requests"] == 20 and slow["before_commit"] == 0 and slow["before_durable"] <= 3
    assert honest["crash"]["right"] == honest["crash"]["acknowledged"] > 50
    assert honest["files_by_answer"] == {"requests": 20, "in_time": 20, "late": 0, "held_up": True}
    assert honest["statements_per_request"] >= 5  # BEGIN, insert, update, delete, COMMIT


def test_who_commits_after_its_answer_is_named_so(entrants):
    cheat = entrants["commits-after-answer"]
    assert cheat["effects"] == "missed"
    assert cheat["slow_commits"]["before_commit"] + cheat["slow_commits"]["before_durable"] > 15, cheat
    assert any("commits after it answers" in text for text in cheat["texts"]), cheat["texts"]


def test_who_does_not_wait_for_the_disk_is_named_so_and_loses_work_in_a_crash(entrants):
    cheat = entrants["async-role"]
    assert cheat["effects"] == "missed"
    assert cheat["slow_commits"]["before_durable"] > 15 and cheat["slow_commits"]["shortest_ns"] < 45_000_000
    assert cheat["crash"]["lost"] > 0
    assert any("before its commits are durable" in text for text in cheat["texts"]), cheat["texts"]


def test_what_a_trial_shows_counts_too(entrants):
    cheat = entrants["rolls-back"]
    assert cheat["effects"] == "missed" and any(one["code"] == "effects" for one in cheat["findings"])


def test_contract_and_observation_stand_side_by_side(done):
    table = done.stdout
    header = table.splitlines()[2]
    assert re.split(r" {2,}", header.strip()) == ["each request", "contract", *FAULTS]
    assert re.search(r"^transactions +1 +1\.0 ", table, re.M), table
    assert re.search(r"^rows of users inserted +10 +10\.0 ", table, re.M), table
    assert re.search(r"^effects +(proven|open) +not as the contract ", table, re.M), table


def test_the_run_is_kept_where_it_was_asked_for(done, benchmark):
    (run,) = (benchmark.parent / "results").glob("2*_verified")
    assert json.loads((run / "verification.json").read_text()) == json.loads((benchmark.parent / "out.json").read_text())
    assert len((run / "trials.jsonl").read_text().splitlines()) == len(FAULTS)


SQLITE_FAULTS = ("honest", "updates-in-the-insert", "commits-after-answer")


@pytest.fixture(scope="module")
def on_sqlite(benchmark):
    file = benchmark.parent / "on-sqlite.toml"
    file.write_text(BENCHMARK + "".join(map(entrant, SQLITE_FAULTS)))
    done = verify(file, "--database", "sqlite", "--json", "-")
    assert done.returncode == 3, done.stderr
    return {one["entrant"]: one for one in json.loads(done.stdout)["entrants"]}


def test_on_sqlite_single_requests_tell_rows_and_syncs(on_sqlite):
    honest = on_sqlite["honest"]
    assert honest["effects"] == "proven" and honest["texts"] == [], honest
    assert honest["one_by_one"] == {"requests": 20, "as_contract": 20, "late": 0, "transactions": 20,
                                    "rows": {"users": {"inserted": 200, "updated": 100, "deleted": 100}}}
    assert honest["syncs"]["syncs"] >= 20 and honest["syncs"]["early"] == 0


def test_on_sqlite_who_writes_the_updated_value_at_once_is_told_by_single_requests_alone(on_sqlite):
    cheat = on_sqlite["updates-in-the-insert"]
    assert cheat["effects"] == "missed"
    (told,) = [one["text"] for one in cheat["findings"] if one["code"] == "effects"]
    assert told.startswith("20 of 20 requests did something else"), "no trial tells it"
    assert told in cheat["texts"]
    assert cheat["one_by_one"]["as_contract"] == 0 and cheat["one_by_one"]["rows"]["users"]["updated"] == 0
    assert any("each inserted 10.0, updated 0.0, deleted 5.0 rows of users" in text for text in cheat["texts"])


def test_on_sqlite_who_commits_after_its_answer_is_named_so(on_sqlite):
    cheat = on_sqlite["commits-after-answer"]
    assert cheat["effects"] == "missed"
    # On a busy host some of its work is done before it is looked at; the syncs' own times tell all the same.
    assert cheat["one_by_one"]["late"] > 5, cheat
    assert cheat["syncs"]["early"] > 15, cheat
    assert any("commits after it answers" in text for text in cheat["texts"]), cheat["texts"]


@pytest.mark.parametrize("workload", ["io-intensive", "io-intensive-rows"])
@pytest.mark.parametrize("database", ["postgres", "sqlite"])
def test_both_contenders_do_the_work_in_bulk_and_row_by_row(workload, database):
    done = verify(workload, "--database", database, "--json", "-")
    assert done.returncode == 0, done.stderr + done.stdout
    for one in json.loads(done.stdout)["entrants"]:
        # On a busy host the slices of the window may have seen too few files.
        assert one["effects"] == "proven" or any("files were not counted" in text for text in one["texts"]), one
        if database == "postgres":
            assert one["slow_commits"]["before_commit"] == 0 and one["slow_commits"]["before_durable"] <= 3
            assert one["crash"]["right"] == one["crash"]["acknowledged"] > 20
        else:
            assert one["syncs"]["requests"] == 20 and one["syncs"]["syncs"] >= 20 and one["syncs"]["early"] == 0
            assert one["one_by_one"]["as_contract"] == 20, one


def test_an_interruption_leaves_nothing(benchmark, tmp_path):
    running = subprocess.Popen([JOUST, "verify", benchmark, "--results", tmp_path], cwd=ROOT, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen = ""
    for line in running.stderr:
        seen += line
        if "commits that take long" in line:
            break
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130, seen
    deadline = time.monotonic() + 20
    while left := list(pathlib.Path("/var/lib/joust/runs").glob(f"*-{running.pid}*")):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_a_mistake_is_told_before_anything_starts(tmp_path):
    done = verify("no-such-benchmark", "--results", tmp_path)
    assert done.returncode == 2 and "no-such-benchmark" in done.stderr
    assert list(tmp_path.iterdir()) == []
