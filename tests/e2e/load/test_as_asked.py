"""What the user asked for is sent as asked, or refused before anything is sent."""

import json
import socket
import ssl
import subprocess
import threading

import pytest

from test_load import JOUST, server  # noqa: F401  (a fixture)


def joust(*arguments, code=0):
    done = subprocess.run([JOUST, "load", *map(str, arguments)], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == code or (code == 0 and done.returncode == 3), done
    return done.stdout.decode() if code == 0 else done.stderr.decode()


class Strict:
    """Reads requests by the letter, keeps them, and closes a connection as soon as it was asked to."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        self.requests = []  # head, body
        self.connections = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection.makefile("rwb"), connection), daemon=True).start()

    def body(self, file, headers):
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int(file.readline(), 16):
                body += file.read(size)
                assert file.read(2) == b"\r\n"
            assert file.readline() == b"\r\n"
            return body
        return file.read(int(headers.get("content-length", 0)))

    def serve(self, file, connection):
        with connection, file:
            while line := file.readline():
                lines = [line]
                while lines[-1] != b"\r\n":
                    lines.append(file.readline())
                pairs = [one.decode().rstrip("\r\n").split(": ", 1) for one in lines[1:-1]]
                headers = {name.lower(): value for name, value in pairs}
                self.requests.append((b"".join(lines), self.body(file, headers)))
                file.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                file.flush()
                if "close" in headers.get("connection", "").lower():
                    return


@pytest.fixture
def strict():
    strict = Strict()
    yield strict
    strict.socket.close()


@pytest.mark.parametrize("io", ["uring", "epoll"])
@pytest.mark.parametrize("header", ["Connection: close", "connection: CLOSE", "Connection: keep-alive, close"])
def test_connection_close_is_one_request_per_connection(strict, io, header):
    result = json.loads(joust(strict.url, "-m", "POST", "--body", "x", "-c", 8, "-n", 400, "-H", header, "--io", io,
                              "--json", "-"))
    assert result["requests"]["succeeded"] == 400 and sum(result["errors"].values()) == 0, result["errors"]
    assert strict.connections == 400 and len(strict.requests) == 400
    assert result["connection_counts"]["closed_idle"] == 0


def test_connection_close_and_several_requests_per_connection_contradict_each_other(strict):
    told = joust(strict.url, "-n", 1, "-H", "Connection: close", "--requests-per-connection", 5, code=2)
    assert "--requests-per-connection 5 and -H 'Connection: close' contradict each other" in told
    joust(strict.url, "-n", 1, "-H", "Connection: close", "--requests-per-connection", 1)
    assert len(strict.requests) == 1


@pytest.mark.parametrize("io", ["uring", "epoll"])
def test_a_body_is_chunked_where_that_is_asked(strict, io, tmp_path):
    (tmp_path / "d.csv").write_text("a\nx\n" + "y" * 100_000 + "\n\n")
    joust(strict.url, "--body", "{a}", "--data", tmp_path / "d.csv", "-H", "Transfer-Encoding: chunked", "-c", 1,
          "-n", 6, "--io", io)
    assert [body for _, body in strict.requests] == [b"x", b"y" * 100_000, b""] * 2
    assert all(b"content-length" not in head.lower() for head, _ in strict.requests)
    assert strict.connections == 1


@pytest.mark.parametrize(
    "headers, told",
    [
        (["Content-Length: 3"], "content-length: 3 is wrong, the body has 5 bytes"),
        (["Content-Length: 5", "Content-Length: 5"], "stands 2 times"),
        (["Transfer-Encoding: chunked", "Content-Length: 5"], "contradict each other"),
        (["Transfer-Encoding: gzip"], "only chunked is known"),
        (["Expect: 100-continue"], "without waiting for 100 Continue"),
        (["Upgrade: websocket", "Connection: Upgrade"], "only HTTP/1.1 is spoken"),
        (["Trailer: X"], "no trailers are sent"),
        (["Host: a", "Host: b"], "stands 2 times"),
        (["X: a\r\nY: b"], "control character"),
        (["X: a\x1bb"], "control character"),
        (["X Y: a"], "is not a header name"),
        (["Ü: a"], "is not a header name"),
        (["novalue"], "has no name"),
    ],
)
def test_headers_that_would_be_half_done_are_refused(server, headers, told):
    flags = [flag for header in headers for flag in ("-H", header)]
    text = joust(server.url, "-n", 10, "--body", "hello", *flags, code=2)
    assert told in text and "\x1b" not in text
    assert server.targets == []


def test_the_right_length_may_be_written(strict):
    joust(strict.url, "-n", 2, "-c", 1, "--body", "hello", "-H", "content-length: 5")
    assert all(head.lower().count(b"content-length") == 1 and body == b"hello" for head, body in strict.requests)


ROWS = 'name,n\n"Ann ""A"" & Co/é",1\n\\Bob\\,2\n"a\nb",3\n'
NAMES = ['Ann "A" & Co/é', "\\Bob\\", "a\nb"]


def test_data_are_escaped_as_the_place_asks(strict, tmp_path):
    (tmp_path / "d.csv").write_text(ROWS)
    few = (strict.url, "-n", 3, "-c", 1, "--data", tmp_path / "d.csv")
    json_body = '{"n":"{name}","k":{n}}'
    for arguments in (["--body", json_body], ["--body", json_body, "-H", "Content-Type: application/vnd.x+json"]):
        strict.requests.clear()
        joust(*few, *arguments)
        assert [json.loads(body) for _, body in strict.requests] == [{"n": name, "k": i + 1} for i, name in enumerate(NAMES)]
    strict.requests.clear()
    joust(*few, "--body", "n={name}", "-H", "Content-Type: application/x-www-form-urlencoded")
    assert strict.requests[0][1] == b"n=Ann%20%22A%22%20%26%20Co%2F%C3%A9"
    strict.requests.clear()
    joust(*few, "--body", '{"n":"{name}"}', "-H", "Content-Type: text/plain")
    assert [body.decode() for _, body in strict.requests] == ['{"n":"%s"}' % name for name in NAMES]
    strict.requests.clear()
    joust(strict.url + "{name}?n={n:raw}&r={name:url}", *few[1:])
    assert strict.requests[0][0].split()[1] == b"/Ann%20%22A%22%20%26%20Co%2F%C3%A9?n=1&r=Ann%20%22A%22%20%26%20Co%2F%C3%A9"
    assert len(strict.requests) == 3


@pytest.mark.parametrize(
    "rows, arguments, told",
    [
        (ROWS, ["-H", "X: {name}"], 'd.csv: line 4: column "name": "a\\x0Ab" holds a line break, which a header cannot'),
        (ROWS, ["--body", '{"n":{name}}'], 'd.csv: line 2: column "name": "Ann "A" & Co/é" is no JSON value'),
        (ROWS, ["--body", "{name:xml}"], "{name:xml} is not understood; write {name}, {name:json}"),
        ("a\nok\nx y\n", ["/{a:raw}"], 'd.csv: line 3: column "a": "x y" holds a space, which a URL cannot'),
        ("a\nok\nx#y\n", ["/{a:raw}"], 'd.csv: line 3: path "/x#y" is empty or holds spaces, control characters or a #'),
        ("a,a\n1,2\n", ["--body", "{a}"], 'd.csv: line 1: the column "a" stands twice'),
        ("a\n1\n22\n", ["--body", "{a}", "-H", "Content-Length: 1"], "d.csv: line 3: the header content-length: 1 is wrong"),
    ],
)
def test_data_that_a_place_cannot_hold_are_refused_with_file_line_and_column(server, tmp_path, rows, arguments, told):
    (tmp_path / "d.csv").write_text(rows)
    url = server.url + (arguments.pop(0)[1:] if arguments[0].startswith("/") else "")
    text = joust(url, "-n", 10, "--data", tmp_path / "d.csv", *arguments, code=2)
    assert told in text, text
    assert joust(server.url, url, "-d", "1s", "--data", tmp_path / "d.csv", *arguments, code=2)
    assert server.targets == []


def test_no_row_is_dropped(strict, tmp_path):
    (tmp_path / "d.csv").write_text('a\nx\n""\n\ny')
    joust(strict.url, "-n", 4, "-c", 1, "--data", tmp_path / "d.csv", "--body", "<{a}>")
    assert [body for _, body in strict.requests] == [b"<x>", b"<>", b"<>", b"<y>"]


def test_a_url_is_sent_as_ascii(strict):
    joust(strict.url + "ü/../日?q=é%20%zz&{x}#ignored", "-n", 1)
    assert strict.requests[0][0].split(b"\r\n")[0] == b"GET /%C3%BC/../%E6%97%A5?q=%C3%A9%20%zz&{x} HTTP/1.1"


@pytest.mark.parametrize(
    "url, told",
    [
        ("http://bücher.example/", "xn--"),
        ("http://user:secret@127.0.0.1/", "-H 'Authorization: Basic"),
        ("http://127.0.0.1/a b", "%20"),
        ("http://127.0.0.1:99999/", "1 to 65535"),
        ("http://{host}/", "is no name of a host"),
    ],
)
def test_a_url_that_cannot_be_sent_is_refused(url, told):
    text = joust(url, "-n", 1, code=2)
    assert told in text and "secret" not in text


@pytest.mark.parametrize("flag", ["--server-name", "--cacert"])
def test_flags_for_tls_are_refused_without_it(server, flag, tmp_path):
    (tmp_path / "c.pem").write_text("")
    value = tmp_path / "c.pem" if flag == "--cacert" else "h"
    assert f"{flag} {value} is for https://" in joust(server.url, "-n", 1, flag, value, code=2)


def test_a_final_dot_is_no_part_of_the_name_in_tls(tmp_path):
    key, certificate = str(tmp_path / "k.pem"), str(tmp_path / "c.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "1", "-subj", "/CN=app.test", "-addext", "subjectAltName=DNS:app.test,DNS:localhost",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    names = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    listener = socket.create_server(("127.0.0.1", 0))
    hosts = []

    def serve():
        while True:
            try:
                connection = context.wrap_socket(listener.accept()[0], server_side=True)
            except ssl.SSLError:
                continue
            except OSError:
                return
            with connection:
                hosts.append([line for line in connection.recv(65536).split(b"\r\n") if line.startswith(b"Host")][0])
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    threading.Thread(target=serve, daemon=True).start()
    port = listener.getsockname()[1]
    for url, flags in [("127.0.0.1", ["--server-name", "app.test."]), ("127.0.0.1", ["--server-name", "app.test"]), ("localhost", [])]:
        text = joust(f"https://{url}:{port}/", "-n", 1, "--cacert", certificate, *flags)
        assert "1 of 1 requests succeeded" in text, text
    listener.close()
    assert names == ["app.test", "app.test", "localhost"]
    assert hosts[2] == b"Host: localhost:%d" % port


@pytest.mark.parametrize("name", ["bücher.example", "a b", ".", "a\nb", "x" * 255, "[::1]", "app.test:443", "fe80::1%lo", "app.test.."])
def test_a_server_name_that_is_none_is_refused(name):
    assert "the server name" in joust("https://127.0.0.1:1/", "-n", 1, "--server-name", name, code=2)
