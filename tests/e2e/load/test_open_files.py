"""`joust load` where few files may be open."""

import json
import resource
import subprocess

from test_load import JOUST, server  # noqa: F401  (a fixture)


def load(soft, hard, *arguments):
    return subprocess.run(
        [JOUST, "load", *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
    )


def test_the_default_bound_is_lowered_to_what_the_limit_allows(server):
    done = load(256, 256, server.url, "--rate", 20, "-n", 10, "--json", "-")
    assert "warning: at most 192 connections are opened instead of 10000" in done.stderr and "ulimit -Hn" in done.stderr
    result = json.loads(done.stdout)
    assert result["max_connections"] == 192 and result["requests"]["succeeded"] == 10


def test_several_urls_share_what_the_limit_allows(server):
    done = load(1024, 1024, server.url, server.url, "--rate", 50, "-d", "500ms", "--json", "-")
    assert "warning: at most 384 connections" in done.stderr
    assert [target["max_connections"] for target in json.loads(done.stdout)["targets"]] == [384, 384]


def test_nothing_is_lowered_or_said_where_the_limit_allows_the_default(server):
    done = load(256, 20_000, server.url, "--rate", 20, "-n", 10, "--json", "-")
    assert json.loads(done.stdout)["max_connections"] == 10_000 and "instead of" not in done.stderr


def test_a_bound_that_does_not_fit_is_refused_with_one_that_does(server):
    done = load(256, 256, server.url, "--rate", 20, "-n", 10, "--max-connections", 200)
    assert done.returncode == 1 and "error: --max-connections 200: " in done.stderr
    assert "(ulimit -Hn) has room for 192 connections; write --max-connections 192" in done.stderr
    assert load(256, 256, server.url, "--rate", 20, "-n", 10, "--max-connections", 192).returncode in (0, 3)


def test_users_that_do_not_fit_are_refused(server):
    done = load(64, 64, server.url, "-n", 10)
    assert done.returncode == 1 and "error: -c 50: " in done.stderr and "write -c 48" in done.stderr
    done = load(1024, 1024, server.url, server.url, "-c", 500)
    assert done.returncode == 1 and "room for 384 connections to each URL; write -c 384" in done.stderr


def test_the_soft_limit_is_raised_for_all_urls_together(server):
    done = load(64, 4096, server.url, server.url, "-c", 400, "-d", "1s", "--json", "-")
    assert done.returncode in (0, 3), done.stderr
    for target in json.loads(done.stdout)["targets"]:
        assert target["errors"]["connect"] == 0, target["error_examples"]
