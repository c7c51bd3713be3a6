"""A small contender for tests of the service layer: FAULT names what it does wrong."""

import http.server
import json
import os
import signal
import sys
import threading
import time

PORT = int(os.environ["PORT"])
FAULT = os.environ.get("FAULT", "")


# Answers that look right to a check that does not look everywhere.
RAW = {
    "/deceiving": '{"inner": {"request_id": "ID", "created": 10}, "request_id": "ID", "created": 8}',
    "/twice": '{"request_id": "ID", "created": 10, "created": 10}',
    "/cut": '{"request_id": "ID", "created": 10',
    "/array": '[{"request_id": "ID", "created": 10}]',
    "/page": '<html>{"request_id": "ID", "created": 10}</html>',
    "/deep": '{"request_id":' + "[" * 500_000,
    "/deep_and_closed": '{"request_id":' + "[" * 500_000 + "]" * 500_000 + "}",
    "/long": '{"request_id": "ID", "created": 10, "more": "' + "x" * (2 << 20) + '"}',
    "/too_long": '{"request_id": "ID", "created": 10, "more": "' + "x" * (4 << 20) + '"}',
}


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, document):
        self.answer_bytes(json.dumps(document).encode(), status)

    def answer_bytes(self, body, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path != "/health":
            self.answer(404, {"detail": "no such page"})
        elif FAULT == "never healthy":
            self.answer(503, {"detail": "the database is away"})
        else:
            self.answer(200, {"status": "ok"})

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/broken":
            print("Traceback: the database went away", flush=True)
            self.answer(500, {"detail": "it broke"})
        elif self.path == "/die":
            os._exit(7)
        elif self.path == "/lazy":
            self.answer(200, {"request_id": request["request_id"], "created": 8})
        elif self.path in RAW:
            self.answer_bytes(RAW[self.path].replace("ID", request["request_id"]).encode())
        elif self.path == "/work":
            with open(os.path.join(os.environ["SCRATCH"], "left"), "w") as file:
                file.write("left behind")
            self.answer(200, {"request_id": request["request_id"], "created": 10, "more": "is welcome"})
        else:
            self.answer(404, {"detail": "no such page"})

    def log_message(self, *args):
        pass


def eat_memory():
    eaten = []
    while True:
        eaten.append(bytearray(b"x") * (8 << 20))
        time.sleep(0.01)


print("starting", flush=True)
if FAULT == "exits at start":
    print("no module named nonsense", flush=True)
    sys.exit(3)
if FAULT == "ignores SIGTERM":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if FAULT == "never listens":
    time.sleep(600)
if FAULT == "eats memory":
    threading.Thread(target=eat_memory, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
