"""HTTP as a test wants it: every detail of the request in hand, nothing retried."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes
    allow: str | None

    @property
    def json(self) -> object:
        return json.loads(self.body)


class Client:
    """One keep-alive connection; routes by their key in the manifest, or a path that starts with "/"."""

    def __init__(self, port: int, routes: dict[str, str]) -> None:
        self.routes = routes
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, method: str, route: str, body: bytes | None = None, headers: dict | None = None) -> Answer:
        key, mark, query = route.partition("?")
        path = key if key.startswith("/") else self.routes[key]
        self.connection.request(method, path + mark + query, body, headers or {})
        response = self.connection.getresponse()
        content_type = response.headers.get("Content-Type", "")
        return Answer(response.status, content_type, response.read(), response.headers.get("Allow"))

    def get(self, route: str) -> Answer:
        return self.send("GET", route)

    def post(self, route: str, value: object) -> Answer:
        return self.send("POST", route, json.dumps(value).encode(), {"Content-Type": "application/json"})
