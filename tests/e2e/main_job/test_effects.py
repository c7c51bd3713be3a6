"""Contenders that answer rightly without the work: what their requests left is audited by request."""

import json
import re
import signal
import time

import pytest
from conftest import Run, assert_proven, wait_for_trials

ROUTE = '@router.post("/io-intensive")\n'
RESULT = """WorkloadResult(request_id=body.request_id, file_operations=5, db_operations=3, created=10,
        updated=5, deleted=5, execution_time=0.001)"""
LAZY = f"""
answered = 0


{ROUTE}async def lazy(body: WorkloadRequest) -> WorkloadResult:
    global answered
    answered += 1
    return await io_intensive(body) if answered <= 300 else {RESULT}
"""


def skips(source):
    return source.replace(ROUTE, "") + LAZY


def rolls_back(source):
    begin, rest = source.split(ROUTE)
    work, end = rest.split("        check_counts(len(users), updated, deleted)\n", 1)
    return (begin + ROUTE + work.replace("in_transaction():", "in_transaction() as connection:")
            + "        await connection.rollback()\n" + end)


def half(source):
    return source.replace("[new_user(body.request_id, ordinal) for ordinal in range(USERS)]",
                          "[new_user(body.request_id, ordinal) for ordinal in range(4)]").replace(
                          "check_counts(len(users), updated, deleted)", "pass").replace(
                          "created=len(users)", "created=10").replace("updated=updated", "updated=5").replace(
                          "deleted=deleted", "deleted=5")


def in_two_transactions(source):
    return source.replace("        mine = User", "    async with in_transaction():\n        mine = User", 1)


EFFECTS = """

async def effects(body):
    await User.bulk_create([new_user(body.request_id, ordinal) for ordinal in range(USERS)])
    mine = User.filter(request_id=body.request_id)
    await mine.filter(ordinal__lt=KEPT).update(age=UPDATED_AGE)
    await mine.filter(ordinal__gte=KEPT).delete()
"""
# Two requests share a transaction where the second comes in time.
JOINED = EFFECTS + """

waiting = []


async def joined_effects(body):
    if waiting:
        other, done = waiting.pop()
        async with in_transaction():
            await effects(other)
            await effects(body)
        return done.set_result(None)
    mine = (body, asyncio.get_running_loop().create_future())
    waiting.append(mine)
    await asyncio.wait([mine[1]], timeout=0.2)
    if mine in waiting:
        waiting.remove(mine)
        async with in_transaction():
            return await effects(body)
    await mine[1]
"""


def joins(source):
    return ("import asyncio\n" + source.replace(ROUTE, "") + JOINED + f"""

{ROUTE}async def joined(body: WorkloadRequest) -> WorkloadResult:
    await work_with_files(body.request_id)
    await joined_effects(body)
    return {RESULT}
""")


# It works off what it owes, at most four requests of it, while it answers others.
def answers_first(source):
    return ("import asyncio\n" + source.replace(ROUTE, "") + f"""

owed = []


async def late(body):
    await asyncio.sleep(0.02)
    await io_intensive(body)


{ROUTE}async def answer_first(body: WorkloadRequest) -> WorkloadResult:
    owed.append(asyncio.create_task(late(body)))
    if len(owed) > 4:
        await owed.pop(0)
    return {RESULT}
""")


# What it leaves is right, and so is the count of its transactions and inserts.
def updates_in_the_insert(source):
    return source.replace("age=20 + ordinal", "age=99 if ordinal < KEPT else 20 + ordinal").replace(
        "updated = await mine.filter(ordinal__lt=KEPT).update(age=UPDATED_AGE, updated_at=timezone.now())", "updated = KEPT", 1)


# It answers when the work of the request before is done, and begins its own.
def commits_after_it_answers(source):
    return ("import asyncio\n" + source.replace(ROUTE, "") + f"""

turn = asyncio.Lock()
owed = []


{ROUTE}async def answer_first(body: WorkloadRequest) -> WorkloadResult:
    async with turn:
        if owed:
            await owed.pop()
        owed.append(asyncio.create_task(io_intensive(body)))
    return {RESULT}
""")


# It answers as soon as there is nothing left to do but to commit.
def commits_beside_its_answer(source):
    return ("import asyncio\n" + source.replace(ROUTE, "") + EFFECTS + f"""

owed = set()


async def late(body, done, answered):
    await work_with_files(body.request_id)
    async with in_transaction():
        await effects(body)
        done.set()
        await answered.wait()


{ROUTE}async def answer_first(body: WorkloadRequest) -> WorkloadResult:
    done, answered = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(late(body, done, answered))
    owed.add(task)
    task.add_done_callback(owed.discard)
    await done.wait()
    answered.set()
    return {RESULT}
""")


def seldom_waits_for_the_disk(source):
    return source.replace("""    async with in_transaction():
        users = [new_user""", """    global served
    served += 1
    async with in_transaction() as connection:
        if served % 4:
            await connection.execute_query("SET LOCAL synchronous_commit = off")
        users = [new_user""") + "\n\nserved = 0\n"


# Prints each setting of its server whenever it has become another one.
def tells_settings(source):
    names = "commit_delay", "commit_siblings", "wal_writer_delay", "bgwriter_lru_maxpages", "log_statement"
    shown = ", ".join(f"current_setting('{name}')" for name in names)
    return (source.replace("from tortoise import timezone", "from tortoise import connections, timezone")
            .replace(f"{ROUTE}async def io_intensive(body: WorkloadRequest) -> WorkloadResult:\n", f"""{ROUTE}async def io_intensive(body: WorkloadRequest) -> WorkloadResult:
    rows = await connections.get("default").execute_query_dict("SELECT concat_ws(' ', {shown}) AS shown")
    if shown[-1] != rows[0]["shown"]:
        shown.append(rows[0]["shown"])
        print(f"settings: {{shown[-1]}}.", flush=True)
""") + "\n\nshown = ['']\n")


def removes_the_witness(source):
    return source.replace(f"{ROUTE}async def io_intensive(body: WorkloadRequest) -> WorkloadResult:\n", f"""{ROUTE}async def io_intensive(body: WorkloadRequest) -> WorkloadResult:
    await connections.get("default").execute_query("DROP TRIGGER IF EXISTS joust_witness_0_INSERT_on")
""").replace("from tortoise import timezone", "from tortoise import connections, timezone")


def leaves_deleting_to_the_database(source):
    return source.replace("deleted = await mine.filter(ordinal__gte=KEPT).delete()", "deleted = 5", 1)


# What it does is right, by the two statements of a distributed transaction.
def commits_in_two_steps(source):
    return source.replace("from tortoise import timezone", "from tortoise import connections, timezone").replace(
        "in_transaction():", "in_transaction() as connection:", 1).replace(
        "        check_counts(len(users), updated, deleted)\n", """        check_counts(len(users), updated, deleted)
        await connection.execute_query(f"PREPARE TRANSACTION '{body.request_id}'")
    await connections.get("default").execute_query(f"COMMIT PREPARED '{body.request_id}'")
""", 1)


UNLOGGED = "".join(f"ALTER TABLE {table} SET UNLOGGED;\n" for table in ("order_items", "orders", "users"))
TRIGGER = """
CREATE OR REPLACE FUNCTION trim_users() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN DELETE FROM users WHERE ordinal >= 5; RETURN NULL; END';
CREATE OR REPLACE TRIGGER trim AFTER UPDATE ON users EXECUTE FUNCTION trim_users();
"""


# What it deletes would count as updated to the contender, which then says so itself: that it is there is enough.
SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS trim AFTER UPDATE ON users WHEN new.ordinal > 99
BEGIN DELETE FROM users WHERE ordinal > 99; END;
"""


def run(place, rig, *arguments, sql="", engine="postgres"):
    place.declared_effects().real_contender("fastapi").benchmark(["fastapi"], levels="[4]", duration="2s")
    file = place.path / "contenders/fastapi/app/workload.py"
    honest = file.read_text()
    file.write_text(rig(honest))
    with (place.path / f"contenders/fastapi/schema/{engine}.sql").open("a") as schema:
        schema.write(sql)
    assert rig is str or file.read_text() != honest
    run = place.run("--database", engine, *arguments)
    assert (place.latest / "trials.jsonl").exists(), run.err
    (trial,) = place.trials()
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    return trial, results["results"][0]


def test_an_honest_contender_has_every_row_of_every_request(place):
    trial, cell = run(place, str)
    audit = trial["audit"]
    assert audit["right"] >= trial["requests_succeeded"] > 0
    assert (audit["lost"], audit["partial"], audit["duplicate"], audit["problem"]) == (0, 0, 0, "")
    effects = trial["effects"]
    contract = {"users": {"inserted": 10, "updated": 5, "deleted": 5}}
    assert effects["contract"] == contract and effects["not_read"] == ""
    # Requests that failed or did not end may have committed.
    assert [shape["rows"] for shape in effects["shapes"]] == [contract]
    commits = effects["shapes"][0]["commits"]
    assert effects["acknowledged"] <= commits <= effects["acknowledged"] + effects["unknown"]
    assert effects["acknowledged"] == audit["right"]
    assert (effects["other_commits"], effects["answers_ahead"], effects["tables"]) == (0, 0, [])
    assert cell["validity"] != "invalid"
    assert_proven(cell)
    files = trial["files"]
    assert files["not_evaluated"] == "" and files["seen"]["created"] >= 5 * files["requests_least"] > 0
    log = effects["log_syncs"]
    assert log["most_sessions"] <= 4 and log["syncs"] > log["commits"] / 8, "durable before they are answered"
    single = trial["single_requests"]
    slow = single["slow_commits"]
    assert slow["requests"] == 20 and slow["before_commit"] == 0 and slow["before_durable"] <= 3, single
    assert cell["single_requests"] == single and single["left_out"] == []
    assert "of 20 requests, the soonest " in (place.latest / "incremental_benchmark_report.md").read_text()


def test_the_server_is_the_benchmarks_again_before_anything_is_measured(place):
    run(place, tells_settings)
    told = re.findall(r"settings: (.*)\.", (place.latest / "logs/fastapi.log").read_text())
    usual = "0 5 200ms 100 none"
    counting, slow = "0 5 200ms 100 all", "50000 0 10s 0 none"
    assert told == [usual, counting, usual, slow, usual, usual], "the last by the trial's instance"


# A trial has as many commits and rows as of an honest one, and syncs enough.
@pytest.mark.parametrize("rig, least", [(commits_beside_its_answer, 15), (seldom_waits_for_the_disk, 10)])
def test_answers_that_do_not_wait_for_their_commit_are_told_by_single_requests(place, rig, least):
    trial, cell = run(place, rig)
    assert trial["error_rate"] == 0, trial["error_examples"]
    assert cell["validity"] == "invalid" and cell["effects_trials"] == {"proven": 0, "missed": 1, "open": 0}
    slow = trial["single_requests"]["slow_commits"]
    assert slow["before_commit"] + slow["before_durable"] >= least, slow
    assert cell["durability_trials"] == {"proven": 0, "missed": 1, "open": 0}
    (told,) = [reason["text"] for reason in cell["reasons"] if reason["code"] == "effects"]
    assert re.search(r"it (commits after it answers|answers before its commits are durable): ", told), told
    assert told in (place.latest / "incremental_benchmark_report.md").read_text()


def test_sqlite_is_audited_too(place):
    trial, cell = run(place, skips, engine="sqlite")
    assert trial["audit"]["lost"] > 0 and trial["audit"]["right"] <= 300
    assert cell["validity"] == "invalid"
    assert "work is missing: SQLite's change counter has" in cell["reasons"][0]["text"]


def test_sqlite_counts_the_transactions_and_inserts_of_an_honest_contender(place):
    trial, cell = run(place, str, engine="sqlite")
    effects = trial["effects"]
    counters = effects["counters"]
    assert effects["not_read"] == "" and effects["acknowledged"] == trial["audit"]["right"] > 0
    assert effects["acknowledged"] <= counters["commits"] <= effects["acknowledged"] + effects["unknown"]
    assert counters["inserted"] == {"users": 10 * counters["commits"]}
    assert cell["validity"] != "invalid"
    single = trial["single_requests"]
    assert single["one_by_one"]["as_contract"] == single["one_by_one"]["requests"] == 20, single
    assert single["syncs"]["early"] == 0 and single["left_out"] == []
    assert_proven(cell)
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "| 20 of 20 requests | 20 of 20 requests | proven |" in report


@pytest.mark.parametrize("rig, named", [
    (updates_in_the_insert, r"20 of 20 requests did something else than the contract when sent one by one; on average of all, "
                            r"each inserted 10\.0, updated 0\.0, deleted 5\.0 rows of users, and made 1\.0 transactions$"),
    # On a busy host its work may come as late as the next request.
    (commits_after_it_answers, r"it (commits after it answers|answers before its commits are durable): "),
])
def test_work_that_only_single_requests_tell_from_the_contract_voids_each_trial(place, rig, named):
    trial, cell = run(place, rig, engine="sqlite")
    assert trial["error_rate"] == 0, trial["error_examples"]
    assert cell["validity"] == "invalid" and cell["effects_trials"] == {"proven": 0, "missed": 1, "open": 0}
    (told,) = [reason["text"] for reason in cell["reasons"] if reason["code"] == "effects"]
    assert re.search(named, told), told
    if rig is updates_in_the_insert:
        assert re.match(named, told), "no trial tells it"
    assert told in (place.latest / "incremental_benchmark_report.md").read_text()


def test_where_nobody_could_look_effects_stay_open_with_the_reason(place):
    trial, cell = run(place, removes_the_witness, engine="sqlite")
    assert cell["validity"] != "invalid" and cell["effects_trials"] == {"proven": 0, "missed": 0, "open": 1}
    (left,) = [one["text"] for one in cell["not_evaluated"] if one["code"] == "effects"]
    assert "Joust's triggers in its file are not those that were made" in left
    assert "joust verify" not in left, "it would find no more"
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "Open in trials of fastapi: " in report and "| open |" in report


def test_an_interruption_while_single_requests_are_looked_at_ends_the_run(place):
    place.declared_effects().real_contender("fastapi").benchmark(["fastapi"], levels="[4]", duration="1s")
    run = place.start("--database", "sqlite")
    seen = ""
    for line in run.process.stderr:
        seen += line
        if "look at 20 single requests of fastapi" in line:
            break
    time.sleep(1.5)  # behind the load, among the requests
    run.process.send_signal(signal.SIGINT)
    assert run.wait().code == 130, seen + run.err
    assert "while requests were sent to fastapi one by one" in run.err


@pytest.mark.parametrize("engine, seen", [("sqlite", lambda single: single["one_by_one"]["as_contract"]),
                                          ("postgres", lambda single: single["slow_commits"]["requests"])])
def test_a_run_that_goes_on_looks_anew_and_its_trials_keep_what_was_seen_before_them(place, engine, seen):
    place.declared_effects().real_contender("fastapi").benchmark(["fastapi"], levels="[2, 4]", duration="2s")
    run = place.start("--database", engine)
    directory = wait_for_trials(place, 1)
    run.process.send_signal(signal.SIGINT)
    run.wait()
    assert len((directory / "trials.jsonl").read_text().splitlines()) == 1
    goes_on = Run(["run", "--resume", directory], place.path).wait()
    assert goes_on.code == 0 and "look at 20 single requests of fastapi" in goes_on.err, goes_on
    trials = [json.loads(line) for line in (directory / "trials.jsonl").read_text().splitlines()]
    assert [seen(trial["single_requests"]) for trial in trials] == [20, 20]
    for cell in json.loads((directory / "incremental_benchmark_results.json").read_text())["results"]:
        assert_proven(cell)


@pytest.mark.parametrize("rig, sql, named", [
    (joins, "", "one transaction for several requests"),
    (in_two_transactions, "", "transactions per request, contract 1, by SQLite's change counter"),
    (str, SQLITE_TRIGGER, 'users has the trigger "trim"'),
])
def test_work_that_only_sqlites_counters_and_schema_tell_from_the_contract_is_named(place, rig, sql, named):
    trial, cell = run(place, rig, sql=sql, engine="sqlite")
    assert trial["error_rate"] == 0, trial["error_examples"]
    assert cell["validity"] == "invalid"
    assert named in cell["reasons"][0]["text"], trial["effects"]


@pytest.mark.parametrize("rig, number", [(skips, "lost"), (rolls_back, "lost"), (half, "partial")])
def test_right_answers_without_the_work_are_not_ranked(place, rig, number):
    trial, cell = run(place, rig)
    assert trial["error_rate"] == 0 and trial["audit"][number] > 0, trial["audit"]
    assert cell["validity"] == "invalid"
    assert [reason["code"] for reason in cell["reasons"]][0] == "effects"
    assert f"({number})" in cell["reasons"][0]["text"]
    assert {skips: "work is missing", rolls_back: "work was rolled back",
            half: "inserted 4.0 rows of users per request, contract 10"}[rig] in cell["reasons"][0]["text"]
    if rig is skips:
        assert trial["audit"]["right"] <= 300
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "rows of users are not as the contract" in report


@pytest.mark.parametrize("rig, sql, named", [
    (joins, "", "one transaction for several requests"),
    (in_two_transactions, "", "2.0 transactions per request, contract 1"),
    (str, UNLOGGED, "users is unlogged"),
    (leaves_deleting_to_the_database, TRIGGER, 'users has the trigger "trim"'),
])
def test_work_that_only_the_log_tells_from_the_contract_is_named(place, rig, sql, named):
    trial, cell = run(place, rig, sql=sql)
    assert trial["error_rate"] == 0, trial["error_examples"]
    assert cell["validity"] == "invalid"
    assert named in cell["reasons"][0]["text"], trial["effects"]
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "| *contract* |" in report and "`users` inserted" in report


def test_answers_before_their_commits_are_seen(place):
    trial, cell = run(place, answers_first)
    assert trial["error_rate"] == 0, trial["error_examples"]
    assert trial["effects"]["answers_ahead"] > 0
    # What it still owes at the end is work that is missing.
    assert cell["validity"] == "invalid" and cell["reasons"][0]["code"] == "effects"


def verified(place, *arguments, rig=str, **options):
    place.declared_effects().real_contender("fastapi").benchmark(["fastapi"], **options)
    file = place.path / "contenders/fastapi/app/workload.py"
    file.write_text(rig(file.read_text()))
    done = Run(["verify", "small", "--json", "-", *arguments], place.path).wait()
    assert done.out, done
    (found,) = json.loads(done.out)["entrants"]
    return found


def test_commits_in_two_steps_are_open_with_the_reason(place):
    found = verified(place, rig=commits_in_two_steps, settings='max_prepared_transactions = "100"')
    why = "it commits in two steps (PREPARE TRANSACTION), which are not counted"
    assert found["effects"] == "open" and found["slow_commits"] is None, found
    assert f"rows and transactions: not counted, {why}" in found["texts"], found
    assert f"commits that take long: not tried, {why}" in found["texts"], found
    assert found["crash"]["right"] == found["crash"]["acknowledged"] > 20, found


def test_a_file_that_leaves_wal_mode_is_open_with_the_reason(place):
    def leaves(source):
        file = place.path / "contenders/fastapi/app/database.py"
        file.write_text(file.read_text().replace('"journal_mode": "WAL"', '"journal_mode": "DELETE"'))
        return source

    found = verified(place, "--database", "sqlite", rig=leaves)
    why = "its journal mode is no longer WAL, in which Joust makes the file, but a rollback journal"
    assert found["effects"] == "open" and found["one_by_one"] is None, found
    assert [one for one in found["texts"] if one.startswith("rows and transactions: not counted, ") and why in one], found
    assert [one for one in found["texts"] if one.startswith("rows of single requests: not tried, ") and why in one], found
