"""The mistakes of published comparisons (docs/mistakes.md), made by real services: what Joust says of them."""

import json
import math
import pathlib
import re
import select
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

from conftest import HERE, JOUST, Run


class Rivals:
    """Contenders of the same contract and of different rigs, and what Joust says of them."""

    def __init__(self, place, rigs, engine="sqlite", modes={}, load="", **options):
        self.place = place
        for name, rig in rigs.items():
            place.contender(name, modes.get(name, "good"))
            folder = place.path / "contenders" / name
            shutil.copy(HERE / "service/rigged_service.py", folder)
            manifest = (folder / "contender.toml").read_text().replace('"service.py"', '"rigged_service.py"')
            address = "DATABASE_URL = \"{database_url}\", "
            manifest = manifest.replace("{ MODE", f'{{ {address if engine == "postgres" else ""}RIG = "{rig}", MODE')
            (folder / "contender.toml").write_text(manifest)
        place.benchmark(list(rigs), text=f'[database]\nengine = "{engine}"\n', **options)
        benchmark = place.path / "benchmarks/small.toml"
        text = re.sub(r"\[database.settings\]\n\s*", "", benchmark.read_text())
        benchmark.write_text(text.replace("[load]\n", f"[load]\n{load}\n").replace('max = "1500ms"', 'max = "2500ms"'))

    def race(self, *arguments, program=JOUST, before=()):
        run = Run([*before, "run", "small", *arguments], self.place.path, program).wait()
        latest = self.place.latest
        assert (latest / "trials.jsonl").exists(), run
        self.run = run
        self.printed = " ".join(run.out.split())
        self.report = (latest / "incremental_benchmark_report.md").read_text()
        self.results = json.loads((latest / "incremental_benchmark_results.json").read_text())
        self.trials = self.place.trials()
        return self


    def before_any_verdict(self):
        """The report up to its summary; what is printed begins with the same."""
        before = self.report[: self.report.index("\n## Summary")]
        assert "## Before any verdict" in before, self.report
        assert self.printed.index("Before any verdict: ") < self.printed.index("users contender"), self.run
        return before

    def cell(self, contender, level):
        (cell,) = [one for one in self.results["results"] if (one["contender"], one["level"]) == (contender, level)]
        return cell

    def reasons(self, contender, level):
        return {reason["code"]: reason["text"] for reason in self.cell(contender, level)["reasons"]}

    def pooled(self):
        (ratio,) = [
            one for one in self.results["comparisons"] if one["quantity"] == "goodput" and one["level"] is None
        ]
        return ratio

    def rates(self, contender, level):
        return [
            trial["requests_succeeded"] / trial["window_s"]
            for trial in self.trials
            if (trial["contender"], trial["level"]) == (contender, level)
        ]


def test_ten_reads_that_are_one_query(place):
    rigs = {"one-query": "reads:1", "ten-queries": "reads:10"}
    race = Rivals(place, rigs, engine="postgres", levels="[20]", duration="1s").race()
    assert race.rates("one-query", 20) > race.rates("ten-queries", 20)
    assert (
        "Statements per operation: one-query 1.00, ten-queries 10.0: one statement that does the work of several "
        "leaves the same rows" in race.before_any_verdict()
    )
    assert "statements per operation: one-query 1.00, ten-queries 10.0" in race.printed
    # Nor is the time of a request the inverse of the rate: by Little's law twenty users are twenty in flight.
    for name in rigs:
        cell = race.cell(name, 20)
        in_flight = cell["goodput_rps"] * cell["response_time_mean_ns"] / 1e9
        assert 18 < in_flight < 22 and "littles_law" not in race.reasons(name, 20), cell


def test_users_that_sleep(place):
    rigs = {"more-work": "works:0.5", "some-work": "works:0.2"}
    # A pause so long that answers take less than a twentieth of it on a slow host, too.
    load = 'think_time = "200ms"'
    race = Rivals(place, rigs, load=load, levels="[20]", duration="2s").race("--blocks", "3")
    assert race.results["headline"].startswith(
        "Limited by think time, so what was measured is the load, not the service: more-work at 20 users "
        "(think time 200 ms); some-work at 20 users"
    ), race.run
    assert "that is the load, not what the service can do" in race.reasons("some-work", 20)["think_time"]
    # That twice the work gives the same rate makes them no equals, as it did before that doubt took verdicts back.
    ratio = race.pooled()
    assert ratio["valid_pairs"] == 0 and ratio["verdict"] == "inconclusive", race.run
    if ratio["doubt"] == "load_bound":  # else the interval is too wide for any verdict
        assert "is not decided: 3 of 3 pairs are in doubt, and think time was the limit" in race.printed, race.run
        assert "with more users or without think time" in race.report
    assert "are equivalent" not in race.printed and race.results["winner"] is None, race.run


def test_one_client_and_a_constant_time(place):
    # Threads, files and connections beside the sleep vary by some 3 ms on a slow host.
    rigs = {"constant": "sleeps:0.05", "slow": "sleeps:0.7"}
    race = Rivals(place, rigs, modes=dict.fromkeys(rigs, "closes"), levels="[1]", duration="6s").race()
    (fast,), (slow,) = race.rates("constant", 1), race.rates("slow", 1)
    assert fast > 10 * slow, "which a comparison of the means would tell"
    before = race.before_any_verdict()
    assert re.search(
        r"constant at 1 user answers in 5\d[.0-9]* ms \(median\) to 5\d[.0-9]* ms \(p99\) while nobody is busy: "
        "a constant time is a timer",
        before,
    ), before
    # Of some hundred, one may lie on the window's edge.
    assert re.search(r"Connections opened anew per operation: constant (1\.00|0\.99): keep-alive is off", before)
    assert race.results["headline"].startswith("Nobody was busy, so what was measured is a wait, not work: constant")
    assert re.match(r"\d verified operations, at least 100 are needed", race.reasons("slow", 1)["few_operations"])
    assert "no steady state (constant at 1 user)" in race.printed, race.run
    assert "constant and slow cannot be ranked" in race.printed and race.results["winner"] is None, race.run


def test_a_mean_in_which_the_cheapest_decides(place):
    rigs = {"specialist": "alone:1,8", "even": "works:4"}
    levels = (1, 4, 8)
    race = Rivals(place, rigs, levels=str(list(levels)), duration="1s").race()
    means = {name: statistics.mean(rate for level in levels for rate in race.rates(name, level)) for name in rigs}
    assert means["specialist"] > 1.2 * means["even"], "by the arithmetic mean it would have won"
    ratios = [race.rates("specialist", level)[0] / race.rates("even", level)[0] for level in levels]
    assert math.isclose(race.pooled()["ratio"], statistics.geometric_mean(ratios), rel_tol=0.02), ratios
    # Each level stands for itself, and that they differ is in the interval.
    told = {
        one["level"]: one["ratio"]
        for one in race.results["comparisons"]
        if one["quantity"] == "goodput" and one["level"] is not None
    }
    assert told[1] > 2 and told[4] < 0.7 and told[8] < 0.7, told
    assert "Whether specialist is faster than even cannot be told" in race.printed
    assert "CPU time of an operation at 1 user and at 8 users: specialist " in race.before_any_verdict()
    assert race.results["winner"] is None, race.run


def test_several_operations_told_as_one_number(place):
    rigs = {"lists-fast": "mixed:0.3,20", "orders-fast": "mixed:1.5,4"}
    race = Rivals(place, rigs, levels="[1]", duration="2s")
    with (place.path / "workloads/io-intensive.toml").open("a") as workload:
        workload.write('\n[[operations]]\nname = "list"\nroute = "health"\nmethod = "GET"\nweight = 9\n')
    race.race()
    before = race.before_any_verdict()
    assert re.search(r"Requests are a mix: io-intensive \S+ %, list \S+ %: goodput and ratios are of the mix", before)
    assert re.search(
        r"by their medians at 1 user lists-fast answers list sooner than orders-fast \(\S+ [mµ]s, \S+ ms\) and "
        r"io-intensive later \(2\d\.\d ms, [4-6]\.\d\d ms\)",
        before,
    ), before
    assert "requests are a mix: io-intensive " in race.printed and "users contender operation share" in race.printed
    for name in rigs:
        cell = race.cell(name, 1)
        order, listed = cell["operations"]
        assert (order["name"], listed["name"]) == ("io-intensive", "list")
        assert 0.03 < order["share"] < 0.2 and math.isclose(order["share"] + listed["share"], 1)
        assert math.isclose(order["goodput_rps"] + listed["goodput_rps"], cell["goodput_rps"], rel_tol=1e-6)
        assert listed["response_time_p99_ns"] < order["response_time_p50_ns"], "which no percentile of both tells"


def test_local_ports_that_run_out(place):
    rigs = {"first": "works:0.1", "later": "works:0.1"}
    race = Rivals(place, rigs, modes=dict.fromkeys(rigs, "closes"), levels="[8]", duration="1s")
    few_ports = (
        "ip link set lo up && echo '40000 40099' >/proc/sys/net/ipv4/ip_local_port_range && exec \"$@\""
    )
    race.race(program="unshare", before=("--net", "sh", "-c", few_ports, "sh", JOUST))
    assert "cannot be ranked" in race.printed and race.results["winner"] is None, race.run
    told = [race.reasons(name, 8).get("generator_limits", "") for name in rigs]
    assert any("this host's limit, not the target's" in text and "ip_local_port_range" in text for text in told), told


def test_a_client_that_is_the_bottleneck(place):
    # Both are idle for the most part: the client parses what they send. Neighbours on the same core slow it by up to
    # 1.8 times in stretches of seconds, so of one it has three times as much to read.
    rigs = {"larger": "sends:600", "smaller": "sends:200"}
    race = Rivals(place, rigs, levels="[4]", duration="1s").race()
    (larger,), (smaller,) = race.rates("larger", 4), race.rates("smaller", 4)
    assert smaller > 1.05 * larger, "which would have been told as the services' difference"
    for name in rigs:
        assert race.cell(name, 4)["validity"] == "invalid", race.run
        assert "the load generator was the bottleneck" in race.reasons(name, 4)["generator_cpu"]
    assert "larger and smaller cannot be ranked" in race.printed and race.results["winner"] is None, race.run
    assert "Nobody was busy" not in race.printed


def test_a_compiler_that_starves(place):
    # Once it has compiled it is as fast as the other one, after the warm-up it is not.
    rigs = {"compiles": "compiles:3.6,4,1", "plain": "works:1"}
    race = Rivals(place, rigs, levels="[4]", duration="2s").race("--blocks", "3")
    reason = race.reasons("compiles", 4)["no_steady_state"]
    assert re.search(r"[\d.]+ threads of the contender were ready to run on average, but had no CPU", reason), reason
    assert "no_steady_state" not in race.reasons("plain", 4)
    assert statistics.mean(race.rates("plain", 4)) > 1.3 * statistics.mean(race.rates("compiles", 4))
    assert race.pooled()["doubt"] == "one_sided" and race.results["winner"] is None, race.run
    assert "is not decided: 3 of 3 pairs are in doubt" in race.printed


def test_best_of_three(place):
    folder = pathlib.Path(tempfile.mkdtemp())  # which contenders reach by its name
    try:
        folder.chmod(0o755)
        starts = folder / "starts"
        starts.touch()
        starts.chmod(0o666)
        # Two starts before the first block: it is tried, and warmed up.
        rigs = {"lucky": f"draws:{starts},6,6,3,6,8", "even": "works:5"}
        race = Rivals(place, rigs, levels="[4]", duration="1s").race("--blocks", "3", "--seed", "1")
    finally:
        shutil.rmtree(folder)
    lucky, even = race.rates("lucky", 4), race.rates("even", 4)
    assert len(lucky) == len(even) == 3
    assert max(lucky) > 1.3 * max(even), "by the best of three it would have won"
    order = [(trial["block"], trial["contender"]) for trial in race.trials]
    assert sorted(order) == [(block, name) for block in range(3) for name in ("even", "lucky")]
    assert len({name for _, name in order[::2]}) == 2, f"one went first in all blocks: {order}"
    ratio = race.pooled()
    assert ratio["pairs"] == 3 and ratio["ratio_low"] < 1 < ratio["ratio_high"], ratio
    pairs = [
        one["requests_succeeded"] / one["window_s"] / (other["requests_succeeded"] / other["window_s"])
        for one in race.trials
        for other in race.trials
        if (one["contender"], other["contender"]) == ("lucky", "even") and one["block"] == other["block"]
    ]
    assert math.isclose(ratio["ratio"], statistics.geometric_mean(pairs), rel_tol=0.02), pairs
    assert "Whether lucky is faster than even cannot be told" in race.printed
    assert race.results["winner"] is None, race.run


def test_more_users_than_requests(place):
    rigs = {"slow": "works:8", "quick": "works:7"}
    race = Rivals(place, rigs, levels="[200]", duration="1500ms", timeout="20s").race()
    assert re.search(
        r"Operations that a user completed in a window: slow [01]\.\d+ at 200 users, quick [01]\.\d+ at 200 users: "
        "with fewer than ten, the figures tell much of how the users began",
        race.before_any_verdict(),
    ), race.report
    for name in rigs:
        reasons = race.reasons(name, 200)
        assert re.search(r"\d+ of 200 users had completed a request", reasons["no_steady_state"]), reasons
        assert "requests in flight and response times disagree by" in reasons["littles_law"], reasons
        assert race.cell(name, 200)["response_time_p99_ns_at_least"], race.cell(name, 200)
    assert len(re.findall(r"(?:slow|quick) [\d.]+ ≥ [\d.]+ m?s", race.printed)) == 2, race.run
    assert race.results["winner"] is None, race.run


def test_pipelining_for_one():
    """A user has one request under way: nothing more comes until the answer has gone."""
    early = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(connection):
            with connection:
                while request := connection.recv(65536):
                    time.sleep(0.002)
                    early.append(request.count(b"HTTP/1.1") - 1 + len(select.select([connection], [], [], 0)[0]))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        load = subprocess.run([JOUST, "load", url, "-c", "8", "-n", "400"], capture_output=True, text=True)
        listener.shutdown(socket.SHUT_RDWR)
    assert len(early) == 400 and not any(early), load
