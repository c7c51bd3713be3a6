"""Bad input: every mistake with its place, exit code 2, and nothing started."""

import os
import pathlib
import re
import tempfile

import pytest
from conftest import JOUST, STATE, Run, assert_nothing_left


def test_every_mistake_is_told_at_once_with_file_line_and_column(place):
    place.contender("a").benchmark(["a"], text="blcks = 3\n[limits.contender]\ncpus = \"two\"\n")
    with (place.path / "contenders/a/contender.toml").open("a") as manifest:
        manifest.write("users = \"users\"\n")
    with (place.path / "workloads/io-intensive.toml").open("a") as workload:
        workload.write("colour = 1\n")
    run = place.run()
    assert run.code == 2
    assert "benchmarks/small.toml:14:1: unknown key experiment.blcks; did you mean blocks?" in run.err
    assert "benchmarks/small.toml:16:8: limits.contender.cpus is a string: \"two\"; write a number" in run.err
    # Mistakes of the files it names are not kept for the next attempt.
    assert "contenders/a/contender.toml:15:9: routes.users is users; write a path in quotes that" in run.err
    assert "workloads/io-intensive.toml:" in run.err and "colour" in run.err
    assert not (place.path / "results").exists()
    assert_nothing_left(0)


def test_mistakes_in_manifests_and_workloads_are_told_together(place):
    place.contender("a").contender("b").benchmark(["a", "b"])
    for name in "ab":
        with (place.path / f"contenders/{name}/contender.toml").open("a") as manifest:
            manifest.write("users = \"users\"\n")
    (place.path / "workloads/io-intensive.toml").open("a").write("colour = 1\n")
    run = place.run()
    assert run.code == 2
    for name in "ab":
        assert f"contenders/{name}/contender.toml:15:9: routes.users is users; write a path in quotes that" in run.err
    assert "workloads/io-intensive.toml:" in run.err and "colour" in run.err


def test_an_unknown_benchmark_or_contender_lists_those_there_are(place):
    place.contender("a").benchmark(["a"])
    unknown = Run(["run", "large"], place.path).wait()
    assert unknown.code == 2
    assert 'there is no benchmark "large"; write a file\'s path or one of: small' in unknown.err
    nobody = Run(["run", "small", "--contenders", "a,nobody"], place.path).wait()
    assert nobody.code == 2
    assert 'there is no contender "nobody"; write one of: a' in nobody.err


def test_an_unknown_flag_is_bad_input(place):
    run = place.contender("a").benchmark(["a"]).run("--fast")
    assert run.code == 2 and "--fast" in run.err


def test_a_missing_route_is_told_before_anything_starts(place):
    place.contender("a").benchmark(["a"])
    manifest = place.path / "contenders/a/contender.toml"
    manifest.write_text(manifest.read_text().replace("io-intensive =", "io ="))
    run = place.run()
    assert run.code == 2
    assert "io-intensive" in run.err and "contenders/a/contender.toml" in run.err
    assert not (place.path / "results").exists()


def test_a_setting_that_postgresql_refuses_is_named(place):
    run = place.contender("a").benchmark(["a"], settings='shared_buffers = "banana"').run()
    assert run.code == 2
    assert "shared_buffers" in run.err and "banana" in run.err
    assert not (place.path / "results").exists(), "the server's own log says the same"


def test_levels_that_are_none_are_told_with_their_flag(place):
    run = place.contender("a").benchmark(["a"]).run("--levels", "4,many")
    assert run.code == 2
    assert '--levels: "4,many" is no list of levels; write for example 4,50,200 or 50:1000:50' in run.err


def with_gnuplot(folder, script):
    """An environment in which gnuplot is this shell script; without one, there is none."""
    folder.mkdir()
    for directory in os.environ["PATH"].split(":"):
        for program in pathlib.Path(directory).glob("*"):
            if program.name != "gnuplot" and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    if script:
        (folder / "gnuplot").write_text("#!/bin/sh\n" + script)
        (folder / "gnuplot").chmod(0o755)
    return {**os.environ, "PATH": str(folder)}


def test_a_place_for_the_json_that_cannot_be_written_is_told_before_anything_starts(place):
    run = place.contender("a").benchmark(["a"]).run("--json", "/nonexistent/x.json")
    assert run.code == 2
    assert "/nonexistent/x.json" in run.err and "trial 1/" not in run.err
    assert not (place.path / "results").exists()


def test_a_json_that_would_replace_the_benchmark_is_told_before_anything_starts(place):
    place.contender("a").benchmark(["a"])
    (place.path / "link.json").symlink_to("benchmarks/small.toml")
    run = Run(["run", "benchmarks/small.toml", "--json", str(place.path / "link.json")], place.path).wait()
    assert run.code == 2 and "are the same file; write two names" in run.err
    assert not (place.path / "results").exists()


def test_a_body_that_could_not_be_sent_is_told_before_anything_starts(place):
    place.contender("a").benchmark(["a"])
    workload = place.path / "workloads/io-intensive.toml"
    workload.write_text(workload.read_text().replace('"request_id": "{request_id}"}\'', '"request_id": {request_id}}\'', 1))
    run = place.run()
    assert run.code == 2
    assert "workload io-intensive, operation io-intensive, on the route of a: {request_id} is no JSON value" in run.err
    assert not (place.path / "results").exists()


@pytest.fixture
def programs():
    """A folder for programs that whoever draws can reach; pytest's own are for their owner alone."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder) / "bin"


def test_a_missing_gnuplot_is_told_before_anything_starts(place, programs):
    run = place.contender("a").benchmark(["a"]).run(env=with_gnuplot(programs, ""))
    assert run.code == 2
    assert "apt-get install gnuplot-nox" in run.err
    assert not (place.path / "results").exists()


def test_the_summary_is_printed_even_when_the_pictures_fail(place, programs):
    environment = with_gnuplot(programs, 'test "$1" = -e\n')
    run = place.contender("a").benchmark(["a"], levels="[2]").run(env=environment)
    assert run.code == 1
    assert "goodput/s" in run.out and "no pictures" in run.err
    assert (place.latest / "incremental_benchmark_report.md").exists()


def test_limits_that_this_host_cannot_give_are_refused_with_their_sum(place):
    limits = '[limits]\ncontender = { memory = "900TiB" }\ndatabase = { memory = "100TiB" }'
    run = place.contender("a").benchmark(["a"], limits=limits).run()
    assert run.code == 2
    assert "a contender may use 900 TiB and the database 100 TiB, together 1000 TiB" in run.err
    assert "this host has" in run.err and "limits.contender.memory" in run.err
    assert not (place.path / "results").exists(), "something was started"


# Another one lies over it for this program only.
RAM_DISK = ["--mount", "--propagation", "private", "sh", "-c", 'mkdir -p "$0" && mount -t tmpfs none "$0" && exec "$@"']


@pytest.mark.skipif(os.geteuid() != 0, reason="to mount needs root")
def test_a_ram_disk_below_durable_data_is_refused_before_anything_starts(place):
    place.contender("a").benchmark(["a"])
    run = Run([*RAM_DISK, STATE, JOUST, "run", "small"], place.path, program="unshare").wait()
    assert run.code == 1, run
    assert re.search(
        rf'{STATE}/runs/\S+ lies on a RAM disk \(tmpfs\), where durability = "full" costs nothing; '
        'mount a real disk there, or write durability = "relaxed"', run.err), run
    assert "start the database" not in run.out + run.err and "set up a" not in run.out + run.err, run
    assert not (place.path / "results").exists(), run
    assert_nothing_left(0)
