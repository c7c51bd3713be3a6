"""A service that is slow because it waits: the report says so before any ratio, and names the wait."""

import json
import pathlib
import re
import socket
import subprocess
import sys
import time

import pytest
from conftest import JOUST

# As the standard library's server is out of the box, but for keep-alive: wfile has no buffer, so head and body are
# two writes, and nothing switches Nagle's algorithm off.
SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def two_writes():
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)])
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/"
    server.kill()
    server.wait()


def test_load_tells_the_delayed_acknowledgement(two_writes, tmp_path):
    result = tmp_path / "result.json"
    load = subprocess.run(
        [JOUST, "load", two_writes, "-c", "8", "-n", "400", "--json", result], capture_output=True, text=True
    )
    found = json.loads(result.read_text())
    assert 35e6 < found["service_time_ns"]["p50"] - found["time_to_first_byte_ns"]["p50"] < 60e6, load
    assert found["delayed_bodies"] > 200
    (warning,) = [one for one in found["warnings"] if one["code"] == "delayed_body"]
    assert "the server sends head and body in two writes; TCP_NODELAY, or one write, ends it" in warning["text"]
    assert "delayed acknowledgement" in " ".join(load.stdout.split())


def test_load_tells_that_think_time_was_the_limit(two_writes, tmp_path):
    result = tmp_path / "result.json"
    load = [JOUST, "load", two_writes, "-c", "8", "-n", "16", "--think", "2s", "--json", result]
    subprocess.run(load, capture_output=True, check=False)
    found = json.loads(result.read_text())
    assert found["think_time_s"] == 2
    assert "think_time" in [one["code"] for one in found["warnings"]], found


def test_a_report_names_the_lock_that_requests_wait_for(place):
    place.real_contender("django").benchmark(["django"], levels="[4]", duration="3s")
    file = place.path / "contenders/django/benchmark/workload.py"
    honest = file.read_text()
    one_at_a_time = honest.replace(
        "        with transaction.atomic():\n",
        "        with transaction.atomic():\n            queue_up()\n",
        1,
    )
    assert one_at_a_time != honest
    file.write_text(
        one_at_a_time
        + """

def queue_up() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(1)")
        cursor.execute("SELECT pg_sleep(0.015)")
"""
    )
    run = place.run()
    assert (place.latest / "trials.jsonl").exists(), run
    (trial,) = place.trials()
    waits = trial["database_waits"]
    assert waits["samples"] > 5 and waits["on_lock"] > waits["samples"], waits
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    assert results["headline"].startswith("Nobody was busy"), results["headline"]
    assert "a wait for a lock that another session of the database has" in results["headline"]
    report = " ".join(next(pathlib.Path(place.latest).glob("*.md")).read_text().split())
    assert "Sessions with the database" in report


def test_a_report_says_the_wait_and_its_name_before_any_ratio(place):
    place.contender("direct").contender("held", mode="two_writes")
    place.benchmark(["held", "direct"], levels="[8]", duration="3s", text='[database]\nengine = "sqlite"\n')
    benchmark = place.path / "benchmarks/small.toml"
    benchmark.write_text(re.sub(r"\[database.settings\]\n\s*", "", benchmark.read_text()))
    run = place.run()
    assert (place.latest / "trials.jsonl").exists(), run
    (held,) = [trial for trial in place.trials() if trial["contender"] == "held"]
    assert held["delayed_bodies"] > held["requests_succeeded"] / 2, held
    results = json.loads((place.latest / "incremental_benchmark_results.json").read_text())
    headline = results["headline"]
    assert headline.startswith("Nobody was busy, so what was measured is a wait, not work: held at 8 users"), headline
    name = headline.index("a wait for delayed acknowledgement")
    assert "faster" not in headline[:name]
    report = next(pathlib.Path(place.latest).glob("*.md")).read_text()
    for text in (run.out, report):
        before_any_verdict = " ".join(re.split("faster|slower", text)[0].split())
        assert "a wait for delayed acknowledgement" in before_any_verdict, text
