"""When things go wrong while it runs, each broken for real."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import pytest
from conftest import INTERRUPTIONS, JOUST, Run, assert_nothing_left, kill_with_its_guardian, wait_for_trials


def test_a_port_that_is_taken_is_named(place):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        run = place.contender("a").benchmark(["a"]).run("--port", port)
    assert run.code == 1
    assert str(port) in run.err and "taken" in run.err


def test_a_second_run_at_the_same_time_is_refused(place):
    with socket.socket(socket.AF_UNIX) as first:
        first.bind("\0joust-measures")
        first.listen()
        run = place.contender("a").benchmark(["a"]).run()
    assert run.code == 1
    assert f"another run of joust (process {os.getpid()}) measures on this host" in run.err
    assert "wait for another run of joust to end" in run.err
    assert not (place.path / "results").exists(), "something was started"


def test_a_contender_that_exits_at_start_shows_its_last_words(place):
    run = place.contender("a", "exit_at_start").benchmark(["a"]).run()
    assert run.code == 1
    assert "cannot find my configuration" in run.err
    assert "exited with code 3" in run.err
    (log,) = place.path.glob("results/*/logs/a.log")
    assert "cannot find my configuration" in log.read_text(), "what tells why is kept"


def test_a_contender_that_never_gets_healthy_is_given_up(place):
    run = place.contender("a", "never_healthy", healthy_within="4s").benchmark(["a"]).run()
    assert run.code == 1
    assert "never got healthy within 4 s" in run.err
    assert "health" in run.err and "503" in run.err and "database does not answer" in run.err


@pytest.mark.parametrize("database", ["postgres", "sqlite"])
def test_a_set_up_that_is_interrupted_leaves_what_was_logged_and_says_where(place, database):
    run = place.contender("a", "never_healthy").benchmark(["a"]).start("--database", database, "--results", "r")
    deadline = time.monotonic() + 60
    while not [*place.path.glob("r/*/logs/a.log")] and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    run.process.send_signal(signal.SIGINT)
    run.wait()
    assert run.code == 130 and "interrupted" in run.err, run
    if database == "sqlite":  # neither it nor the contender prints anything
        assert not (place.path / "r").exists(), run
        return
    (directory,) = (place.path / "r").iterdir()
    assert f"; what was logged until then is in r/{directory.name}/logs" in run.err, run
    assert (directory / "logs/database.log").read_text()


def test_a_wrong_route_names_contender_route_and_line(place):
    run = place.contender("a", route="/elsewhere").benchmark(["a"]).run()
    assert run.code == 1
    assert "contenders/a/contender.toml:14" in run.err
    assert "io-intensive" in run.err and "/elsewhere" in run.err and "404" in run.err


def test_a_contender_that_dies_in_a_trial_is_a_result_not_an_end(place):
    place.contender("good").contender("mortal", "die_after:30").contender("replaced", "worker_dies_after:30")
    run = place.benchmark(["mortal", "replaced", "good"]).run()
    trials = place.trials()
    assert len(trials) == 6, run.err
    for trial in trials:
        kinds = [incident["kind"] for incident in trial["incidents"]]
        assert ("service_died" in kinds) == (trial["contender"] == "mortal")
        assert ("service_restarted" in kinds) == (trial["contender"] == "replaced"), "a worker died unnoticed"
    assert "exited with code 7" in run.err
    assert "out of sorts, giving up" in run.err
    assert run.code == 3, "no level can be compared"
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    for cell in results["results"]:
        died = "service_died" in [reason["code"] for reason in cell["reasons"]]
        assert died == (cell["contender"] == "mortal"), cell
        assert (cell["validity"] == "invalid") == (cell["contender"] != "good"), cell
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "Invalid: mortal at 2 and 4 users" in report and "exited with code 7" in report


def test_an_out_of_memory_kill_is_named_as_such(place):
    place.contender("good").contender("glutton", "eat_memory")
    place.benchmark(["glutton", "good"], levels="[4]", limits='[limits.contender]\nmemory = "256MiB"')
    run = place.run()
    kinds = {i["kind"] for trial in place.trials() if trial["contender"] == "glutton" for i in trial["incidents"]}
    assert "out_of_memory" in kinds, run.err
    assert "256MiB" in run.err


def test_errors_above_the_limit_are_never_ranked(place):
    place.contender("good").contender("flaky", "errors:34").benchmark(["flaky", "good"])
    run = place.run()
    assert run.code == 3
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    assert results["winner"] is None
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert re.search(r"invalid: \d+(\.\d+)? % errors", report)
    flaky = [cell for cell in results["results"] if cell["contender"] == "flaky"]
    assert flaky and all(cell["errors_status_5xx"] > 0 for cell in flaky)


def test_wrong_answers_that_hold_the_right_text_are_never_ranked(place):
    place.contender("good").contender("deceiver", "deceives_after:1").contender("mover", "redirects_after:1")
    run = place.benchmark(["deceiver", "mover", "good"], levels="[2]").run()
    assert len(place.trials()) == 3, run.err
    for trial in place.trials():
        total = sum(trial["statuses"].values())
        if trial["contender"] == "good":
            assert trial["errors_body"] == 0 and trial["statuses"] == {"200": total}
            continue
        assert trial["completed_in_window"] == 0 and trial["errors_body"] == trial["requests_started"] == total
        assert trial["statuses"] == {"302" if trial["contender"] == "mover" else "200": total}
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    cells = {cell["contender"]: cell for cell in results["results"]}
    assert cells["deceiver"]["validity"] == cells["mover"]["validity"] == "invalid"
    assert cells["mover"]["statuses"].keys() == {"302"}
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert '"created" is 0 instead of 10' in report
    assert re.search(r"100 % of the answers are redirects \(302 × \d+\), which are not followed", report)


def test_an_expectation_that_no_answer_meets_starts_nothing(place):
    workload = place.path / "workloads/io-intensive.toml"
    workload.write_text(workload.read_text().replace("status = 200", "status = 204"))
    run = place.contender("a").benchmark(["a"]).run()
    assert run.code == 2
    assert "operation io-intensive, response.json: the answer to POST with status 204 has no body" in run.err
    assert not (place.path / "results").exists(), "something was started"


def test_requests_near_the_timeout_are_named_as_saturation(place):
    place.contender("good").contender("slow", "slow:0.9")
    place.benchmark(["slow", "good"], levels="[2]", duration="3s", timeout="1s")
    run = place.run()
    assert run.code == 3, "slow has too few operations to be compared"
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    saturated = r"\*\*(\w+) at 2 users is saturated\.\*\* .*half of the requests took \d+ ms or longer, with a timeout of 1 s"
    assert re.findall(saturated, report) == ["slow"]


def test_a_database_out_of_connections_is_named_with_the_setting(place):
    place.real_contender("fastapi").benchmark(["fastapi"], settings="max_connections = 8")
    run = place.run()
    assert run.code == 1
    assert "max_connections" in run.err and "database.settings.max_connections" in run.err


def test_a_database_that_runs_out_of_connections_in_a_trial_is_named_too(place):
    """Its four threads connect with their first request each: one is tried beforehand, the others in the trial."""
    place.real_contender("django").benchmark(["django"], levels="[8]", settings="max_connections = 6")
    run = place.run()
    assert run.code == 0, "errors of the contender are a result"
    (trial,) = place.trials()
    kinds = [incident["kind"] for incident in trial["incidents"]]
    assert "database_connections" in kinds and trial["error_rate"] > 0.01
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "max_connections is 6" in report and "database.settings.max_connections" in report


@pytest.mark.parametrize("number", INTERRUPTIONS)
def test_an_interruption_keeps_the_finished_trials_and_cleans_up(place, number):
    place.contender("a").contender("b").benchmark(["a", "b"], levels="[1, 2, 3, 4]")
    run = place.start()
    wait_for_trials(place, 1)
    time.sleep(1.2)
    run.process.send_signal(number)
    asked = time.monotonic()
    run.wait()
    assert time.monotonic() - asked < 15
    assert run.code == INTERRUPTIONS[number]
    kept = place.trials()
    assert 1 <= len(kept) < 8
    assert (place.latest / "incremental_benchmark_report.md").exists()
    assert f"{len(kept)} finished trial" in run.err
    assert_nothing_left(2)


def test_under_nohup_a_hang_up_of_the_terminal_ends_nothing(place):
    place.contender("a").benchmark(["a"])
    run = place.start(start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wait_for_trials(place, 1)
    os.killpg(run.process.pid, signal.SIGHUP)  # all of the terminal's foreground get it
    assert run.wait().code == 0 and len(place.trials()) == 2, run


def test_kill_9_keeps_the_finished_trials_and_leaves_nothing(place):
    place.contender("a").contender("b").benchmark(["a", "b"], levels="[1, 2, 3, 4]")
    run = place.start()
    directory = wait_for_trials(place, 2)
    time.sleep(1.2)
    run.process.send_signal(signal.SIGKILL)
    run.wait()
    assert_nothing_left(10)
    kept = (directory / "trials.jsonl").read_text().count("\n")
    again = Run(["report", directory], place.path).wait()
    assert again.code == 0, again.err
    results = json.loads((directory / "incremental_benchmark_results.json").read_text())
    assert sum(cell["trials"] for cell in results["results"]) == kept


def test_what_even_the_guardian_left_is_cleaned_at_the_next_start(place):
    place.contender("a").benchmark(["a"], levels="[1, 2, 3, 4]")
    run = place.start()
    wait_for_trials(place, 1)
    kill_with_its_guardian(run)
    assert Run(["run", "small", "--levels", "1"], place.path).wait().code in (0, 3)
    assert_nothing_left(2)


def test_a_full_disk_keeps_the_finished_trials(place):
    place.contender("a").benchmark(["a"], levels="[1, 2, 3, 4]")
    results = place.path / "small"
    results.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", results], check=True)
    try:
        run = place.start("--results", results)
        deadline = time.monotonic() + 60
        while not any(f.read_text() for f in results.glob("2*/trials.jsonl")) and time.monotonic() < deadline:
            time.sleep(0.05)
        ballast = results / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        run.wait()
        assert run.code == 1
        assert "No space left on device" in run.err
        lines = next(results.glob("2*/trials.jsonl")).read_text()
        assert lines.endswith("\n")
        assert all(json.loads(line)["contender"] == "a" for line in lines.splitlines())
    finally:
        subprocess.run(["umount", results], check=True)


def test_without_the_right_to_set_limits_it_refuses_and_says_how(place, unprivileged_joust):
    place.contender("a").benchmark(["a"])
    run = unprivileged_joust(place, "run", "small")
    assert run.code == 1
    assert "--limits off" in run.err and ("root" in run.err or "Delegate" in run.err)
    assert not (place.path / "results").exists(), "refused is refused"


def test_limits_off_marks_every_result(place, unprivileged_joust):
    place.contender("a").contender("b").benchmark(["a", "b"], levels="[2]")
    run = unprivileged_joust(place, "run", "small", "--limits", "off")
    assert run.code in (0, 3), run.err
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "limits off" in report.lower() or "without limits" in report.lower()
    assert "| users | **not separated**" in report
    environment = json.loads((place.latest / "environment.json").read_text())
    assert environment["limits"] == "off"
    assert environment["users_separated"] is False
