"""Contenders that answer rightly without the work: what their requests left is audited by request."""

import json

import pytest

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


def run(place, rig, *arguments):
    place.declared_effects().real_contender("fastapi").benchmark(["fastapi"], levels="[4]", duration="2s")
    file = place.path / "contenders/fastapi/app/workload.py"
    honest = file.read_text()
    file.write_text(rig(honest))
    assert rig is str or file.read_text() != honest
    run = place.run(*arguments)
    assert (place.latest / "trials.jsonl").exists(), run.err
    (trial,) = place.trials()
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    return trial, results["results"][0]


def test_an_honest_contender_has_every_row_of_every_request(place):
    trial, cell = run(place, str)
    audit = trial["audit"]
    assert audit["right"] >= trial["requests_succeeded"] > 0
    assert (audit["lost"], audit["partial"], audit["duplicate"], audit["problem"]) == (0, 0, 0, "")
    assert cell["validity"] != "invalid"
    (effects,) = [one for one in cell["not_evaluated"] if one["code"] == "effects"]
    assert effects["text"] == ("transactions and rows were counted in the database's log, rows audited by request, and are "
                               "as the contract; files were not counted")


def test_sqlite_is_audited_too(place):
    trial, cell = run(place, skips, "--database", "sqlite")
    assert trial["audit"]["lost"] > 0 and trial["audit"]["right"] <= 300
    assert cell["validity"] == "invalid"


@pytest.mark.parametrize("rig, number", [(skips, "lost"), (rolls_back, "lost"), (half, "partial")])
def test_right_answers_without_the_work_are_not_ranked(place, rig, number):
    trial, cell = run(place, rig)
    assert trial["error_rate"] == 0 and trial["audit"][number] > 0, trial["audit"]
    assert cell["validity"] == "invalid"
    assert [reason["code"] for reason in cell["reasons"]][0] == "effects"
    assert f"({number})" in cell["reasons"][0]["text"]
    if rig is skips:
        assert trial["audit"]["right"] <= 300
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "rows of users are not as the contract" in report
