"""`joust load` where it cannot start as asked, and where what it has to say does not go through at once."""

import fcntl
import json
import os
import resource
import signal
import subprocess
import threading
import time

import pytest

from test_load import JOUST, server  # noqa: F401  (a fixture)

NOBODY = 65534


def joust(*arguments, **how):
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "timeout": 60, **how}
    return subprocess.run([JOUST, *map(str, arguments)], text=True, **how)


def results(tmp_path):
    return ["--json", tmp_path / "r.json", "--csv", tmp_path / "r.csv", "--hlog", tmp_path / "r.hlog"]


def assert_delivered(tmp_path):
    assert json.loads((tmp_path / "r.json").read_text())["requests"]["succeeded"] == 20
    assert len((tmp_path / "r.csv").read_text().splitlines()) >= 2
    assert "#[StartTime" in (tmp_path / "r.hlog").read_text()


# Whoever runs the tests, root excepted: its threads are not counted.
def as_a_user(most_threads):
    def prepare():
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        resource.setrlimit(resource.RLIMIT_NPROC, (most_threads, most_threads))

    return prepare


@pytest.mark.parametrize("threads", [1, 4])
def test_a_load_thread_that_cannot_be_made_ends_the_program_with_its_reason(server, threads):
    done = joust("load", server.url, "-t", threads, "-n", 100, preexec_fn=as_a_user(1))
    assert done.returncode == 1, done.stderr
    assert f"load thread 1 of {threads}: cannot start a thread" in done.stderr and "(ulimit -u)" in done.stderr


def test_the_threads_that_were_made_are_ended_too(server):
    done = joust("load", server.url, "-t", 50, "-n", 1000, preexec_fn=lambda: limit_memory(100_000))
    assert done.returncode == 1 and "of 50: cannot start a thread" in done.stderr and "(ulimit -v)" in done.stderr
    assert server.targets == []


def limit_memory(kibibytes):
    resource.setrlimit(resource.RLIMIT_AS, (kibibytes * 1024, kibibytes * 1024))


@pytest.mark.parametrize("io", ["uring", "epoll"])
def test_want_of_memory_is_an_error_wherever_it_comes(server, io):
    lacking = 0
    for kibibytes in range(30_000, 180_000, 25_000):
        done = joust("load", server.url, "-c", 500, "-n", 500, "-t", 2, "--io", io,
                     preexec_fn=lambda: limit_memory(kibibytes))
        assert done.returncode in (0, 1, 3), (kibibytes, done)
        if done.returncode == 1:
            lacking += 1
            assert "error: " in done.stderr and "internal error" not in done.stderr, (kibibytes, done.stderr)
    assert lacking > 0


@pytest.mark.parametrize("rate", [["-c", 2], ["--rate", 200]])
def test_a_full_stdout_is_an_error_and_the_files_are_written_all_the_same(server, tmp_path, rate):
    with open("/dev/full", "w") as full:
        done = joust("load", server.url, "-n", 20, *rate, *results(tmp_path), "--fail-if", "p0>0ms", stdout=full)
    assert done.returncode == 1 and "cannot write to stdout: No space left on device" in done.stderr
    assert "failed: p0>0ms" in done.stderr  # what is known is said
    assert_delivered(tmp_path)


def test_a_reader_that_went_away_is_an_error_and_the_files_are_written_all_the_same(server, tmp_path):
    read, write = os.pipe()
    os.close(read)
    done = joust("load", server.url, "-n", 20, *results(tmp_path), stdout=write)
    os.close(write)
    assert done.returncode == 1 and "cannot write to stdout: Broken pipe" in done.stderr
    assert_delivered(tmp_path)


def test_a_reader_that_reads_nothing_keeps_neither_the_files_nor_the_end_waiting(server, tmp_path):
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write, False)
    os.write(write, b"x" * 4096)
    os.set_blocking(write, True)
    process = subprocess.Popen([JOUST, "load", server.url, "-n", "20", *map(str, results(tmp_path))], stdout=write,
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    os.close(write)
    deadline = time.monotonic() + 30
    while not (tmp_path / "r.hlog").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert_delivered(tmp_path)
    time.sleep(0.5)  # it waits for its reader
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 130
    process.stderr.close()
    os.close(read)


def test_a_closed_stdout_is_an_error_and_no_file_takes_its_place(server, tmp_path):
    done = joust("load", server.url, "-n", 20, *results(tmp_path), stdout=None, preexec_fn=lambda: os.close(1))
    assert done.returncode == 1 and "cannot write to stdout: Bad file descriptor" in done.stderr
    assert_delivered(tmp_path)


def test_a_limit_of_file_sizes_is_an_error_and_spoils_no_other_file(server, tmp_path):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))  # noqa: E731
    done = joust("load", server.url, "-n", 20, *results(tmp_path), preexec_fn=limit)
    assert done.returncode == 1 and "File too large" in done.stderr, done
    assert "20 of 20 requests succeeded" in done.stdout  # a pipe has no size
    assert (tmp_path / "r.csv").exists() and sorted(file.name for file in tmp_path.iterdir()) == ["r.csv", "s.sock"]


def test_a_closed_stdin_or_stderr_changes_nothing(server, tmp_path):
    done = joust("load", server.url, "-n", 20, *results(tmp_path), stderr=None, stdin=None,
                 preexec_fn=lambda: (os.close(0), os.close(2)))
    assert done.returncode in (0, 3) and "20 of 20 requests succeeded" in done.stdout
    assert_delivered(tmp_path)


def test_a_full_stderr_is_an_error(server, tmp_path):
    with open("/dev/full", "w") as full:
        done = joust("load", server.url, "-n", 20, "--insecure", *results(tmp_path), stderr=full)
    assert done.returncode in (1, 3) and "20 of 20 requests succeeded" in done.stdout
    assert_delivered(tmp_path)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_pipe_that_does_not_block_gets_everything(server, stream):
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write, False)
    os.write(write, b"x" * 4096)  # it is full from the first byte on
    got = bytearray()

    def drain():
        time.sleep(1)
        while chunk := os.read(read, 500):
            got.extend(chunk)

    reader = threading.Thread(target=drain)
    reader.start()
    done = joust("load", server.url, "-n", 20, "--json", "-" if stream == "stdout" else "/dev/null", "--insecure",
                 **{stream: write})
    os.close(write)
    reader.join()
    os.close(read)
    assert done.returncode in (0, 3), done
    told = bytes(got[4096:]).decode()
    if stream == "stdout":
        assert json.loads(told)["requests"]["succeeded"] == 20
    else:
        assert told.startswith("warning: --insecure: certificates are not verified\n")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["--help-all"], ["load", "--help"], ["list"]])
def test_every_command_says_that_stdout_is_full(arguments):
    with open("/dev/full", "w") as full:
        done = joust(*arguments, stdout=full)
    assert done.returncode == 1 and "cannot write to stdout: No space left on device" in done.stderr
    assert joust(*arguments, stdout=None, preexec_fn=lambda: os.close(1)).returncode == 1
    assert joust(*arguments).returncode == 0


def test_two_outputs_or_an_input_that_are_one_file_are_refused(server, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "link").symlink_to("d/f")
    (tmp_path / "linked-d").symlink_to("d")
    (tmp_path / "old").write_text("old")
    os.link(tmp_path / "old", tmp_path / "hard")
    (tmp_path / "data.csv").write_text("a\n1\n")
    os.mkfifo(tmp_path / "fifo")
    for arguments in [
        ["--json", "f", "--csv", "f"],
        ["--json", "f", "--csv", "./f"],
        ["--json", "f", "--hlog", tmp_path / "f"],
        ["--csv", "d/f", "--hlog", "d/../d//f"],
        ["--csv", "d/f", "--hlog", "link"],
        ["--csv", "d/f", "--hlog", "linked-d/f"],
        ["--json", "old", "--hlog", "hard"],
        ["--json", "fifo", "--csv", "fifo"],
        ["--json", "/dev/stdout", "--csv", "-"],
        ["--json", "data.csv", "--data", "./data.csv", "--body", "{a}"],
        ["--csv", "old", "--body-file", "hard"],
    ]:
        done = joust("load", server.url, "-n", 1, *arguments, cwd=tmp_path)
        assert done.returncode == 2 and "are the same file; write two names" in done.stderr, (arguments, done)
    for flag in ("--json", "--csv", "--hlog"):
        with open(tmp_path / "out", "w") as out:
            done = joust("load", server.url, "-n", 1, flag, "out", cwd=tmp_path, stdout=out)
        assert done.returncode == 2 and f"{flag} out is the file that stdout goes to" in done.stderr
    assert server.targets == [] and (tmp_path / "old").read_text() == "old"


def test_a_device_takes_what_several_write(server):
    done = joust("load", server.url, "-n", 1, "--json", "/dev/null", "--csv", "/dev/null", stdout=subprocess.DEVNULL)
    assert done.returncode in (0, 3), done.stderr


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["-d", "2000000h"], '--duration: "2000000h" is too long; write at most 87600h'),
        (["-d", "1e300h"], '"1e300h" is not a duration'),
        (["-d", "nan"], '"nan" is not a duration'),
        (["-d", "inf"], '"inf" is not a duration'),
        (["-d", "-5s"], "is not a duration"),
        (["-d", "0x10"], '"0x10" is not a duration'),
        (["--warmup", "900000000"], "is too long"),
        (["--timeout", "87601h"], "is too long"),
        (["--timeout", "0"], "the timeout must be above 0"),
        (["--think", "8e9s"], "is too long"),
        (["--rate", "1e400"], "give a number above 0"),
        (["--rate", "inf"], "give a number above 0"),
        (["--rate", "\x1b[31m1"], "not \\x1B[31m1"),
        (["-d", "\u009b31m"], '"\\xC2\\x9B31m" is not a duration'),
        (["--rate", "nan"], "give a number above 0"),
        (["--rate", "-1"], "give a number above 0"),
        (["--rate", "0x10"], "give a number above 0"),
        (["--rate", "1e8"], "cannot be kept"),
        (["--ramp", "0:10:2000000h"], "--ramp: \"2000000h\" is too long"),
        (["--ramp", "0:1e400:1s"], "is not understood"),
        (["--steps", "1,nan:1s"], "is not understood"),
        (["--steps", ",".join(["1"] * 11) + ":87600h"], "longer than 87600h"),
        (["-n", "1e3"], "give a whole number from 1 on, not 1e3"),
        (["-n", "18446744073709551616"], "give a whole number"),
        (["-n", "-1"], "give a whole number"),
        (["--rate", "0.0001", "-n", "1000000000"], "take more than ten years"),
        (["-c", "10000000"], "give a whole number from 1 to 100000"),
        (["-c", "0x10"], "give a whole number"),
        (["-t", "257"], "give a whole number from 1 to 256"),
        (["--max-connections", "99999999999999999999"], "give a whole number"),
        (["--seed", "-1"], "give a whole number"),
        (["--seed", "0x10"], "give a whole number"),
        (["--fail-if", "rps<inf"], "is not understood"),
        (["--fail-if", "errors>101%"], "is not understood"),
        (["--fail-if", "p99>2000000h"], "is not understood"),
        (["--fail-if", "p101>1s"], "is not understood"),
    ],
)
def test_every_number_has_bounds_and_says_them(server, arguments, told):
    done = joust("load", *arguments, server.url)
    assert done.returncode == 2 and told in done.stderr, done
    assert "\x1b" not in done.stderr and "\u009b" not in done.stderr
    assert server.targets == []


def test_a_warm_up_of_very_many_rounds_is_refused(server):
    done = joust("load", server.url, server.url, "-d", "1s", "--warmup", "87600h")
    assert done.returncode == 2 and "--warmup 87600h" in done.stderr and "100000 rounds" in done.stderr


@pytest.mark.parametrize("urls", [1, 2])
@pytest.mark.parametrize("io", ["uring", "epoll"])
def test_want_of_memory_in_the_middle_of_a_load_ends_all_its_threads(server, tmp_path, io, urls):
    (tmp_path / "body").write_text("{request_id}" + "x" * 4_000_000)  # each connection fills in its own
    done = joust("load", *[server.url] * urls, "-c", 200, "-t", 2, "-d", "30s", "--io", io,
                 "--body-file", tmp_path / "body", preexec_fn=lambda: limit_memory(500_000))
    assert done.returncode == 1 and "error: there is not enough memory" in done.stderr, done
