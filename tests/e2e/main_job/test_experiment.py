"""How a run goes on, when it ends, and who is beside whom."""

import json
import re
import signal
import tomllib

import pytest
from conftest import Run, assert_nothing_left, wait_for_trials


def two(place, levels="[2, 4]"):
    return place.contender("a").contender("b").benchmark(["a", "b"], levels=levels)


def resume(place, directory):
    return Run(["run", "--resume", directory], place.path).wait()


def assert_no_verdict(directory):
    results = json.loads((directory / "incremental_benchmark_results.json").read_text())
    assert results["winner"] is None
    assert {one["verdict"] for one in results["comparisons"]} == {"inconclusive"}
    assert {one["ratio_low"] for one in results["comparisons"]} == {None}
    assert "`joust run --resume DIR` finishes it" in results["headline"]


def place_of(trial):
    return trial["block"], trial["level"], trial["attempt"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_goes_on_and_loses_no_finished_trial(place, number):
    run = two(place).start("--blocks", "2")
    directory = wait_for_trials(place, 3)
    run.process.send_signal(number)
    run.wait()
    before = (directory / "trials.jsonl").read_text().splitlines()
    whole = [line for line in before if line.endswith("}")]
    assert 3 <= len(whole) < 8
    plan = Run(["run", "--resume", directory, "--plan"], place.path).wait()
    left = 8 - len(whole) // 2 * 2
    assert plan.code == 0, plan.err
    assert f"small: {len(whole)} trials finished; left {left} trials of " in plan.err
    broken_off = Run(["report", directory], place.path).wait()
    assert broken_off.code == 0, "that nothing is decided yet is no error"
    assert "is not decided: the run ended after " in " ".join(broken_off.out.split())
    assert_no_verdict(directory)
    goes_on = resume(place, directory)
    assert goes_on.code in (0, 3), goes_on.err
    assert f"{len(whole)} of them finished before" in goes_on.err
    counted = re.findall(r"trial (\d+)/(\d+): ", goes_on.err)
    assert counted and all(int(at) <= int(all_) for at, all_ in counted), goes_on
    assert counted[-1][0] == counted[-1][1], goes_on
    assert (directory / "trials.jsonl").read_text().splitlines()[: len(whole)] == whole
    trials = place.trials()
    assert [trial["index"] for trial in trials] == list(range(len(trials)))
    pairs = {}
    for trial in trials:
        pairs.setdefault(place_of(trial), []).append(trial["contender"])
    complete = {pair[:2] for pair, contenders in pairs.items() if sorted(contenders) == ["a", "b"]}
    assert complete == {(block, level) for block in (0, 1) for level in (2, 4)}
    halves = [pair for pair, contenders in pairs.items() if len(contenders) == 1]
    assert len(trials) == 8 + len(halves) and len(halves) == len(whole) % 2
    for block, level, attempt in halves:
        assert attempt == 0 and len(pairs[block, level, 1]) == 2
    results = json.loads((directory / "incremental_benchmark_results.json").read_text())
    ratios = [one for one in results["comparisons"] if one["quantity"] == "goodput" and one["level"] is not None]
    assert all(one["pairs"] <= 2 for one in ratios), "the half that was left is in a pair"
    environment = json.loads((directory / "environment.json").read_text())
    assert len(environment["resumed_unix_ns"]) == 1
    assert "gone on with after an interruption" in (directory / "incremental_benchmark_report.md").read_text()


def test_a_run_that_is_complete_says_so_and_measures_nothing(place):
    first = two(place, levels="[2]").run()
    before = (place.latest / "trials.jsonl").read_bytes()
    again = resume(place, place.latest)
    assert again.code == first.code
    assert "the run is complete: all of its 2 trials are there" in again.err
    plan = Run(["run", "--resume", place.latest, "--plan"], place.path).wait()
    assert "the run is complete: all of its 2 trials are there" in plan.err and plan.code == 0
    assert "start the database" not in again.err
    assert again.out == first.out
    assert (place.latest / "trials.jsonl").read_bytes() == before


def test_what_is_no_longer_the_same_is_refused_by_name_and_nothing_starts(place):
    two(place, levels="[2]").run()
    directory = place.latest.resolve()
    trials = (directory / "trials.jsonl").read_bytes()
    environment = json.loads((directory / "environment.json").read_text())
    environment["host"]["kernel"] = "Linux 1.0"
    environment["joust_version"] = "0.0.1"
    (directory / "environment.json").write_text(json.dumps(environment))
    benchmark = directory / "benchmark.toml"
    benchmark.write_text(benchmark.read_text().replace("max = 1,", "max = 3,").replace("min = 1 }", "min = 3 }"))
    (place.path / "contenders/b/service.py").open("a").write("\n# changed\n")
    workload = place.path / "workloads/io-intensive.toml"
    workload.write_text(workload.read_text().replace("title = ", "title = \"another \" # ", 1))
    run = resume(place, directory)
    assert run.code == 2, run.err
    plan = Run(["run", "--resume", directory, "--plan"], place.path).wait()
    assert plan.code == 2 and "the sources of b changed" in plan.err, "nor is it planned"
    for difference in (
        "the version of Joust was 0.0.1 and is",
        "benchmark.toml changed",
        "the kernel was Linux 1.0 and is Linux",
        "the sources of b changed",
        "the workload io-intensive is not that of its workload.toml",
    ):
        assert difference in run.err, run.err
    assert "the sources of a changed" not in run.err
    assert "start the database" not in run.err
    assert (directory / "trials.jsonl").read_bytes() == trials
    assert_nothing_left(0)


def test_what_says_what_to_run_does_not_go_with_a_run_that_goes_on(place):
    run = Run(["run", "small", "--resume", "results/latest"], two(place).path).wait()
    assert run.code == 2 and "--resume" in run.err
    nowhere = resume(place, place.path / "results/nowhere")
    assert nowhere.code == 2 and "is no directory" in nowhere.err


def test_the_contenders_of_a_pair_live_at_one_time_and_wait_for_their_turns(place):
    two(place, levels="[2]").run()
    first, second = place.trials()
    assert first["resting_cpu_s"] is not None and first["resting_cpu_s"] < 0.1
    assert second["resting_cpu_s"] is None, "the first one had not ended"
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    measured = sum(trial["window_s"] for trial in (first, second))
    span = (second["started_unix_ns"] - first["started_unix_ns"]) / 1e9 + second["took_s"]
    assert results["measured_share"] == pytest.approx(measured / span, rel=0.01)
    assert "measured windows" in (place.latest / "incremental_benchmark_report.md").read_text()


def test_on_one_port_each_is_started_for_its_own_turn_and_the_run_says_so(place):
    run = two(place, levels="[2]").run("--port", "18765")
    assert "all contenders listen on port 18765, so each is started when the one before has ended" in run.err
    assert [trial["resting_cpu_s"] for trial in place.trials()] == [None, None], run.err


def test_a_run_on_one_port_goes_on_with_it(place):
    run = two(place, levels="[2]").start("--blocks", "2", "--port", "18766")
    directory = wait_for_trials(place, 2)
    run.process.send_signal(signal.SIGINT)
    run.wait()
    goes_on = resume(place, directory)
    assert goes_on.code in (0, 3), goes_on
    assert json.loads((directory / "environment.json").read_text())["port"] == 18766
    assert len(place.trials()) >= 4
    assert {trial["resting_cpu_s"] for trial in place.trials()} == {None}, "some were started beside another"


def test_a_contender_against_itself_calibrates_the_host(place):
    run = two(place).run("--aa", "a", "--levels", "2")
    assert [sorted(trial["contender"] for trial in place.trials())] == [["a", "a-again"]], run.err
    benchmark = tomllib.loads((place.latest / "benchmark.toml").read_text())
    assert benchmark["baseline"] == "a"
    assert benchmark["entrants"] == [{"label": "a-again", "contender": "a", "calibration": True}]
    assert "a-again" in run.out


def test_no_trial_is_begun_that_the_budget_does_not_hold(place):
    run = two(place, levels="[2]").run("--budget", "16s")
    assert "no longer than the budget of 16 s" in run.err
    trials = place.trials()
    assert len(trials) >= 2 and len(trials) % 2 == 0, run.err
    span = (trials[-1]["started_unix_ns"] - trials[0]["started_unix_ns"]) / 1e9 + trials[-1]["took_s"]
    assert span <= 16
    assert len(trials) < 24, "the blocks are lifted to the last look, and 16 s are not enough for them"


def test_a_budget_in_which_no_block_ends_is_refused(place):
    run = two(place).run("--budget", "5s")
    assert run.code == 2
    assert "experiment.budget is 5 s, and one block may take" in run.err
    assert not (place.path / "results").exists()


def test_blocks_that_are_asked_for_are_planned_in_full_and_one_contender_has_no_equal_rate(place):
    profile = '[profiles.quick]\nexperiment.budget = "40s"\nexperiment.equal_rate = true\n'
    place.contender("a").contender("b").benchmark(["a", "b"], profile, levels="[2, 4]")
    asked = place.run("--blocks", "8", "--plan")
    assert "8 blocks × 2 levels × 2 contenders + 16 at an equal rate = 48 trials" in asked.err, asked.err
    assert "budget" not in asked.err
    assert "no longer than the budget of 40 s" in place.run("--plan").err
    cut = place.run("--blocks", "8", "--budget", "40s", "--plan")
    assert "so the budget of 40 s ends the run before" in cut.err, cut.err
    alone = place.run("--contenders", "a", "--plan")
    assert "2 levels × 1 contender = 2 trials" in alone.err, alone.err


def test_memory_counts_every_contender_of_a_pair(place):
    place.contender("a").contender("b")
    limits = '[limits]\ncontender = { memory = "900TiB" }\ndatabase = { memory = "100TiB" }'
    run = place.benchmark(["a", "b"], limits=limits).run()
    assert run.code == 2
    assert "each of 2 contenders may use 900 TiB at the same time and the database 100 TiB, together 1900 TiB" in run.err


def test_a_run_that_was_given_a_secret_does_not_go_on_without_it(place):
    secret = '[[entrants]]\nlabel = "c"\ncontender = "a"\nenvironment = { API_KEY = "hunter2" }\n'
    place.contender("a").benchmark(["a"], secret)
    assert place.run("--levels", "1").code in (0, 3)
    assert "hunter2" not in (place.latest / "benchmark.toml").read_text()
    run = resume(place, place.latest)
    assert run.code == 2 and "environment of c.API_KEY holds a secret" in run.err
