"""Runs `joust load` in a network of its own, made by unshare(1): with other names, addresses and local ports.

The first argument is JSON: `ports` (net.ipv4.ip_local_port_range), `hosts` (lines of /etc/hosts), `serves` and
`silent` (addresses, all on port 8080). The others are joust's program and arguments. Prints what came of it as JSON.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

PORT = 8080
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def serve(connection):
    with connection:
        while connection.recv(65536):
            connection.sendall(ANSWER)


def accept(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def listen(address):
    listener = socket.create_server((address, PORT), family=family(address), backlog=1000)
    threading.Thread(target=accept, args=(listener,), daemon=True).start()


# Where the backlog is full, Linux drops what asks for a connection: to that one the address is silent. A backlog of 0
# holds one connection; that it is there is seen, for an address that was added just now may not be reachable yet.
def fall_silent(address):
    listener = socket.create_server((address, PORT), family=family(address), backlog=0)
    deadline = time.monotonic() + 10
    while True:
        try:
            return listener, socket.create_connection((address, PORT), timeout=1)
        except OSError:
            if time.monotonic() > deadline:
                raise


def main():
    setup = json.loads(sys.argv[1])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in setup.get("serves", []) + setup.get("silent", []):
        if ":" in address and address != "::1":
            subprocess.run(["ip", "-6", "addr", "add", address, "dev", "lo", "nodad"], check=True)
    with tempfile.NamedTemporaryFile("w") as hosts:
        hosts.write("\n".join(setup.get("hosts", [])) + "\n")
        hosts.flush()
        os.chmod(hosts.name, 0o644)
        subprocess.run(["mount", "--bind", hosts.name, "/etc/hosts"], check=True)
        held = [fall_silent(address) for address in setup.get("silent", [])]
        for address in setup.get("serves", []):
            listen(address)
        if "ports" in setup:
            pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").write_text(setup["ports"])
        done = subprocess.run(sys.argv[2:], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
        del held
    print(json.dumps({"code": done.returncode, "out": done.stdout.decode(), "err": done.stderr.decode()}))


if __name__ == "__main__":
    main()
