"""`joust load` as a user calls it."""

import asyncio
import json
import pathlib
import subprocess
import threading

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
JOUST = ROOT / "build/release/joust"


class Server:
    """Answers every request alike, on a port and on a Unix socket, and keeps what it was sent."""

    def __init__(self, socket_path, body=b"hello"):
        self.bodies = []
        self.body = body
        self.loop = asyncio.new_event_loop()
        self.socket_path = socket_path
        ready = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait()

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        tcp = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.loop.run_until_complete(asyncio.start_unix_server(self.serve, self.socket_path))
        self.port = tcp.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                if length:
                    self.bodies.append(await reader.readexactly(int(length[0].split(b":")[1])))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(self.body), self.body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


@pytest.fixture
def server(tmp_path):
    server = Server(str(tmp_path / "s.sock"))
    yield server
    server.stop()


def load(*arguments, code=0):
    done = subprocess.run(
        [JOUST, "load", *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
    )
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
    done = load(server.url, "-d", "1s")
    for word in ("goodput", "response time", "p99", "self-check", "50 connections"):
        assert word in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_the_open_model_offers_its_rate(server):
    result = json.loads(load(server.url, "--rate", 200, "-d", "2s", "--json", "-").stdout)
    assert result["model"] == "open" and result["offered_rps"] == 200
    assert result["requests"]["started"] == pytest.approx(400, abs=2)


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


def test_wrong_bodies_are_errors(server):
    result = json.loads(load(server.url, "-n", 10, "-c", 1, "--expect-body", "goodbye", "--json", "-").stdout)
    assert result["errors"]["body"] == 10 and result["requests"]["succeeded"] == 0


def test_nobody_listening_is_a_connect_error():
    result = json.loads(load("http://127.0.0.1:1/", "-n", 5, "-c", 1, "--json", "-").stdout)
    assert result["errors"]["connect"] == 5


def test_a_unix_socket(server):
    result = json.loads(load(f"unix:{server.socket_path}", "-n", 20, "-c", 2, "--json", "-").stdout)
    assert result["requests"]["succeeded"] == 20


def test_files_are_written(server, tmp_path):
    load(server.url, "-d", "2s", "--json", tmp_path / "r.json", "--hlog", tmp_path / "r.hlog", "--csv", tmp_path / "r.csv")
    assert json.loads((tmp_path / "r.json").read_text())["schema_version"] == 1
    assert "Tag=response_time" in (tmp_path / "r.hlog").read_text()
    rows = (tmp_path / "r.csv").read_text().splitlines()
    assert rows[0].startswith("second,succeeded,failed,response_time_p50_ns") and len(rows) == 3


def test_a_missed_criterion_is_exit_code_4(server):
    done = load(server.url, "-n", 100, "-c", 1, "--fail-if", "p99>1ns", "--fail-if", "errors>1%", code=4)
    assert "failed: p99>1ns" in done.stderr and "errors>1%" not in done.stderr


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["ftp://127.0.0.1/"], "ftp"),
        (["http://127.0.0.1/", "-d", "10"], "--duration"),
        (["http://127.0.0.1/", "--ramp", "up"], "--ramp"),
        (["http://127.0.0.1/", "--rate", "5", "--ramp", "0:1:1s"], "contradict"),
        (["http://127.0.0.1/", "--fail-if", "slow"], "--fail-if"),
        (["http://127.0.0.1/", "-H", "nonsense"], "--header"),
        ([], "url"),
    ],
)
def test_bad_input_is_exit_code_2_and_says_what(arguments, word):
    assert word in load(*arguments, code=2).stderr
