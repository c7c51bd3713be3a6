"""Looks, calibration, the equal rate and the capacity in one small run of a real service, as profile `full` has them."""

import collections
import json
import math
import statistics

import pytest
from conftest import Place, Run, forget_environments

# The slow one pauses for 10 ms in each request. That the log is not synced keeps the other's pace the same on any disk.
BENCHMARK = """
name = "small"
workload = "io-intensive"
baseline = "plain"
[[entrants]]
label = "plain"
contender = "beast"
[[entrants]]
label = "slow"
contender = "beast"
environment = { FAULT = "slow" }
[limits]
contender = { memory = "256MiB" }
database = { memory = "512MiB" }
[database]
durability = "relaxed"
[load]
levels = [2, 8]
duration = "1s"
timeout = "5s"
warmup = { min = "200ms", max = "400ms" }
[experiment]
blocks = { min = 4, max = 6 }
[profiles.whole]
experiment.calibration = true
experiment.equal_rate = true
"""
ENTRANTS = {"plain", "slow", "plain-again"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One run, looked at by all the tests below."""
    place = Place(tmp_path_factory.mktemp("whole") / "place")
    place.declared_effects().real_contender("beast")
    (place.path / "benchmarks/small.toml").write_text(BENCHMARK)
    run = place.start("--profile", "whole").wait(240)
    assert run.code == 0, run
    run.place, run.directory, run.trials = place, place.latest.resolve(), place.trials()
    run.report = (run.directory / "incremental_benchmark_report.md").read_text()
    run.results = json.loads((run.directory / "incremental_benchmark_results.json").read_text())
    run.printed = " ".join(run.out.split())
    yield run
    forget_environments(place)


def of_lens(run, lens):
    return [trial for trial in run.trials if trial["lens"] == lens]


def goodput_ratios(run, contender):
    return [
        one for one in run.results["comparisons"] if (one["contender"], one["quantity"]) == (contender, "goodput")
    ]


def section(run, title):
    return run.report.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_it_stops_at_the_look_that_is_certain_and_says_at_which(run):
    assert "4 to 6 blocks × 2 levels × 3 contenders + 12 at an equal rate = 36 to 48 trials of 1 s each" in run.err, run
    assert {trial["block"] for trial in of_lens(run, "capacity")} == {0, 1, 2, 3}
    assert len(of_lens(run, "capacity")) == 24 and run.results["blocks"] == 4
    ratios = goodput_ratios(run, "slow")
    assert {one["level"] for one in ratios} == {2, 8, None}
    for one in ratios:
        assert one["verdict"] == "slower" and one["look_blocks"] == 4 and one["confidence"] == 0.999, one
    assert run.results["winner"] == "plain"
    assert "· 4 of at most 6 blocks × 1 s per level" in run.out, run
    assert "timeout 5 s, 4 of at most 6 blocks |" in run.report
    assert "looked at after 4 blocks, which excludes 1" in run.report
    for line in run.err.splitlines():
        if "which decides nothing yet" in line:  # after a minute, if it took so long
            assert "nothing yet: 2 users: plain " in line and "; 8 users: plain " in line and "requests/s" not in line
    # How many there are in all is known when the looks are over.
    assert "trial 24/48: " in run.err and "trial 25/36: " in run.err and "trial 36/36: " in run.err, run


def test_the_baseline_against_itself_tells_the_floor_and_is_neither_judged_nor_ranked(run):
    floor = run.results["host_floor"]
    assert floor["contender"] == "plain-again"
    widths = {one["quantity"]: one["half_width"] for one in floor["half_widths"]}
    assert widths["goodput"] > 0
    assert "differences of goodput above" in floor["text"] and "and was not judged different" in floor["text"]
    note = floor["text"][0].upper() + floor["text"][1:]
    assert note in run.printed and f"> **Note:** {note}." in run.report, run
    for one in goodput_ratios(run, "plain-again"):
        assert one["verdict"] not in ("faster", "slower"), one
    for ratio in goodput_ratios(run, "slow"):
        assert ratio["margin"] == pytest.approx(max(widths["goodput"], 0.05)), "what the host cannot tell apart is no difference"
    assert "plain-again" not in run.results["headline"]
    for ranked in ("Findings", "Recommendations"):
        assert "plain-again against" not in section(run, ranked) and "than plain-again" not in section(run, ranked)
    assert "plain-again ÷" not in section(run, "Summary")


def test_all_get_half_of_what_the_slowest_can_do_and_are_compared_there(run):
    trials = of_lens(run, "equal_rate")
    assert collections.Counter(trial["contender"] for trial in trials) == dict.fromkeys(ENTRANTS, 4)
    best = {
        name: max(
            statistics.mean(one["goodput_rps"] for one in of_lens(run, "capacity")
                            if (one["contender"], one["level"]) == (name, level))
            for level in (2, 8)
        )
        for name in ENTRANTS
    }
    rate = run.results["equal_rate"]["rate_rps"]
    assert min(best, key=best.get) == "slow" and rate == math.floor(best["slow"] / 2)
    for trial in trials:
        assert trial["level"] == rate and trial["goodput_rps"] == pytest.approx(rate, rel=0.1), trial
    cells = {cell["contender"]: cell for cell in run.results["equal_rate"]["results"]}
    assert cells.keys() == ENTRANTS
    for cell in cells.values():
        assert cell["contender_cpu_us_per_operation"] > 0 and cell["database_cpu_us_per_operation"] > 0, cell
        assert cell["response_time_p99_ns"] >= cell["response_time_p50_ns"] > 0, cell
    assert cells["slow"]["response_time_p50_ns"] > cells["plain"]["response_time_p50_ns"] + 5e6
    ratios = {(one["contender"], one["quantity"]) for one in run.results["equal_rate"]["comparisons"]}
    assert {("slow", "cpu_per_operation"), ("slow", "response_time_p99")} <= ratios
    told = section(run, "At an equal rate")
    assert f"All contenders get the same {rate} requests/s" in told
    assert "| p50 | p99 | p99.9 | CPU/op | database CPU/op | ratio of CPU/op | ratio of p99 |" in told
    for name in ENTRANTS:
        assert f"\n| {name} | " in told
    assert f"At {rate} requests/s each, CPU per operation of slow is" in run.printed, run


def test_capacity_is_a_figure_with_an_interval_or_says_why_not(run):
    capacities = {one["contender"]: one for one in run.results["capacities"]}
    assert capacities.keys() == ENTRANTS
    for name, one in capacities.items():
        if one["not_identified"] is None:
            assert one["gamma_rps_low"] <= one["gamma_rps"] <= one["gamma_rps_high"], one
        else:
            assert one["gamma_rps"] is None and one["text"].startswith("not identified: "), one
        assert f"- **{name}**: {one['text']}" in section(run, "Capacity")
    assert capacities["slow"]["not_identified"] == "few_rising_levels", "two levels carry no law"


def test_over_two_blocks_each_is_as_often_before_another_as_behind(run):
    orders = collections.defaultdict(list)
    for trial in sorted(run.trials, key=lambda trial: trial["index"]):
        orders[trial["lens"], trial["level"], trial["block"]].append(trial["contender"])
    places = {(lens, level) for lens, level, _ in orders}
    assert len(places) == 3
    for lens, level in places:
        for block in (0, 2):
            first, second = orders[lens, level, block], orders[lens, level, block + 1]
            assert set(first) == ENTRANTS and first == second[::-1], orders
    assert [trial["index"] for trial in run.trials] == list(range(36))


def everything(directory):
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_the_report_is_the_same_when_it_is_made_again_and_the_run_has_nothing_left_to_do(run):
    before = everything(run.directory)
    again = Run(["report", run.directory], run.place.path).wait()
    assert again.code == 0 and again.out == run.out, again
    assert everything(run.directory) == before
    resumed = Run(["run", "--resume", run.directory], run.place.path).wait()
    assert resumed.code == 0 and resumed.out == run.out, resumed
    assert "the run is complete: all of its 36 trials are there, and nothing is left to measure" in resumed.err
    assert "start the database" not in resumed.err
    assert everything(run.directory) == before
