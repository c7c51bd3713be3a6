"""Contenders that make the mistakes of published comparisons: service.py with other work, told by RIG.

RIG: works:MS | mixed:MS,MS | alone:MS,MS | sleeps:SECONDS | reads:N | sends:KIB | compiles:SECONDS,MS,MS | draws:FILE,MS,MS…
"""

import ctypes
import hashlib
import os
import pathlib
import signal
import sys
import threading
import time

import service

RIG, _, ARGUMENTS = os.environ["RIG"].partition(":")
ARGUMENTS = ARGUMENTS.split(",")


def work(milliseconds):
    """CPU time of this thread, so that what others take of the CPU is no work."""
    end = time.thread_time() + float(milliseconds) / 1e3
    while time.thread_time() < end:
        pass


class Database:
    """libpq as it is; each thread, so each connection of a user, has a session of its own."""

    def __init__(self):
        self.own = threading.local()
        self.libpq = ctypes.CDLL("libpq.so.5")
        for function in ("PQconnectdb", "PQexec"):
            getattr(self.libpq, function).restype = ctypes.c_void_p

    def ask(self, statement):
        if not hasattr(self.own, "session"):
            self.own.session = ctypes.c_void_p(self.libpq.PQconnectdb(os.environ["DATABASE_URL"].encode()))
        result = ctypes.c_void_p(self.libpq.PQexec(self.own.session, statement.encode()))
        rows = self.libpq.PQntuples(result)
        self.libpq.PQclear(result)
        return rows


# Ten rows of a table: by one statement each, or all by one.
def reads(statements):
    rows = sum(database.ask(f"SELECT relname FROM pg_class LIMIT {10 // statements}") for _ in range(statements))
    if rows != 10:
        raise ValueError(f"{rows} rows, not ten")


class Compiler:
    """Threads that need the CPU beside the requests until they are done; requests then cost less."""

    def __init__(self, seconds, cold_ms, warm_ms):
        self.seconds, self.costs_ms = float(seconds), (cold_ms, warm_ms)
        self.lock = threading.Lock()
        self.done_at = None

    def answer(self):
        with self.lock:
            if self.done_at is None:
                self.done_at = time.monotonic() + self.seconds
                for _ in range(4):
                    threading.Thread(target=self.compile, daemon=True).start()
        work(self.costs_ms[time.monotonic() > self.done_at])

    def compile(self):
        while time.monotonic() < self.done_at:
            hashlib.pbkdf2_hmac("sha256", b"a", b"b", 20000)  # without the interpreter's lock


# Each start of the service draws the next cost: as fast, or as slow, as runs happen to be.
def drawn(file, costs_ms):
    starts = pathlib.Path(file)
    number = len(starts.read_text())
    with starts.open("a") as added:
        added.write(".")
    return costs_ms[number % len(costs_ms)]


class Handler(service.Handler):
    def do_GET(self):
        if RIG == "mixed":
            work(ARGUMENTS[0])
        super().do_GET()

    def do_POST(self):
        if RIG == "works":
            work(ARGUMENTS[0])
        if RIG == "mixed":
            work(ARGUMENTS[1])
        if RIG == "alone":
            work(ARGUMENTS[threading.active_count() > 2])  # the first thread, and one for each connection
        if RIG == "sleeps":
            time.sleep(float(ARGUMENTS[0]))
        if RIG == "reads":
            reads(int(ARGUMENTS[0]))
        if RIG == "compiles":
            compiler.answer()
        if RIG == "draws":
            work(cost_ms)
        super().do_POST()

    # A list that was made beforehand costs the server next to nothing, and whoever reads the answer a lot.
    def answer(self, status, body):
        if RIG != "sends" or "created" not in body:
            return super().answer(status, body)
        start = f'{{"request_id":"{body["request_id"]}",'.encode()
        self.wfile.write(HEAD % (len(start) + len(REST)) + start + REST)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
REST = (
    b'"file_operations":5,"db_operations":3,"created":10,"updated":5,"deleted":5,"list":['
    + b"[1]," * (int(ARGUMENTS[0]) << 8 if RIG == "sends" else 0)
    + b"0]}"
)
if RIG == "reads":
    database = Database()
if RIG == "compiles":
    compiler = Compiler(*ARGUMENTS)
if RIG == "draws":
    cost_ms = drawn(ARGUMENTS[0], ARGUMENTS[1:])

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    with service.Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever()
