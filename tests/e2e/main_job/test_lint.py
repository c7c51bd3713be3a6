"""Servers that make a mistake of published comparisons each: what the report says before its verdict."""

import json
import re


def lint_of(place, run):
    assert (place.latest / "trials.jsonl").exists(), run
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    texts = {}
    for one in results["lint"]:
        texts.setdefault(one["code"], []).append(one["text"])
    return results, texts


def test_what_differs_is_said_before_the_verdict(place):
    for mode in ("good", "logs", "closes", "lists_threads"):
        place.contender(mode.replace("_", "-"), mode)
    place.benchmark(
        ["logs", "closes", "lists-threads", "good"], levels="[2, 40]", text='[database]\nengine = "sqlite"\n'
    )
    benchmark = place.path / "benchmarks/small.toml"
    benchmark.write_text(re.sub(r"\[database.settings\]\n\s*", "", benchmark.read_text()))
    run = place.run()
    results, lint = lint_of(place, run)

    (printed,) = lint["printed"]
    bytes_of = dict(re.findall(r"([a-z-]+) (\d+(?:\.\d+)?) B", printed.split(": one logs")[0]))
    assert 40 < float(bytes_of["logs"]) < 200, printed  # '127.0.0.1 - - [..] "POST /io HTTP/1.1" 200 -'
    assert float(bytes_of["good"]) < 5, printed

    (opened,) = lint["new_connections"]
    per_operation = dict(re.findall(r"([a-z-]+) (\d\.\d+)", opened.split(": keep-alive")[0]))
    assert float(per_operation["closes"]) > 0.8, opened
    assert float(per_operation["good"]) < 0.02, opened

    assert "lists-threads" in lint["answer_size"][0] and "at 40 users" in lint["answer_size"][0], lint
    (growing,) = lint["answer_growth"]
    assert growing.startswith("Answers of lists-threads have "), growing

    # A thread for each connection, in all of them; their manifests declare one.
    (threads,) = lint["threads_seen"]
    seen = re.findall(r"([a-z-]+) (\d+) \(1 declared to serve\)", threads)
    assert {name for name, _ in seen} == {"logs", "closes", "lists-threads", "good"}, threads
    assert int(dict(seen)["good"]) >= 40, threads

    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert report.index("## Before any verdict") < report.index("Printed per operation") < report.index("## Summary")
    assert "printed per operation" in " ".join(run.out.split()).split("users")[0], run
    assert not [one for cell in results["results"] for one in cell["reasons"] if one["code"] == "processes_not_declared"]


def test_switches_and_standstills_are_said(place):
    place.contender("debug").contender("stalls", "stalls")
    manifest = place.path / "contenders/debug/contender.toml"
    text = manifest.read_text()
    text = text.replace('"{port}"]', '"{port}", "--max-requests", "500", "--keep-alive=5"]')
    manifest.write_text(text.replace('MODE = "good"', 'MODE = "good", APP_DEBUG = "1"'))
    (place.path / "contenders/stalls/settings.py").write_text("import os\n\nDEBUG = True\n")
    place.benchmark(["debug", "stalls"], levels="[8]", duration="3s", text='[database]\nengine = "sqlite"\n')
    benchmark = place.path / "benchmarks/small.toml"
    benchmark.write_text(re.sub(r"\[database.settings\]\n\s*", "", benchmark.read_text()))
    run = place.run()
    results, lint = lint_of(place, run)
    work = "a switch for development or logging, whose work is in all its figures."
    assert lint["development"] == [
        f"debug runs with APP_DEBUG: {work}", f"stalls runs with DEBUG = True (settings.py line 3): {work}"], run
    assert "debug 500, stalls never" in lint["recycling"][0], lint
    assert "debug 5, stalls as its server does by itself" in lint["keep_alive"][0], lint
    stood = [text for text in lint["stood_still"] if text.startswith("stalls ")]
    assert stood and re.match(r"stalls stood still (once|\d+ times) within its windows, for ", stood[0]), lint
    (trial,) = [one for one in place.trials() if one["contender"] == "stalls"]
    assert 0.2 < max(silence["length_s"] for silence in trial["silences"]), trial["silences"]


# Whoever could tell by its id or a header that a request is not of the load could answer it otherwise than those.
def test_no_request_is_known_by_its_id_or_header(place):
    place.contender("told", "tells_ids").benchmark(["told"], levels="[2]")
    run = place.run()
    assert json.loads((place.latest / "environment.json").read_text())["contenders"][0]["statements"] == {"requests": 10, "statements": 0}, run
    (log,) = (place.latest / "logs").glob("told.log")
    ids = re.findall(r"^ID (.*)$", log.read_text(), re.MULTILINE)
    assert len(ids) > 2, run
    assert [one for one in ids if not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{2}-[0-9a-f]{12} None", one)] == [], ids


def test_two_workers_where_one_is_declared_are_not_ranked(place):
    place.contender("one").contender("two", "two_workers")
    place.benchmark(["two", "one"], levels="[4]", text='[database]\nengine = "sqlite"\n')
    benchmark = place.path / "benchmarks/small.toml"
    benchmark.write_text(re.sub(r"\[database.settings\]\n\s*", "", benchmark.read_text()))
    run = place.run()
    results, _ = lint_of(place, run)
    cells = {cell["contender"]: cell for cell in results["results"]}
    assert "processes_not_declared" not in [reason["code"] for reason in cells["one"]["reasons"]], run
    (reason,) = [one for one in cells["two"]["reasons"] if one["code"] == "processes_not_declared"]
    assert re.match(
        r"the service ran 2 processes at the same time, and its manifest declares 1: "
        r"python3[.\d]* \(\d+\) used [\d.]+ % of a CPU, python3[.\d]* \(\d+\) used",
        reason["text"],
    ), reason
    assert cells["two"]["validity"] == "invalid"
    assert results["winner"] is None
    (trial,) = [one for one in place.trials() if one["contender"] == "two"]
    assert trial["processes"]["most"] == 2 and len(trial["processes"]["seen"]) == 2
