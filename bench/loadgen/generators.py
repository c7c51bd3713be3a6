"""The load generators that compare.py knows: the command of each, and how to read its count of requests."""
import dataclasses
import json
import os
import pathlib
import re
import shutil
from collections.abc import Callable

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = ROOT / "build/peers"
RELEASE = ROOT / "build/release"


@dataclasses.dataclass(frozen=True)
class Generator:
    name: str
    command: list[str]
    count: Callable[[str], int]  # requests, from what it printed
    start_up: list[str] | None = None  # loads what it loads before its first request, where that is much, and ends

    def where(self) -> str | None:
        """Its program; None when it is not on this machine."""
        return shutil.which(self.command[0], path=f"{PEERS}/bin:{PEERS}/python/bin:{os.environ['PATH']}:/usr/sbin")


def number_after(pattern: str) -> Callable[[str], int]:
    return lambda text: int(re.search(pattern, text)[1])


def json_number(*keys: str | int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = json.loads(text)
        for key in keys:
            value = value[key]
        return int(value)
    return read


def hey_count(text: str) -> int:
    return sum(int(number) for number in re.findall(r"\[\d+\]\s+(\d+) responses", text))


def jousts(name: str, program: pathlib.Path, arguments: list[str]) -> list[Generator]:
    """One Joust, by each of its two ways of input and output."""
    succeeded = json_number("requests", "succeeded")  # so wrong answers would show
    return [Generator(f"{name}, {backend}", [str(program), "load", *arguments, "--io", io], succeeded)
            for backend, io in (("io_uring", "uring"), ("epoll", "epoll"))]


def generators(url: str, connections: int, seconds: int, expected_json: str | None = None,
               before: pathlib.Path | None = None) -> list[Generator]:
    """`url` is http://HOST:PORT/. All keep their connections alive and use one core's worth of threads. Joust checks
    that each body has the text "hello", or is the `expected_json`; the others check none. `before` is the program of
    another version of Joust, which does the same as this one."""
    place = url.removeprefix("http://").rstrip("/")
    c, s, d = str(connections), str(seconds), f"{seconds}s"
    joust = [url, "-c", c, "-d", d, "-t", "1", "--expect-status", "200",
             *(["--expect-json", expected_json] if expected_json else ["--expect-body", "hello"]), "--json", "-"]
    # vegeta writes every result and reads them again for its report: both belong to it.
    vegeta = (f"echo 'GET {url}' | vegeta attack -rate=0 -max-workers={c} -workers={c} -connections={c} -duration={d} "
              "| vegeta report -type=json")
    python = str(PEERS / "python/bin/python")
    return [
        *jousts("joust", RELEASE / "joust", joust),
        *(jousts("before", before, joust) if before else []),
        Generator("floor, io_uring", [str(RELEASE / "bench/joust_floor"), place, c, s], json_number("requests")),
        Generator("wrk", ["wrk", "-t1", f"-c{c}", f"-d{d}", url], number_after(r"(\d+) requests in")),
        Generator("h2load", ["h2load", "--h1", "-t1", f"-c{c}", f"-D{s}", url],
                  number_after(r"requests: (\d+) total")),
        Generator("gcannon", ["gcannon", url, "-c", c, "-t", "1", "-d", d], number_after(r"(\d+) requests in")),
        Generator("oha", ["oha", "--no-tui", "--output-format", "json", "-c", c, "-z", d, url],
                  lambda text: sum(json.loads(text)["statusCodeDistribution"].values())),
        Generator("bombardier", ["bombardier", "-c", c, "-d", d, "-o", "json", "-p", "r", url],
                  json_number("result", "req2xx")),
        Generator("vegeta", ["vegeta", "sh", "-c", vegeta], json_number("requests")),
        Generator("hey", ["hey", "-cpus", "1", "-c", c, "-z", d, url], hey_count),
        Generator("k6", ["k6", "run", "--quiet", "--vus", c, "--duration", d, "-e", f"URL={url}",
                         str(HERE / "k6.js")], json_number("requests"), ["k6", "inspect", str(HERE / "k6.js")]),
        Generator("Locust", ["locust", "-f", str(HERE / "locustfile.py"), "--headless", "--json", "--host",
                             url.rstrip("/"), "-u", c, "-r", c, "-t", d], json_number(0, "num_requests"),
                  ["locust", "-f", str(HERE / "locustfile.py"), "--list"]),
        Generator("aiohttp client", [python, str(HERE / "aiohttp_client.py"), url, c, s], json_number("requests"),
                  [python, str(HERE / "aiohttp_client.py")]),
    ]
