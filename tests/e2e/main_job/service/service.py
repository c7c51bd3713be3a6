"""A contender of a few lines that can be told to misbehave. It answers the contract's shape and does no work.

MODE: good | two_writes | deceives_after:N | redirects_after:N | exit_at_start | never_healthy | die_after:N | worker_dies_after:N | slow:SECONDS | errors:PERCENT | eat_memory |
spy | loud | daemon | nest | logs | closes | lists_threads | two_workers | stalls | tells_ids
"""

import json
import os
import signal
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

MODE, _, ARGUMENT = os.environ.get("MODE", "good").partition(":")
served = 0
stalled = time.monotonic()
lock = threading.Lock()
known_ids = set()  # as far as their last twelve characters, which count
replaced = False  # this worker is the successor of one that died


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = MODE != "two_writes"

    def log_message(self, *what):
        if MODE == "logs":
            super().log_message(*what)

    def answer(self, status, body):
        text = json.dumps(body, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if MODE == "closes":
            self.send_header("Connection", "close")
        if MODE == "lists_threads":
            self.send_header("X-Threads", ",".join(thread.name for thread in threading.enumerate()))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        if self.path != "/health":
            return self.answer(404, {"error": "no such route"})
        if MODE == "never_healthy":
            return self.answer(503, {"error": "database does not answer"})
        return self.answer(200, {"status": "ok"})

    def do_POST(self):
        global served, stalled
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/io":
            return self.answer(404, {"error": "no such route"})
        with lock:
            served += 1
            number = served
            if MODE == "stalls" and time.monotonic() - stalled > 1.2:  # everybody waits for the lock meanwhile
                time.sleep(0.4)
                stalled = time.monotonic()
            beginning = request["request_id"][:-12]
            if MODE == "tells_ids" and beginning not in known_ids:
                known_ids.add(beginning)
                print(f"ID {request['request_id']} {self.headers.get('Connection')}", flush=True)
        if MODE == "die_after" and number > int(ARGUMENT):
            print("out of sorts, giving up", flush=True)
            os._exit(7)
        if MODE == "worker_dies_after" and number > int(ARGUMENT) and not replaced:
            os._exit(7)
        if MODE == "eat_memory" and number > 20:
            self.server.hoard.append(b"x" * (64 << 20))
        if MODE == "loud" and number > 1:
            sys.stdout.write(("x" * 1023 + "\n") * 2048)
        if MODE == "slow" and number > 1:
            time.sleep(float(ARGUMENT))
        if MODE == "errors" and number > 5 and number % 100 < int(ARGUMENT):
            return self.answer(500, {"error": "told to fail"})
        right = {
            "request_id": request["request_id"],
            "file_operations": 5,
            "db_operations": 3,
            "created": 10,
            "updated": 5,
            "deleted": 5,
            "execution_time": 0.001,
        }
        if MODE == "deceives_after" and number > int(ARGUMENT):
            return self.answer(200, {"tried": [right], **right, "created": 0})
        if MODE == "redirects_after" and number > int(ARGUMENT):
            return self.answer(302, right)
        return self.answer(200, right)


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 1024
    hoard: list = []


def attempt(doing):
    """Which error it gave, "done" if none."""
    try:
        return doing() or "done"
    except OSError as error:
        return type(error).__name__


def command_of(process):
    try:
        with open(f"/proc/{process}/cmdline") as file:
            return file.read()
    except OSError:
        return ""


def spy():
    """Prints as JSON what a service can do to its rivals, to the database and to the run."""
    tried = {"uid": os.getuid(), "environment": sorted(os.environ)}
    for process in filter(str.isdigit, os.listdir("/proc")):
        if "/postgres\0-D\0" not in command_of(process):
            continue
        data = command_of(process).split("\0-D\0")[1].split("\0")[0]
        run = os.path.dirname(os.path.dirname(data))
        tried["signal the database"] = attempt(lambda number=int(process): os.kill(number, 0))
        for what, path, how in (
            ("read its environment", f"/proc/{process}/environ", "r"),
            ("change its settings", f"{data}/postgresql.auto.conf", "a"),
            ("change its rules", f"{run}/postgres/pg_hba.conf", "a"),
            ("enter its sockets", f"{run}/postgres/s/x", "r"),
            ("write into the run", f"{run}/x", "w"),
        ):
            tried[what] = attempt(lambda path=path, how=how: open(path, how).close())
        for what, path in (("list the run", run), ("other scratch folders", f"{run}/scratch")):
            tried[what] = attempt(lambda path=path: str(os.listdir(path)))
    links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
    tried["descriptors"] = sorted({os.path.basename(os.readlink(link)) for link in links if os.path.exists(link)})
    print("SPY " + json.dumps(tried), flush=True)


def nest():
    here = os.getcwd()
    os.chdir(os.environ["HOME"])
    for _ in range(2000):
        os.mkdir("nested")
        os.chdir("nested")
    os.chdir(here)


if __name__ == "__main__":
    if MODE == "spy":
        spy()
    if MODE == "nest":
        nest()
    if MODE == "daemon":
        os.system("(setsid env -i /bin/sh -c '(setsid /bin/sleep 7654 &)' &)")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if MODE == "exit_at_start":
        print("cannot find my configuration", file=sys.stderr)
        sys.exit(3)
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        # A supervisor puts a new worker in the place of one that has died.
        while MODE == "worker_dies_after" and os.fork():
            os.wait()
            replaced = True
        if MODE == "two_workers":
            os.fork()
        server.serve_forever()
