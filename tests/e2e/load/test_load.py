"""`joust load` as a user calls it."""

import asyncio
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
JOUST = ROOT / "build/release/joust"


class Server:
    """Answers every request alike, on a port and on a Unix socket, and keeps what it was sent."""

    def __init__(self, socket_path, body=b"hello", tls=None, delay=0.0, places=1_000_000):
        self.tls = tls
        self.bodies = []
        self.delay = delay
        self.free = asyncio.Semaphore(places)
        self.body = body
        self.status = b"200 OK"
        self.delays = {}  # seconds before the answer, by path
        self.targets = []
        self.loop = asyncio.new_event_loop()
        self.socket_path = socket_path
        ready = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait()

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        tcp = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        tcp6 = self.loop.run_until_complete(asyncio.start_server(self.serve, "::1", 0))
        self.port6 = tcp6.sockets[0].getsockname()[1]
        if self.tls is not None:
            secure = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=self.tls))
            self.tls_port = secure.sockets[0].getsockname()[1]
        self.loop.run_until_complete(asyncio.start_unix_server(self.serve, self.socket_path))
        self.port = tcp.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                if length:
                    self.bodies.append(await reader.readexactly(int(length[0].split(b":")[1])))
                path = head.split(b" ", 2)[1]
                self.targets.append(path)
                if path in self.delays:
                    await asyncio.sleep(self.delays[path])
                if self.delay:
                    async with self.free:
                        await asyncio.sleep(self.delay)
                writer.write(b"HTTP/1.1 " + self.status + b"\r\nContent-Length: %d\r\n\r\n%s" % (len(self.body), self.body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def announce(self):
        """For a process that does nothing else."""
        print(self.url, flush=True)
        self.thread.join()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


@pytest.fixture
def server(tmp_path):
    server = Server(str(tmp_path / "s.sock"))
    yield server
    server.stop()


def codes(result):
    return {reason["code"] for reason in result["validity"]["reasons"]}


def assert_starved(result):
    """Invalid by the host's fault: threads that were ready to run got no CPU, or were stopped, for a part of the time."""
    invalid = [run for run in result.get("targets", [result]) if run["validity"]["verdict"] == "invalid"]
    assert invalid
    for run in invalid:
        assert codes(run) & {"generator_lag", "generator_run_delay", "generator_stopped"}, run["validity"]
        generator = run["generator"]
        withheld_s = generator["run_delay_s"] + (generator["stopped_s"] or 0)
        assert withheld_s > STARVED * generator["threads"] * run["duration_s"], run


# Half of the requests were begun 10 ms late or later, or the process stood still for 1 % of the time: one lateness
# may hold up many requests, but not half of them in less than a hundredth of the time.
STARVED = 0.01


def load(*arguments, code=0, env=None):
    """An invalid measurement (3) passes for 0 only on a host that withheld its CPUs, which the result has to show."""
    arguments = [*map(str, arguments)]
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        if code == 0 and "--json" not in arguments:
            arguments += ["--json", file.name]
        done = subprocess.run(
            [JOUST, "load", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, env=env,
        )
        if code == 0 and done.returncode == 3:
            where = arguments[arguments.index("--json") + 1]
            assert_starved(json.loads(done.stdout if where == "-" else pathlib.Path(where).read_text()))
        else:
            assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


@pytest.mark.parametrize("io", ["uring", "epoll"])
def test_a_count_of_requests_is_sent_exactly_and_json_is_alone_on_stdout(server, io):
    result = json.loads(load(server.url, "-c", 4, "-n", 1000, "--io", io, "--json", "-").stdout)
    assert result["requests"] == {"started": 1000, "succeeded": 1000, "failed": 0, "timed_out": 0, "unfinished": 0}
    assert result["generator"]["backend"] == {"uring": "io_uring", "epoll": "epoll"}[io]
    times = result["response_time_ns"]
    assert 0 < times["min"] <= times["p50"] <= times["p99"] <= times["max"]
    assert sum(result["errors"].values()) == 0


def test_without_flags_a_table_is_printed(server):
    done = load(server.url, "-d", 1)  # a bare number is in seconds
    for word in ("goodput", "response time", "p99", "self-check", "50 connections"):
        assert word in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_the_open_model_offers_its_rate(server):
    result = json.loads(load(server.url, "--rate", 200, "-d", "2s", "--json", "-").stdout)
    assert result["model"] == "open" and result["offered_rps"] == 200
    assert result["max_connections"] == 10000 and result["connections"] is None
    assert result["arrivals"] == "constant" and result["seed"] == 1 and result["warm_up_s"] == 0
    assert result["schedule"] == [{"length_s": None, "from_rps": 200, "to_rps": 200}]
    assert result["requests"]["started"] == pytest.approx(400, abs=2)


def test_a_draw_with_fewer_arrivals_is_not_held_against_the_rate(server):
    done = load(server.url, "--rate", 40, "--arrivals", "poisson", "-d", "2s", "--seed", 1, "--json", "-")
    result = json.loads(done.stdout)
    assert result["requests"]["started"] == 73 and "offered_rate" not in codes(result)


def test_a_ramp_offers_the_mean_of_its_ends(server):
    result = json.loads(load(server.url, "--ramp", "0:400:2s", "-d", "2s", "--json", "-").stdout)
    assert result["offered_rps"] == pytest.approx(200)
    assert result["requests"]["started"] == pytest.approx(400, abs=2)


def test_bodies_are_filled_from_data_and_ids_are_unique(server, tmp_path):
    data = tmp_path / "names.csv"
    data.write_text("name\nann\nbob\n")
    load(server.url, "-c", 1, "-n", 4, "--data", data, "--body", '{"n":"{name}","id":"{request_id}"}')
    sent = [json.loads(body) for body in server.bodies]
    assert [entry["n"] for entry in sent] == ["ann", "bob", "ann", "bob"]
    assert len({entry["id"] for entry in sent}) == 4


def test_urls_are_filled_from_data(server, tmp_path):
    data = tmp_path / "names.csv"
    data.write_text("name\nann\nbob\n")
    load(server.url + "{name}", "-c", 1, "-n", 4, "--data", data)
    assert server.targets == [b"/ann", b"/bob", b"/ann", b"/bob"]
    unused = load(server.url, "-n", 4, "--data", data, code=2)
    assert "names.csv" in unused.stderr and "name" in unused.stderr and len(server.targets) == 4


def test_wrong_bodies_are_errors(server):
    result = json.loads(load(server.url, "-n", 10, "-c", 1, "--expect-body", "goodbye", "--json", "-").stdout)
    assert result["errors"]["body"] == 10 and result["requests"]["succeeded"] == 0


def test_nobody_listening_is_a_connect_error():
    result = json.loads(load("http://127.0.0.1:1/", "-n", 5, "-c", 1, "--json", "-").stdout)
    assert result["errors"]["connect"] == 5


def test_a_unix_socket(server):
    result = json.loads(load(f"unix:{server.socket_path}", "-n", 20, "-c", 2, "--json", "-").stdout)
    assert result["requests"]["succeeded"] == 20


def test_an_ipv6_address_in_brackets(server):
    result = json.loads(load(f"http://[::1]:{server.port6}/x", "-n", 20, "-c", 2, "--json", "-").stdout)
    assert result["requests"]["succeeded"] == 20 and set(server.targets) == {b"/x"}


def test_https_is_verified_unless_told_otherwise(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    server = Server(str(tmp_path / "tls.sock"), tls=tls)
    try:
        url = f"https://127.0.0.1:{server.tls_port}/"
        few = (url, "-n", 5, "-c", 1, "--json", "-")
        assert json.loads(load(*few).stdout)["errors"]["connect"] == 5  # signed by nobody that the system knows
        insecure = load(*few, "--insecure")
        result = json.loads(insecure.stdout)
        assert result["requests"]["succeeded"] == 5 and result["tls_verified"] is False
        assert "not verified" in insecure.stderr
        trusted = (*few, "--cacert", certificate)
        assert json.loads(load(*trusted).stdout)["errors"]["connect"] == 5  # it is localhost's, not 127.0.0.1's
        result = json.loads(load(*trusted, "--server-name", "localhost").stdout)
        assert result["requests"]["succeeded"] == 5 and result["tls_verified"] is True
    finally:
        server.stop()


def test_retries_are_counted_apart_and_off_by_default(server):
    server.status = b"503 Busy"
    plain = json.loads(load(server.url, "-n", 5, "-c", 1, "--json", "-").stdout)
    assert plain["retried"] == 0 and plain["errors"]["status_5xx"] == 5 and len(server.targets) == 5
    again = json.loads(load(server.url, "-n", 5, "-c", 1, "--retries", 2, "--json", "-").stdout)
    assert again["retried"] == 10 and again["requests"]["failed"] == 5 and len(server.targets) == 20


def test_a_post_that_was_sent_is_never_sent_again(server):
    server.status = b"503 Busy"
    result = json.loads(load(server.url, "-n", 5, "-c", 1, "--retries", 2, "--body", "x", "--json", "-").stdout)
    assert result["retried"] == 0 and len(server.bodies) == 5


def test_steps_and_thinking_users(server):
    result = json.loads(load(server.url, "--steps", "100,300:500ms", "--json", "-").stdout)
    assert result["offered_rps"] == pytest.approx(200) and result["duration_s"] == 1  # all the steps
    short = load(server.url, "--steps", "100,300:500ms", "-d", "500ms", "--json", "-")
    assert json.loads(short.stdout)["offered_rps"] == 100 and "before its schedule" in short.stderr
    result = json.loads(load(server.url, "-c", 2, "--think", "100ms", "-d", "1s", "--json", "-").stdout)
    assert result["requests"]["started"] <= 2 * 11


def test_a_new_connection_for_each_request(server):
    result = json.loads(load(server.url, "-n", 20, "-c", 2, "--requests-per-connection", 1, "--json", "-").stdout)
    assert result["connection_counts"]["established"] == 20


def test_a_load_stops_when_a_second_is_bad(server):
    server.status = b"500 Broken"
    done = load(server.url, "-d", "50s", "-c", 1, "--stop-if", "errors>50%", "--json", "-")
    result = json.loads(done.stdout)
    assert "errors>50%" in result["stopped_early"] and 0.5 < result["duration_s"] < 25


@pytest.mark.parametrize("kind", [["-c", 4], ["--rate", 100], ["-n", 100]])
def test_a_load_stops_when_the_server_falls_silent(server, kind):
    server.delays = {b"/never": 50}
    length = [] if "-n" in kind else ["-d", "50s"]
    result = json.loads(load(server.url + "never", *kind, *length, "--stop-if", "rps<50", "--json", "-").stdout)
    assert result["stopped_early"] == "--stop-if rps<50, after 1 s" and result["duration_s"] < 25


def test_answers_that_come_after_the_measured_time_do_not_stop_a_load(server):
    server.delays = {b"/slow": 2.5}
    result = json.loads(load(server.url + "slow", "-c", 4, "-d", "100ms", "--stop-if", "rps<50", "--json", "-").stdout)
    assert result["stopped_early"] is None and result["requests"]["succeeded"] == 4


def test_a_header_a_pattern_and_json_members_can_be_expected(server):
    server.body = b'{"ok": true, "n": 1}'

    def errors(*arguments):
        return json.loads(load(server.url, "-n", 3, "-c", 1, *arguments, "--json", "-").stdout)["errors"]["body"]

    assert errors("--expect-regex", '"n": [0-9]') == 0 and errors("--expect-regex", '"n": [a-z]') == 3
    assert errors("--expect-json", '{"ok": true}') == 0 and errors("--expect-json", '{"ok": false}') == 3
    assert errors("--expect-header", "Content-Length: 20") == 0 and errors("--expect-header", "X: 1") == 3


@pytest.mark.parametrize(
    "body",
    [
        '{"items":[{"status":"ok"}],"status":"error"}',
        '<html>{"status":"ok"}</html>',
        '[{"status":"ok"}]',
        '{"status":"ok"',
        '{"status":"ok","status":"ok"}',
        '{"status":"ok","x":[1,2,}}',
        '{"status":"ok","x":tru}',
        '{"status":"ok","x":01}',
        '{"status":"ok","x":"\\q"}',
        '{"status":"ok"} and more',
        '{"status":' + "9" * 1000 + "}",
        '{"status":"ok","x":0' + "9" * 1000 + "}",
        '{"status":"ok","x":' + "[" * 500_000 + "]" * 500_000 + "}",
        "",
    ],
    ids=lambda body: body[:30],
)
def test_no_wrong_answer_counts_as_right(server, body):
    server.body = body.encode()
    done = load(server.url, "-n", 200, "-c", 2, "--expect-json", '{"status":"ok"}', "--json", "-")
    result = json.loads(done.stdout)
    assert result["requests"]["succeeded"] == 0 and result["errors"]["body"] == 200
    assert result["statuses"] == {"200": 200}


@pytest.mark.parametrize("body", ['{"status":"ok","n":1,"x":' + "9" * 1000 + "}", '{"st\\u0061tus": "\\u006fk", "n": 1.0e0, "x": [1]}', '\n{"n":1,"more":{},"status":"ok"}\n'])
def test_a_right_answer_counts_however_it_is_written(server, body):
    server.body = body.encode()
    done = load(server.url, "-n", 20, "-c", 1, "--expect-json", '{"status":"ok","n":1.0}', "--json", "-")
    assert json.loads(done.stdout)["requests"]["succeeded"] == 20


def test_an_answer_of_360_000_members_is_checked_in_time(server):
    members = ",".join(f'"{i:x}":0' for i in range(360_000))
    server.body = f'{{"status":"ok",{members}}}'.encode()
    assert len(server.body) < 4 << 20
    arguments = (server.url, "-n", 3, "-c", 1, "--timeout", "20s", "--json", "-")
    result = json.loads(load(*arguments, "--expect-json", '{"status":"ok"}').stdout)
    assert result["requests"]["succeeded"] == 3
    server.body = server.body[:-1] + b',"7f":0}'
    result = json.loads(load(*arguments, "--expect-json", '{"status":"ok"}').stdout)
    assert result["requests"]["succeeded"] == 0 and '"7f" stands twice' in result["error_examples"][0]["detail"]


def test_redirects_that_nobody_asked_for_are_told(server):
    server.status = b"302 Found"
    done = load(server.url, "-n", 100)
    assert re.search(r"^statuses +302 × 100$", done.stdout, re.M)
    assert re.search(r"^warning +100 % of the answers are redirects \(302 × 100\), which are not\n +followed", done.stdout, re.M)
    result = json.loads(load(server.url, "-n", 100, "--json", "-").stdout)
    assert [warning["code"] for warning in result["warnings"]] == ["redirects"]
    asked_for = json.loads(load(server.url, "-n", 100, "--expect-status", 302, "--json", "-").stdout)
    assert asked_for["warnings"] == [] and asked_for["statuses"] == {"302": 100}
    both = load(server.url, server.url, "-d", "300ms", "--rounds", 3)
    assert re.search(r"^statuses B +302 × \d+$", both.stdout, re.M) and re.search(r"^warning B ", both.stdout, re.M)


def test_rules_that_could_not_be_evaluated_are_named(server):
    done = load(server.url, "--rate", 100, "-n", 20, "--json", "-")
    assert "saturation" in {rule["code"] for rule in json.loads(done.stdout)["validity"]["not_evaluated"]}
    assert "saturation not evaluated: too few requests" in load(server.url, "--rate", 100, "-n", 20).stdout


def test_the_generator_says_what_it_took(server):
    generator = json.loads(load(server.url, "-n", 100, "--json", "-").stdout)["generator"]
    assert 1 << 20 < generator["max_rss_bytes"] < 1 << 30
    assert generator["cpu_us_per_request"] > 0 and generator["threads"] == 1


def test_what_is_printed_is_ascii_where_the_locale_is_not_utf8(server):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    assert load(server.url, "-n", 100, env=environment).stdout.isascii()
    environment["LC_ALL"] = "C.UTF-8"
    assert not load(server.url, "-n", 100, env=environment).stdout.isascii()


def test_ctrl_c_keeps_what_was_measured(server):
    process = subprocess.Popen([JOUST, "load", server.url, "-d", "50s", "--json", "-"], stdout=subprocess.PIPE, text=True)
    while len(server.targets) < 100:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    result = json.loads(process.communicate(timeout=30)[0])
    assert process.returncode == 130
    assert result["stopped_early"] == "by a signal" and result["requests"]["succeeded"] >= 50


def test_a_signal_to_program_and_group_is_one(server):
    process = subprocess.Popen([JOUST, "load", server.url, "-d", "50s", "--json", "-"], stdout=subprocess.PIPE, text=True,
                               start_new_session=True)
    while len(server.targets) < 100:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)  # as timeout(1) does
    time.sleep(0.005)
    os.killpg(process.pid, signal.SIGTERM)
    result = json.loads(process.communicate(timeout=30)[0])
    assert process.returncode == 143 and result["requests"]["succeeded"] >= 50


def test_what_is_no_regular_file_is_not_replaced(server, tmp_path):
    pipe, link, kept = tmp_path / "pipe", tmp_path / "link", tmp_path / "kept.csv"
    os.mkfifo(pipe)
    link.symlink_to("kept.csv")
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    load(server.url, "-n", 10, "-c", 1, "--json", pipe, "--csv", link)
    reader.join(timeout=20)
    assert read and json.loads(read[0])["requests"]["succeeded"] == 10 and pipe.is_fifo()
    assert link.is_symlink() and kept.read_text().startswith("second,")
    assert load(server.url, "-n", 10, "-c", 1, "--csv", "-").stdout.startswith("second,")


def test_a_file_that_cannot_be_written_is_found_before_the_start_or_spoils_no_other(server, tmp_path):
    for flag in ("--json", "--csv", "--hlog"):
        assert "/nowhere/r" in load(server.url, "-n", 10, flag, "/nowhere/r", code=2).stderr
    assert "alone on stdout" in load(server.url, "-n", 10, "--csv", "-", "--json", "-", code=2).stderr
    assert server.targets == []
    done = load(server.url, "-n", 10, "-c", 1, "--json", "/dev/full", "--csv", tmp_path / "r.csv", code=1)
    assert "/dev/full" in done.stderr and (tmp_path / "r.csv").exists()


def test_bytes_of_the_server_do_not_reach_the_terminal(server):
    server.status, server.body = b"500 Broken", b"\x1b]0;title\x07\xff\xc3"
    text = load(server.url, "-n", 3, "-c", 1).stdout
    assert "\x1b" not in text and r"status 500, \x1B]0;title\x07\xFF\xC3" in text
    example = json.loads(load(server.url, "-n", 3, "-c", 1, "--json", "-").stdout)["error_examples"][0]
    assert example["status"] == 500 and example["detail"].startswith("\x1b]0;title")


def test_a_url_that_is_no_text_is_refused(server):
    done = load(server.url + os.fsdecode(b"\xff"), "-n", 3, code=2)
    assert r"\xFF" in done.stderr and server.targets == []


def test_times_of_requests_that_never_ended_are_lower_bounds(server, tmp_path):
    server.delays = {b"/slow": 30}
    done = load(server.url + "slow", "-n", 4, "-c", 4, "--timeout", "300ms", "--fail-if", "p99>2s", "--json",
                tmp_path / "r.json", code=4)
    assert "failed: p99>2s: it is not known, but at least 300 ms" in done.stderr
    assert "≥ 300 ms" in done.stdout.replace(">=", "≥")
    result = json.loads((tmp_path / "r.json").read_text())
    assert "p99" in result["response_time_ns"]["at_least"] and "p99" in result["service_time_ns"]["at_least"]
    assert result["fail_if"][0]["criterion"] == "p99>2s" and result["fail_if"][0]["failed"] is True


def test_files_are_written(server, tmp_path):
    load(server.url, "-d", "2s", "--json", tmp_path / "r.json", "--hlog", tmp_path / "r.hlog", "--csv", tmp_path / "r.csv")
    assert json.loads((tmp_path / "r.json").read_text())["schema_version"] == 1
    assert "Tag=response_time" in (tmp_path / "r.hlog").read_text()
    rows = (tmp_path / "r.csv").read_text().splitlines()
    assert rows[0].startswith("second,succeeded,failed,response_time_p50_ns") and len(rows) == 3


def test_the_csv_has_every_second_also_where_nothing_ended(server, tmp_path):
    server.delays = {b"/slow": 2.5}
    load(server.url + "slow", "-n", 1, "-c", 1, "--csv", tmp_path / "r.csv")
    rows = [row.split(",") for row in (tmp_path / "r.csv").read_text().splitlines()[1:]]
    assert rows[:2] == [["0", "0", "0", "", "", ""], ["1", "0", "0", "", "", ""]]
    assert rows[2][:3] == ["2", "1", "0"] and int(rows[2][5]) >= 2.5e9 and len(rows) == 3


def test_a_missed_criterion_is_exit_code_4(server):
    done = load(server.url, "-n", 100, "-c", 1, "--fail-if", "p99>1ns", "--fail-if", "errors>1%", code=4)
    assert "failed: p99>1ns: it is " in done.stderr and "errors>1%" not in done.stderr


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["ftp://127.0.0.1/"], "ftp"),
        (["http://127.0.0.1/", "-d", "soon"], "--duration"),
        (["http://127.0.0.1/", "-d", "0"], "--duration"),
        (["http://127.0.0.1/", "-n", "5", "-d", "1s"], "--duration"),
        (["http://127.0.0.1/", "-n", "5", "--warmup", "1s"], "--warmup"),
        (["http://127.0.0.1/", "-c", "5", "--rate", "5"], "--max-connections 5"),
        (["http://127.0.0.1/", "--spin"], "--spin needs a rate"),
        (["http://127.0.0.1/", "--rounds", "5"], "several URLs"),
        (["http://127.0.0.1/", "--rate", "0"], "--rate: give a number above 0, not 0"),
        (["http://127.0.0.1/", "--rate", "1e18"], "a rate of 1e+18/s cannot be kept; give at most 10000000 per second"),
        (["http://127.0.0.1/", "--rate", "1e-300", "-n", "5"], "at least 1 per day (0.000012)"),
        (["http://127.0.0.1/", "--ramp", "0:1e18:1s"], "a rate of 1e+18/s"),
        (["http://127.0.0.1/", "--rate", "nan"], "above 0, not nan"),
        (["http://127.0.0.1/", "-n", "0"], "--requests: give a whole number from 1 on, not 0"),
        (["http://127.0.0.1/", "-n", "abc"], "not abc"),
        (["http://127.0.0.1/", "--ramp", "up"], "--ramp"),
        (["http://127.0.0.1/", "--rate", "5", "--ramp", "0:1:1s"], "contradict"),
        (["http://127.0.0.1/", "--fail-if", "slow"], "--fail-if"),
        (["http://127.0.0.1/", "-H", "nonsense"], "--header"),
        (["http://127.0.0.1/", "--steps", "1,2"], "--steps"),
        (["http://127.0.0.1/", "--ramp", "100:0:1s", "-n", "500"], "after 50 requests"),
        (["http://127.0.0.1/", "--think", "soon"], "--think"),
        (["http://127.0.0.1/", "--think", "1s", "--rate", "5"], "contradict"),
        (["http://127.0.0.1/", "--arrivals", "poisson"], "--rate"),
        (["http://127.0.0.1/", "--max-connections", "5"], "-c 5"),
        (["http://127.0.0.1/", "-c", "0"], "--connections"),
        (["http://127.0.0.1/", "-c", "many"], "many"),
        (["http://127.0.0.1/", "--data", "/nowhere.csv"], "/nowhere.csv"),
        (["http://127.0.0.1/", "--stop-if", "slow"], "--stop-if"),
        (["http://127.0.0.1/", "--retries", "-1"], "--retries"),
        (["http://127.0.0.1/", "--expect-json", "nonsense"], "nonsense"),
        (["http://127.0.0.1/", "--expect-json", ""], "--expect-json is empty"),
        (["http://127.0.0.1/", "--expect-body", ""], "--expect-body is empty"),
        (["http://127.0.0.1/", "--expect-regex", ""], "--expect-regex is empty"),
        (["http://127.0.0.1/", "--expect-json", '{"a":1,"a":2}'], "stands twice"),
        (["http://127.0.0.1/", "--expect-json", '{"id":["{request_id}"]}'], "does not send it"),
        (["http://127.0.0.1/", "--expect-json", "{}", "-m", "HEAD"], "HEAD request has none"),
        ([], "URL"),
        (["http://127.0.0.1/", "--rat", "5"], "--rat"),
    ],
)
def test_bad_input_is_exit_code_2_and_says_what(arguments, word):
    done = load(*arguments, code=2)
    assert done.stderr.startswith("error: ") and word in done.stderr and done.stdout == ""


@pytest.mark.parametrize("io, kind", [("uring", ["--rate", "200"]), ("epoll", ["-c", "5"])])
def test_a_generator_that_was_stopped_says_so_and_exits_with_3(server, io, kind):
    process = subprocess.Popen(
        [JOUST, "load", server.url, "-d", "3s", "--io", io, "--json", "-", *kind],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )
    time.sleep(1)
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.6)
    process.send_signal(signal.SIGCONT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 3, (output, errors)
    result = json.loads(output)
    assert result["validity"]["verdict"] == "invalid"
    assert_starved(result)
    assert result["generator"]["stopped_s"] > 0.5
    stopped = [reason["text"] for reason in result["validity"]["reasons"] if reason["code"] == "generator_stopped"]
    assert len(stopped) == 1 and "the load generator itself stood still for" in stopped[0]


def test_a_server_that_was_stopped_is_not_the_generators_fault(tmp_path):
    script = "import asyncio, sys, test_load; test_load.Server(sys.argv[1]).announce()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "s.sock")], stdout=subprocess.PIPE, text=True,
        cwd=pathlib.Path(__file__).parent,
    )
    try:
        url = process.stdout.readline().strip()
        stop = threading.Timer(1, process.send_signal, [signal.SIGSTOP])
        go = threading.Timer(1.5, process.send_signal, [signal.SIGCONT])
        stop.start(), go.start()
        result = json.loads(load(url, "--rate", 200, "-d", "3s", "--json", "-").stdout)
    finally:
        stop.join(), go.join()
        process.kill()
        process.wait()
    assert result["requests"]["succeeded"] == result["requests"]["started"] == pytest.approx(600, abs=2)
    assert "generator_stopped" not in codes(result)
    # 0.5 s of 3 are stopped: every twelfth request waits over 0.25 s.
    assert result["response_time_ns"]["p95"] > 0.15e9 and result["response_time_ns"]["max"] > 0.45e9


@pytest.mark.parametrize("stop", [["-d", "3s"], ["-n", 900]])
def test_a_target_at_its_limit_is_called_saturated_with_both_rates(tmp_path, stop):
    server = Server(str(tmp_path / "s.sock"), delay=0.02, places=4)  # 200 per second
    try:
        done = load(server.url, "--rate", 300, *stop, "--json", "-")
    finally:
        server.stop()
    result = json.loads(done.stdout)
    texts = [reason["text"] for reason in result["validity"]["reasons"] if reason["code"] == "saturation"]
    assert result["validity"]["verdict"] == ("invalid" if done.returncode == 3 else "suspect") and len(texts) == 1
    assert "of 300/s offered" in texts[0] and "were served" in texts[0]
    assert result["requests"]["succeeded"] == 900


def test_invalid_by_its_own_fault_is_no_starvation():
    run = {"validity": {"verdict": "invalid", "reasons": [{"code": "generator_lag", "text": ""}]}, "duration_s": 1.0,
           "generator": {"threads": 1, "run_delay_s": 0.005, "stopped_s": 0.0}}
    with pytest.raises(AssertionError):
        assert_starved(run)
    run["generator"]["run_delay_s"] = 0.2
    assert_starved(run)
    run["validity"]["reasons"][0]["code"] = "steal"  # makes no run invalid: something else is wrong
    with pytest.raises(AssertionError):
        assert_starved(run)


def test_requests_of_a_count_that_wait_for_a_connection_are_told(tmp_path):
    server = Server(str(tmp_path / "s.sock"), delay=1)
    try:
        done = load(server.url, "--rate", 300, "-n", 600, "--max-connections", 50, "--timeout", "500ms", "--json", "-")
    finally:
        server.stop()
    result = json.loads(done.stdout)
    assert result["requests"]["started"] == result["requests"]["timed_out"] == 600
    assert {"connection_bound", "saturation"} <= codes(result)


def test_the_time_until_the_last_answer_is_not_held_against_the_rate(tmp_path):
    server = Server(str(tmp_path / "s.sock"), delay=0.3)
    try:
        done = load(server.url, "--rate", 200, "-n", 200, "--json", "-")
    finally:
        server.stop()
    assert "offered_rate" not in codes(json.loads(done.stdout))
