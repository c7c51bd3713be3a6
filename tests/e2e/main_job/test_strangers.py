"""Contenders that are a stranger's: what they try to do to their rivals, to the database, to the host."""

import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess

from conftest import STATE, assert_nothing_left, wait_for_trials


def sleepers():
    found = []
    for command in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if "sleep\0" "7654\0" in command.read_text():
                found.append(command.parent.name)
        except OSError:
            pass
    return found


def test_a_contender_reaches_neither_its_rival_nor_the_database_nor_the_run(place):
    place.contender("a", "spy").contender("b", "spy").benchmark(["a", "b"], levels="[1]")
    run = place.run()
    assert run.code in (0, 3), run.err
    told = {}
    for name in ("a", "b"):
        lines = (place.latest / f"logs/{name}.log").read_text().splitlines()
        told[name] = json.loads(next(line[4:] for line in lines if line.startswith("SPY ")))
    joust = int(subprocess.run(["id", "-u", "joust"], capture_output=True, text=True, check=True).stdout)
    assert len({0, joust, told["a"]["uid"], told["b"]["uid"]}) == 4, told
    for one in told.values():
        for what in (
            "signal the database",
            "read its environment",
            "change its settings",
            "change its rules",
            "enter its sockets",
            "write into the run",
            "list the run",
            "other scratch folders",
        ):
            assert one[what] == "PermissionError", (what, one)
        assert all(name == "null" or name.startswith("pipe:") for name in one["descriptors"]), one
        assert set(one["environment"]) <= {"PATH", "LANG", "HOME", "MODE", "LC_CTYPE", "JOUST_STARTED_BY"}, one
    assert json.loads((place.latest / "environment.json").read_text())["users_separated"] is True


def test_what_a_contender_prints_does_not_fill_the_disk(place):
    place.contender("a", "loud").contender("b").benchmark(["a", "b"], levels="[2]")
    run = place.run()
    assert run.code in (0, 3), run.err
    # It is started three times (to be tried, to warm up, for its trial), and 2 MiB of each are kept.
    assert (place.latest / "logs/a.log").stat().st_size < 7 << 20
    assert "[joust left " in (place.latest / "logs/a.log").read_text()
    (loud,) = [trial for trial in place.trials() if trial["contender"] == "a"]
    assert "log_cut" in [incident["kind"] for incident in loud["incidents"]]
    (cut,) = [incident["text"] for incident in loud["incidents"] if incident["kind"] == "log_cut"]
    assert re.fullmatch(
        r"a printed more than is kept of a trial, and [0-9.]+ [KMG]iB of it are not in its log; "
        r"printing takes time, and a log level that prints less may make it faster",
        cut,
    ), cut
    report = (place.latest / "incremental_benchmark_report.md").read_text()
    assert "a printed more than is kept of a trial" in report


def test_directories_deeper_than_any_path_are_gone_with_the_run(place):
    def few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))

    place.contender("a", "nest").benchmark(["a"], levels="[1]")
    run = place.run(preexec_fn=few_files)
    assert run.code in (0, 3), run.err
    assert_nothing_left(1)


def test_without_limits_no_daemon_outlives_its_contender(place):
    place.contender("a", "daemon").benchmark(["a"], levels="[1]")
    run = place.run("--limits", "off")
    assert run.code in (0, 3), run.err
    assert not sleepers()


def test_without_limits_no_daemon_outlives_a_run_that_is_killed(place):
    place.contender("a", "daemon").benchmark(["a"], levels="[1, 2, 3, 4]")
    run = place.start("--limits", "off")
    wait_for_trials(place, 1)
    run.process.send_signal(signal.SIGKILL)
    run.wait()
    assert_nothing_left(10)
    assert not sleepers()


def test_another_users_lock_does_not_keep_root_from_measuring(place):
    if (child := os.fork()) == 0:
        os.setresgid(54321, 54321, 54321)
        os.setresuid(54321, 54321, 54321)
        other = socket.socket(socket.AF_UNIX)
        other.bind("\0joust-measures")
        other.listen()
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    try:
        os.waitpid(child, os.WUNTRACED)
        run = place.contender("a").benchmark(["a"], levels="[1]").run()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert run.code in (0, 3), run.err
    assert f"user 54321 (process {child}) holds the lock for measuring" in run.err


def test_what_a_contender_leaves_in_places_of_everybodys_goes_with_the_run(place):
    place.contender("a").benchmark(["a"], levels="[1]")
    manifest = place.path / "contenders/a/contender.toml"
    left = pathlib.Path(f"/tmp/joust-left-{os.getpid()}")
    manifest.write_text(
        manifest.read_text().replace(
            'command = ["/usr/bin/true"]', f'command = ["/bin/sh", "-c", "mkdir -p {left}/a && date > {left}/a/b"]'
        )
    )
    run = place.run()
    assert run.code in (0, 3), run.err
    assert not left.exists()
    assert not any((STATE / "runs").glob("*.journal"))
