"""The benchmark that Joust ships, as a user runs it: FastAPI against Django on a real database."""

import fcntl
import json
import os
import pty
import re
import select
import shutil
import subprocess
import termios
import time

import pytest
from conftest import JOUST, ROOT, Run, assert_proven

FILES = """benchmark.toml workload.toml environment.json trials.jsonl incremental_benchmark_results.json
incremental_benchmark_report.md throughput_vs_concurrency.png error_rate_vs_concurrency.png
latency_vs_concurrency.png cpu_vs_concurrency.png memory_vs_concurrency.png""".split()


@pytest.fixture(scope="module", params=["postgres", "sqlite"])
def smoke(request, tmp_path_factory):
    """One smoke run for each database, looked at by all the tests below."""
    results = tmp_path_factory.mktemp(request.param)
    started = time.monotonic()
    run = Run(["run", "--profile", "smoke", "--database", request.param, "--results", results], ROOT).wait(240)
    run.seconds = time.monotonic() - started
    run.database = request.param
    run.directory = results / "latest"
    return run


def test_it_succeeds_and_writes_every_file(smoke):
    assert smoke.code == 0, smoke.err
    for name in FILES:
        assert (smoke.directory / name).stat().st_size > 0, name
    for name in FILES:
        if name.endswith(".png"):
            assert (smoke.directory / name).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(list((smoke.directory / "histograms").glob("*.hlog"))) == 4
    assert (smoke.directory / "logs/fastapi.log").exists()
    assert (smoke.directory / "logs/django.log").exists()


def test_every_trial_did_real_work_without_errors(smoke):
    trials = [json.loads(line) for line in (smoke.directory / "trials.jsonl").read_text().splitlines()]
    assert sorted((t["level"], t["contender"]) for t in trials) == [
        (4, "django"), (4, "fastapi"), (20, "django"), (20, "fastapi"),
    ]
    for trial in trials:
        assert trial["goodput_rps"] > 5, trial
        assert trial["error_rate"] == 0, trial
        assert trial["incidents"] == []


def effects_of(directory):
    results = json.loads((directory / "incremental_benchmark_results.json").read_text())
    return {(cell["contender"], cell["level"]): cell for cell in results["results"]}


def test_effects_of_both_contenders_are_proven(smoke):
    cells = effects_of(smoke.directory)
    assert sorted(cells) == [("django", 4), ("django", 20), ("fastapi", 4), ("fastapi", 20)]
    for cell in cells.values():
        assert_proven(cell)
    report = (smoke.directory / "incremental_benchmark_report.md").read_text()
    for contender in ("django", "fastapi"):
        assert len(re.findall(rf"^\| (?:4|20) \| {contender} \|.*\| proven \| [a-z ≥:]+ \|$", report, re.M)) == 2, report


@pytest.mark.parametrize("database", ["postgres", "sqlite"])
def test_effects_are_proven_row_by_row_too(database, tmp_path):
    run = Run(["run", "io-intensive-rows", "--profile", "smoke", "--levels", "4", "--set", 'load.duration="2s"',
               "--database", database, "--results", tmp_path], ROOT).wait()
    assert run.code in (0, 3), run  # 3: on a busy host no comparison may be possible
    cells = effects_of(tmp_path / "latest")
    assert sorted(cells) == [("django", 4), ("fastapi", 4)]
    for cell in cells.values():
        assert_proven(cell)


def test_limits_were_in_force_and_read_back(smoke):
    environment = json.loads((smoke.directory / "environment.json").read_text())
    for name in ("fastapi", "django"):
        contender = environment["limits_in_force"][f"contender-{name}"]
        assert contender["memory_bytes"] == 2 << 30
        assert contender["swap_off"] is True
        assert len(contender["cpu_set"]) == 1 or contender["cpu_quota_cpus"] == 1.0
    if smoke.database == "postgres":
        assert environment["limits_in_force"]["database"]["memory_bytes"] == 1 << 30
        settings = environment["database"]["settings_in_force"]
        assert settings["max_connections"] == "500"
        assert settings["fsync"] == settings["synchronous_commit"] == "on"
        assert settings["shared_buffers"].replace(" ", "") in ("256MB", "262144kB")


def test_stdout_has_the_result_and_stderr_the_progress(smoke):
    assert "fastapi" in smoke.out.lower() and "django" in smoke.out.lower()
    assert "\x1b" not in smoke.err and "\r" not in smoke.err, "plain lines in a pipe"
    assert "trial 1/4" in smoke.err
    assert "try django: start, health, the workload's routes" in smoke.err, "others are not tried"
    assert "4 trials of 3 s each" in smoke.err, "it says how long it takes before it starts"


def test_the_report_can_be_rendered_again_byte_for_byte(smoke):
    names = ["incremental_benchmark_report.md", "incremental_benchmark_results.json"]
    before = {name: (smoke.directory / name).read_bytes() for name in names}
    for name in names:
        (smoke.directory / name).unlink()
    again = Run(["report", smoke.directory], ROOT).wait()
    assert again.code == 0, again.err
    assert {name: (smoke.directory / name).read_bytes() for name in names} == before
    assert again.out == smoke.out


def test_no_secret_is_written(smoke):
    """The database's URLs have passwords in them; wherever one is written, the password must not be."""
    files = [path for path in smoke.directory.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        assert not re.search(rb"postgres(ql)?://[^:@/\s]+:[^@{*\s]+@", path.read_bytes()), path


def test_smoke_takes_at_most_a_minute_after_set_up(smoke):
    first = smoke.directory / "environment.json"  # written when the set-up is done
    last = smoke.directory / "incremental_benchmark_report.md"
    assert last.stat().st_mtime - first.stat().st_mtime < 60


def test_the_example_in_the_documents_renders_to_itself(tmp_path):
    """What README shows is what this Joust says of that run, not what an older one said."""
    example = ROOT / "docs/examples/seed-ladder"
    copy = tmp_path / "results/seed-ladder"
    shutil.copytree(example, copy)
    assert Run(["report", copy], ROOT).wait().code == 0
    for name in ("incremental_benchmark_report.md", "incremental_benchmark_results.json"):
        assert (copy / name).read_text() == (example / name).read_text(), f"joust report {example} renews {name}"


def test_a_clone_in_a_private_directory_works(tmp_path):
    """Below a directory of mode 0700 nothing is readable for the user that contenders run as."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    clone = private / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".git", "build", "results"))
    program = clone / "build/release/joust"
    program.parent.mkdir(parents=True)
    shutil.copy(JOUST, program)
    run = Run(["run", "--profile", "smoke", "--levels", "8", "--duration", "4s"], clone, program).wait(240)
    assert run.code == 0, run.err
    assert len((clone / "results/latest/trials.jsonl").read_text().splitlines()) == 2


def test_a_terminal_sees_a_live_line_and_takes_along_no_finished_trial_when_it_goes(place):
    place.contender("a").benchmark(["a"], levels="[2, 4, 8]")
    control, terminal = pty.openpty()
    process = subprocess.Popen(
        [JOUST, "run", "small"], cwd=place.path, stdin=terminal, stdout=terminal, stderr=terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"}, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(terminal)
    seen = b""
    deadline = time.monotonic() + 60
    # One trial has its line, the next one is at work.
    while not re.search(rb" 1/3 a, 2 users.*measuring", seen, re.DOTALL) and time.monotonic() < deadline:
        if select.select([control], [], [], 0.2)[0]:
            seen += os.read(control, 65536)
    os.close(control)  # as when an ssh session breaks off
    text = seen.decode()
    assert "\r\x1b[2K" in text and "goodput" in text and "left" in text
    assert "warm-up" in text and "measuring" in text
    assert process.wait(30) == 143
    kept = place.trials()
    assert 1 <= len(kept) < 3
    assert (place.latest / "incremental_benchmark_report.md").exists()
