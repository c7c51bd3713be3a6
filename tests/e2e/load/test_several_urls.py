"""Several URLs compared side by side."""

import csv
import json

from test_load import load, server  # noqa: F401  (a fixture)


def compare(*arguments, **options):
    return json.loads(load(*arguments, "--json", "-", **options).stdout)


def test_each_url_gets_its_slices_and_ratios_refer_to_the_first(server):
    first, second = server.url + "a", server.url + "b"
    result = compare(first, second, "-c", 4, "-d", "1s", "--rounds", 4)
    assert [target["url"] for target in result["targets"]] == [first, second]
    assert result["rounds"] == 4 and len(result["slices"]) == 8
    for number in range(4):
        assert sorted(s["target"] for s in result["slices"] if s["round"] == number) == [0, 1]
    assert {ratio["quantity"] for ratio in result["ratios"]} == {"goodput", "response_time_p50", "response_time_p99"}
    for ratio in result["ratios"]:
        assert (ratio["url"], ratio["baseline"]) == (second, first)
        assert ratio["pairs"] == ratio["rounds"] == 4
        assert ratio["ratio_low"] <= ratio["ratio"] <= ratio["ratio_high"]
        assert ratio["difference_shown"] == (ratio["ratio_low"] > 1 or ratio["ratio_high"] < 1)


def test_connections_are_kept_over_the_slices(server):
    for target in compare(server.url, server.url, "-c", 3, "-d", "1s")["targets"]:
        assert target["connection_counts"]["established"] == 3
        assert target["requests"]["started"] == target["requests"]["succeeded"] > 0


def test_a_slower_target_is_found_out(server, tmp_path):
    server.delays = {b"/slow": 0.05}
    text = load(server.url + "quick", server.url + "slow", "-c", 4, "-d", "2s", "--json", tmp_path / "r.json").stdout
    median = next(
        ratio for ratio in json.loads((tmp_path / "r.json").read_text())["ratios"]
        if ratio["quantity"] == "response_time_p50"
    )
    assert median["difference_shown"] and median["ratio_low"] > 1
    assert "slower" in text and "B / A" in text.replace("÷", "/")


def test_the_order_of_the_targets_follows_the_seed(server):
    def order(seed):
        result = compare(server.url, server.url, "-c", 1, "-d", "500ms", "--seed", seed)
        return [entry["target"] for entry in result["slices"]]

    assert order(1) == order(1) != order(2)


def test_the_open_model_offers_every_target_its_rate(server):
    result = compare(server.url, server.url, "--rate", 200, "-d", "1s")
    for target in result["targets"]:
        assert target["model"] == "open" and target["offered_rps"] == 200
        assert abs(target["requests"]["started"] - 200) <= 10  # an edge of each of ten slices


def test_files_hold_every_slice(server, tmp_path):
    load(server.url + "a", server.url + "b,c", "-c", 1, "-d", "500ms", "--rounds", 5, "--csv", tmp_path / "r.csv",
         "--hlog", tmp_path / "r.hlog")
    with (tmp_path / "r.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10 and {row["url"] for row in rows} == {server.url + "a", server.url + "b,c"}
    assert sum(int(row["succeeded"]) for row in rows) > 0
    log = (tmp_path / "r.hlog").read_text()
    assert log.count("Tag=1.response_time") == log.count("Tag=2.service_time") == 5
    assert server.url + "b,c" in log


def test_a_criterion_holds_for_every_url(server):
    server.delays = {b"/slow": 0.02}
    done = load(server.url + "quick", server.url + "slow", "-c", 1, "-d", "500ms", "--fail-if", "p50>19ms", code=4)
    assert "failed: p50>19ms" in done.stderr and "/slow" in done.stderr


def test_what_cannot_be_cut_into_slices_is_refused(server):
    assert "--requests 10" in load(server.url, server.url, "-n", 10, code=2).stderr
    assert "--ramp 0:1:1s" in load(server.url, server.url, "--ramp", "0:1:1s", code=2).stderr
    assert "ftp://x" in load(server.url, "ftp://x", code=2).stderr


def test_a_dead_target_is_no_ratio_but_a_result(server, tmp_path):
    done = load(server.url, "http://127.0.0.1:1/", "-c", 1, "-d", "500ms", "--json", tmp_path / "r.json")
    result = json.loads((tmp_path / "r.json").read_text())
    for ratio in result["ratios"]:
        assert ratio["pairs"] == 0 < ratio["rounds"] == result["rounds"]
        assert ratio["ratio"] is ratio["difference_shown"] is None
    assert result["targets"][1]["errors"]["connect"] > 0 and result["targets"][0]["requests"]["failed"] == 0
    served = f"served nothing in {result['rounds']} of {result['rounds']} rounds"
    assert f"B {served}" in done.stdout and f"http://127.0.0.1:1/ {served}" in done.stderr
    assert "Connection refused" in done.stdout


def test_the_generators_throttling_is_looked_at(server):
    def blind(run):  # as on a host where it cannot be read
        return "generator_throttled" in {rule["code"] for rule in run["validity"]["not_evaluated"]}

    alone = blind(compare(server.url, "-n", 10))
    assert [blind(target) for target in compare(server.url, server.url, "-d", "500ms")["targets"]] == [alone, alone]


def test_a_bad_slice_ends_the_comparison(server):
    server.status = b"500 Broken"
    result = compare(server.url, server.url, "-c", 1, "-d", "40s", "--rounds", 100, "--stop-if", "errors>50%")
    assert result["rounds"] == 1
    assert all("errors>50%, in round 1 of 100" in target["stopped_early"] for target in result["targets"])
