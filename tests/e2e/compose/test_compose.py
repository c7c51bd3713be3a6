"""compose.yaml as a user has it: up, a request, limits, who runs, how it is reached."""

import json
import tomllib
import urllib.request

import pytest
from conftest import CONTENDERS, ROOT, docker, manifest, objects_of, wait_for

contenders = pytest.mark.parametrize("contender", CONTENDERS)
GIB = 2**30
MEMORY = {"postgres": 1 * GIB, "fastapi": 2 * GIB, "django": 2 * GIB}


@contenders
def test_a_request_is_answered_rightly_and_leaves_its_five_rows(project, contender):
    body = json.dumps({"request_id": f"by-hand-{contender}"}).encode()
    request = urllib.request.Request(project.url(contender, manifest(contender)["routes"]["io-intensive"]), body,
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == 200
        answer = json.load(response)
    del answer["execution_time"]
    assert answer == {"request_id": f"by-hand-{contender}", "file_operations": 5, "db_operations": 3, "created": 10,
                      "updated": 5, "deleted": 5}
    rows = project.sql(contender, f"SELECT ordinal, age FROM users WHERE request_id = 'by-hand-{contender}' ORDER BY 1")
    assert rows.split() == [f"{ordinal}|99" for ordinal in range(5)]
    other = "django" if contender == "fastapi" else "fastapi"
    assert project.sql(other, f"SELECT count(*) FROM users WHERE request_id = 'by-hand-{contender}'") == "0"


def test_ports_are_published_on_loopback_only_and_the_database_not_at_all(project):
    published = {service: project.inspect(service)["NetworkSettings"]["Ports"] for service in MEMORY}
    assert not any((published["postgres"] or {}).values())
    for contender in CONTENDERS:
        assert published[contender] == {
            "8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(project.ports[contender])}]}


@pytest.mark.parametrize("service", MEMORY)
def test_limits_are_in_force(project, service):
    """As the engine was told, and as the container's cgroup has it (version 2 or 1)."""
    host = project.inspect(service)["HostConfig"]
    assert (host["NanoCpus"], host["Memory"], host["MemorySwap"]) == (10**9, MEMORY[service], MEMORY[service])
    cpu, memory, swap = project.inside(
        service, "sh", "-c",
        "cd /sys/fs/cgroup && if [ -e cpu.max ]; then cat cpu.max memory.max memory.swap.max; else"
        " echo $(cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us);"
        " cat memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes; fi").splitlines()
    quota, period = map(int, cpu.split())
    assert (quota / period, int(memory)) == (1.0, MEMORY[service])
    assert int(swap) in (0, MEMORY[service])  # swap alone, or memory and swap together


@pytest.mark.parametrize("service", MEMORY)
def test_nothing_runs_as_root_or_may_become_it(project, service):
    status = project.inside(service, "sh", "-c", "cat /proc/[0-9]*/status")
    fields = [line.split(":", 1) for line in status.splitlines() if ":" in line]
    numbers = [set(value.split()) for name, value in fields if name in ("Uid", "Gid")]
    assert numbers and not any("0" in found for found in numbers)
    assert {int(value, 16) for name, value in fields if name in ("CapEff", "CapBnd")} == {0}
    assert {value.strip() for name, value in fields if name == "NoNewPrivs"} == {"1"}


@contenders
def test_a_contender_writes_to_its_scratch_only(project, contender):
    host = project.inspect(contender)["HostConfig"]
    assert host["ReadonlyRootfs"]
    for folder in ("/scratch", "/dev/shm"):
        project.inside(contender, "sh", "-c", f"touch {folder}/x && rm {folder}/x")
    assert project.inside(contender, "ls", "-A", "/scratch") == ""


def test_the_original_command_for_tables_goes_on_working(project):
    for _ in range(2):
        assert project.inside("django", "python", "manage.py", "migrate") == "The tables are there."
    assert "no issues" in project.inside("django", "python", "manage.py", "check")


def test_both_databases_have_the_same_tables_and_no_others(project):
    columns = ("SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
               " WHERE table_schema = 'public' ORDER BY 1, ordinal_position")
    found = {contender: project.sql(contender, columns) for contender in CONTENDERS}
    assert found["fastapi"] == found["django"]
    assert {line.split("|")[0] for line in found["django"].splitlines()} == {
        "users", "products", "orders", "order_items"}


def test_the_server_has_the_settings_of_the_benchmark(project):
    wanted = tomllib.loads((ROOT / "benchmarks/io-intensive.toml").read_text())["database"]
    assert wanted["durability"] == "full"
    expected = {name: str(value) for name, value in wanted["settings"].items()} | {
        "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "off",
        "lc_collate": "C", "server_encoding": "UTF8", "password_encryption": "scram-sha-256"}
    collation = project.sql("fastapi", "SELECT datcollate FROM pg_database WHERE datname = 'fastapi'")
    in_force = {"lc_collate": collation} | {
        name: project.sql("fastapi", f"SELECT current_setting('{name}')") for name in expected if name != "lc_collate"}
    assert in_force == expected


@pytest.mark.parametrize(
    ("user", "database", "password"),
    [
        ("fastapi", "django", "joust"),  # another contender's database
        ("fastapi", "postgres", "joust"),
        ("fastapi", "fastapi", "wrong"),
        ("postgres", "postgres", "joust"),  # the administrator, who has no password
    ],
)
def test_the_network_lets_a_role_into_its_own_database_only(project, user, database, password):
    connect = ("import psycopg2, sys; user, database, password = sys.argv[1:];"
               " psycopg2.connect(host='postgres', user=user, dbname=database, password=password)")
    assert project.call("exec", "-T", "django", "python", "-c", connect, "django", "django", "joust").returncode == 0
    refused = project.call("exec", "-T", "django", "python", "-c", connect, user, database, password)
    assert refused.returncode == 1
    assert "pg_hba.conf" in refused.stderr or "password authentication failed" in refused.stderr


def test_everything_carries_the_label(project):
    for kind, names in objects_of(project.label).items():
        assert names, kind
        for name in names:
            found = json.loads(docker(kind, "inspect", name))[0]
            labels = found.get("Labels") or found["Config"]["Labels"]
            assert labels["joust.compose"] == "true", f"{kind} {name}"


def test_the_data_outlive_a_restart(project):
    project.sql("django", "CREATE TABLE kept ()")
    project("restart", "--timeout", "30", "postgres")
    wait_for(lambda: project.call("exec", "-T", "postgres", "pg_isready", "-q", "-h", "127.0.0.1").returncode == 0, 60,
             lambda: project("logs", "--no-color", "postgres"))
    assert project.sql("django", "SELECT to_regclass('kept') IS NOT NULL") == "t"
    project.sql("django", "DROP TABLE kept")
