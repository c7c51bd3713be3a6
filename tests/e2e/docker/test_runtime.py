"""The main job in containers: the same files, limits and checks as in processes, and nothing left behind."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest
from conftest import JOUST, ROOT, RUN_LABEL, SMALL_BASE, Run, assert_proven, docker, kill_with_its_guardian, of_runs, results, wait_for_container, wait_for_trials

RUN_FILES = {
    "benchmark.toml", "workload.toml", "environment.json", "trials.jsonl", "histograms", "logs",
    "incremental_benchmark_results.json", "incremental_benchmark_report.md", "throughput_vs_concurrency.png",
}


@pytest.fixture(scope="module")
def smoke(tmp_path_factory):
    """Both real contenders on the real PostgreSQL."""
    out = tmp_path_factory.mktemp("smoke")
    run = Run(["run", "io-intensive", "--runtime", "docker", "--profile", "smoke", "--results", out], ROOT).wait(600)
    run.directory = out / "latest"
    return run


def test_the_main_job_runs_in_containers_with_the_same_files(smoke):
    assert smoke.code == 0, smoke
    assert RUN_FILES <= {path.name for path in smoke.directory.iterdir()}
    report = (smoke.directory / "incremental_benchmark_report.md").read_text()
    assert "The contenders ran in Docker containers." in report
    assert re.search(r"\| Docker engine \| .*database in a container", report)


def effects_of(directory):
    return json.loads((directory / "incremental_benchmark_results.json").read_text())["results"]


def test_effects_of_both_contenders_are_proven_in_containers(smoke):
    assert {cell["contender"] for cell in effects_of(smoke.directory)} == {"django", "fastapi"}
    for cell in effects_of(smoke.directory):
        assert_proven(cell)
        assert cell["single_requests"]["left_out"] == [] and cell["single_requests"]["slow_commits"]["requests"] == 20, cell


def test_effects_on_sqlite_are_proven_in_containers_row_by_row(tmp_path):
    run = Run(["run", "io-intensive-rows", "--runtime", "docker", "--database", "sqlite", "--profile", "smoke",
               "--levels", "4", "--set", 'load.duration="2s"', "--results", tmp_path], ROOT).wait(300)
    assert run.code in (0, 3), run  # 3: on a busy host no comparison may be possible
    assert {cell["contender"] for cell in effects_of(tmp_path / "latest")} == {"django", "fastapi"}
    for cell in effects_of(tmp_path / "latest"):
        assert_proven(cell)
        assert cell["single_requests"]["left_out"] == [], cell


def test_limits_are_those_of_the_benchmark_read_back_from_the_containers(smoke):
    environment = json.loads((smoke.directory / "environment.json").read_text())
    limits = environment["limits_in_force"]
    for party, memory in (("contender-fastapi", 2 << 30), ("contender-django", 2 << 30), ("database", 1 << 30)):
        assert limits[party]["memory_bytes"] == memory and limits[party]["swap_off"], limits
        assert len(limits[party]["cpu_set"]) == 1, "one whole CPU, as in processes"
    assert limits["contender-fastapi"]["cpu_set"] != limits["database"]["cpu_set"]
    assert environment["docker_engine"]["version"] == docker("version", "--format", "{{.Server.Version}}")


def test_usage_throttling_and_work_are_measured_as_in_processes(smoke):
    for line in (smoke.directory / "trials.jsonl").read_text().splitlines():
        trial = json.loads(line)
        cpu = trial["contender_cpu_user_s"] + trial["contender_cpu_system_s"]
        assert 0.1 < cpu < 1.2 * trial["window_s"], trial
        assert trial["database_cpu_user_s"] + trial["database_cpu_system_s"] > 0.05
        assert trial["contender_memory_anonymous_peak_bytes"] > 10 << 20
        assert trial["contender_throttled_s"] is not None
        assert trial["contender_run_delay_s"] is not None
        assert trial["audit"] is not None, "the rows were not audited"


def test_versions_are_those_of_the_process_runtime(smoke):
    environment = json.loads((smoke.directory / "environment.json").read_text())
    python = Run(["-c", "import platform; print(platform.python_version())"], ROOT, program="/usr/bin/python3").wait()
    for contender in environment["contenders"]:
        assert contender["runtime"] == "docker" and contender["image"].startswith("sha256:")
        installed = docker("run", "--rm", "--entrypoint", "/opt/venv/bin/python", contender["image"], "-m", "pip", "freeze")
        frozen = dict(line.lower().replace("_", "-").split("==") for line in installed.splitlines())
        locked = {name.lower().replace("_", "-"): version for name, version in contender["versions"].items() if name != "python"}
        assert locked.items() <= frozen.items()
        if "debian" in pathlib.Path("/etc/os-release").read_text():
            assert contender["versions"]["python"] == python.out.strip()


def test_images_are_a_labelled_cache_of_non_root_users(smoke):
    for name in ("fastapi", "django", "postgres"):
        image = json.loads(docker("image", "inspect", f"joust/{name}"))[0]
        assert image["Config"]["Labels"]["joust.cache"] == "image"
        assert image["Config"]["User"] not in ("", "root", "0")


def verified(benchmark, *arguments):
    done = subprocess.run([JOUST, "verify", benchmark, "--runtime", "docker", *arguments, "--json", "-"],
                          cwd=ROOT, text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
    assert done.returncode == 0, done.stderr + done.stdout
    entrants = json.loads(done.stdout)["entrants"]
    for one in entrants:
        # On a busy host the slices of the window may have seen too few files.
        assert one["effects"] == "proven" or any("files were not counted" in text for text in one["texts"]), one
    return entrants


@pytest.mark.parametrize("benchmark, contenders", [("io-intensive", "django"), ("io-intensive-rows", "fastapi")])
def test_verify_kills_and_restarts_the_server_in_its_container(benchmark, contenders):
    [one] = verified(benchmark, "--contenders", contenders)
    assert one["slow_commits"]["requests"] == 20 and one["slow_commits"]["before_commit"] == 0
    assert one["slow_commits"]["before_durable"] <= 3
    assert one["crash"]["right"] == one["crash"]["acknowledged"] > 20
    assert one["statements_per_request"] > 3


def test_verify_tells_rows_and_syncs_of_a_file_that_a_container_writes():
    for one in verified("io-intensive-rows", "--database", "sqlite"):
        assert one["syncs"]["syncs"] >= 20 and one["syncs"]["early"] == 0, one
        assert one["one_by_one"]["as_contract"] == 20, one


def test_the_same_contender_in_both_runtimes_is_one_benchmark(place):
    both = '[[entrants]]\nlabel = "a-contained"\ncontender = "a"\nruntime = "docker"\n'
    place.contender("a").benchmark(["a"], levels="[2]")
    file = place.path / "benchmarks/small.toml"
    file.write_text(file.read_text() + both)
    # This place's own start() puts all into containers.
    run = Run(["run", "small"], place.path, env={**os.environ, "JOUST_DOCKER_BASE": SMALL_BASE}).wait()
    assert run.code == 0, run
    environment = json.loads((place.latest / "environment.json").read_text())
    assert {c["name"]: c["runtime"] for c in environment["contenders"]} == {"a": "process", "a-contained": "docker"}
    limits = environment["limits_in_force"]
    assert limits["contender-a"] == limits["contender-a-contained"]
    assert "1 of 2 contenders ran in Docker containers" in " ".join(run.out.split())


def test_parties_are_nobodys_in_particular_and_have_nothing_to_spare(place):
    run = place.contender("a").benchmark(["a"], levels="[2]", duration="4s").start()
    state = json.loads(docker("inspect", wait_for_container("contender-a")))[0]
    run.wait()
    assert 59000 <= int(state["Config"]["User"].split(":")[0]) <= 59899
    assert state["HostConfig"]["CapDrop"] == ["ALL"] and "no-new-privileges" in state["HostConfig"]["SecurityOpt"]
    assert state["HostConfig"]["NetworkMode"] == "host"
    assert state["HostConfig"]["Memory"] == state["HostConfig"]["MemorySwap"] == 2 << 30


def test_a_death_in_a_trial_is_a_result_and_out_of_memory_is_named(place):
    place.contender("good").contender("mortal", "die_after:30").contender("glutton", "eat_memory")
    limits = '[limits.contender]\nmemory = "256MiB"'
    run = place.benchmark(["mortal", "glutton", "good"], levels="[4]", limits=limits).run()
    kinds = {trial["contender"]: {incident["kind"] for incident in trial["incidents"]} for trial in place.trials()}
    assert "service_died" in kinds["mortal"] and "exited with code 7" in run.err, run
    assert "out of sorts, giving up" in run.err
    assert "out_of_memory" in kinds["glutton"] and "256MiB" in run.err
    assert not kinds["good"]
    validity = {cell["contender"]: cell["validity"] for cell in results(place)["results"]}
    assert validity["mortal"] == validity["glutton"] == "invalid"


def test_an_exit_at_the_start_shows_the_last_words(place):
    run = place.contender("a", "exit_at_start").benchmark(["a"]).run()
    assert run.code == 1
    assert "cannot find my configuration" in run.err and "exited with code 3" in run.err


def test_a_program_that_is_not_in_the_image_is_named(place):
    place.contender("a").benchmark(["a"])
    manifest = place.path / "contenders/a/contender.toml"
    manifest.write_text(manifest.read_text().replace("/usr/bin/python3", "/usr/bin/nowhere"))
    run = place.run()
    assert run.code == 1
    assert "/usr/bin/nowhere" in run.err and "contenders/a/contender.toml" in run.err


def test_a_base_image_that_cannot_be_had_is_named_with_what_to_do(place):
    run = place.contender("a").benchmark(["a"]).run(environment={"JOUST_DOCKER_BASE": "joust-nowhere.invalid/none:1"})
    assert run.code == 1
    assert "building the image of a failed" in run.err and "joust-nowhere.invalid/none:1" in run.err
    assert "JOUST_DOCKER_BASE" in run.err and "start_benchmark.sh --runtime docker" in run.err


def test_a_contender_without_a_dockerfile_is_bad_input(place):
    place.contender("a").benchmark(["a"])
    (place.path / "contenders/a/Dockerfile").unlink()
    run = place.run()
    assert run.code == 2
    assert "contenders/a/contender.toml: a has no Dockerfile" in run.err


def test_an_engine_that_does_not_answer_is_named_with_what_to_do(place):
    run = place.contender("a").benchmark(["a"]).run(environment={"DOCKER_HOST": f"unix://{place.path}/nobody.sock"})
    assert run.code == 1
    assert f"needs a Docker engine, and none answers at unix://{place.path}/nobody.sock" in run.err
    assert "systemctl start docker" in run.err


def test_a_name_that_is_taken_is_told(place):
    programs = place.path / "programs"
    programs.mkdir()
    (programs / "docker").write_text(
        f'#!/bin/sh\n[ "$1" != create ] || {shutil.which("docker")} create --label joust-test=1 --name "$3" {SMALL_BASE} true\n'
        f'exec {shutil.which("docker")} "$@"\n'
    )
    (programs / "docker").chmod(0o755)
    try:
        run = place.contender("a").benchmark(["a"]).run(environment={"PATH": f"{programs}:{os.environ['PATH']}"})
        assert run.code == 1
        assert re.search(r'cannot make (a|the) container.*name "/joust-\S+" is already in use', run.err), run
        strangers = docker("ps", "--all", "--quiet", "--filter", "label=joust-test").split()
        assert strangers, "a container that is nobody's of Joust was removed"
    finally:
        for container in docker("ps", "--all", "--quiet", "--filter", "label=joust-test").split():
            docker("rm", "--force", container)


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_keeps_what_is_finished_and_leaves_nothing(place, number, code):
    run = place.contender("a").contender("b").benchmark(["a", "b"], levels="[1, 2, 4]").start()
    directory = wait_for_trials(place, 1)
    run.process.send_signal(number)
    run.wait()
    assert run.code == code
    assert len((directory / "trials.jsonl").read_text().splitlines()) >= 1
    assert not of_runs()


def test_a_kill_leaves_nothing(place):
    run = place.contender("a").benchmark(["a"], engine="postgres", levels="[1, 2, 4]").start()
    wait_for_trials(place, 1)
    wait_for_container("database")
    wait_for_container("contender-a")
    run.process.send_signal(signal.SIGKILL)
    run.wait()
    deadline = time.monotonic() + 20
    while of_runs():
        assert time.monotonic() < deadline, f"the guardian left {of_runs()}"
        time.sleep(0.1)


def test_what_a_kill_of_the_guardian_too_leaves_goes_with_the_next_start(place):
    run = place.contender("a").benchmark(["a"], levels="[1, 2, 4]").start()
    wait_for_trials(place, 1)
    wait_for_container("contender-a")
    kill_with_its_guardian(run)
    assert of_runs(), "nothing was left that the next start could clear"
    assert place.run("--levels", "1").code in (0, 3)
    assert not of_runs()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_an_engine_that_goes_in_a_window_ends_the_run_and_is_no_contenders_fault(place, own_engine, database):
    environment = {"DOCKER_HOST": own_engine.host}
    place.contender("a").benchmark(["a"], levels="[1, 2]", duration="6s", engine=database)
    if database == "postgres":  # as a process: it does not notice
        file = place.path / "benchmarks/small.toml"
        file.write_text(file.read_text().replace('contenders = ["a"]', '') + '[[entrants]]\nlabel = "a"\ncontender = "a"\nruntime = "docker"\n')
        run = Run(["run", "small"], place.path, env={**os.environ, "JOUST_DOCKER_BASE": SMALL_BASE, **environment})
    else:
        run = place.start(environment=environment)
    directory = wait_for_trials(place, 1)
    own_engine.wait_for_container("contender-a")
    time.sleep(2.5)  # into the window, which comes after at most 1.5 s of warm-up and is 6 s long
    own_engine.kill()
    run.wait()
    assert run.code == 1, run
    assert f"a was lost: the Docker engine at {own_engine.host} does not answer any more" in run.err, run
    [finished] = [json.loads(line) for line in (directory / "trials.jsonl").read_text().splitlines()]
    assert finished["incidents"] == [], "the contender is blamed"
    assert (directory / "incremental_benchmark_report.md").exists()
    own_engine.start()
    assert place.run("--levels", "1", environment=environment).code in (0, 3), "the next start"
    assert own_engine.docker("ps", "--all", "--quiet", "--filter", f"label={RUN_LABEL}") == ""
    assert own_engine.docker("volume", "ls", "--quiet", "--filter", f"label={RUN_LABEL}") == ""


def test_an_image_that_somebody_removes_in_mid_run_is_told_with_what_to_do(place):
    run = place.contender("a").contender("b").benchmark(["a", "b"], levels="[1, 2, 4]", duration="3s").start()
    directory = wait_for_trials(place, 1)
    # Whoever is not in a trial now: its image is in no container.
    waiting = "b" if "contender-a" in docker("inspect", "--format", "{{.Name}}", wait_for_container("contender-")) else "a"
    docker("image", "rm", "--force", f"joust/{waiting}")
    run.wait()
    assert run.code == 1, run
    assert "No such image" in run.err and "start again, and it is built anew" in run.err
    assert len((directory / "trials.jsonl").read_text().splitlines()) >= 1


def test_clean_leaves_the_images_of_a_living_run(place):
    run = place.contender("a").contender("b").benchmark(["a", "b"], levels="[1, 2]").start()
    wait_for_container("contender-a")
    clean = Run(["clean", "--dry-run"], place.path).wait()
    run.wait()
    assert "Docker image joust/b:latest: a run may need it" in clean.out, clean
    assert "Docker image" not in clean.out.split("left:")[0]


def test_clean_removes_images_of_joust_and_no_others(tmp_path, own_engine):
    """On a /var/lib and an engine of its own, so that what this machine keeps for others stays."""
    (tmp_path / "var-lib").mkdir(mode=0o755)
    (tmp_path / "empty.tar").write_bytes(bytes(10240))
    own_engine.docker("import", tmp_path / "empty.tar", "somebodys:1")
    (tmp_path / "built").mkdir()
    (tmp_path / "built/Dockerfile").write_text(f"FROM {SMALL_BASE}\nLABEL of=somebody\n")
    own_engine.docker("build", "--tag", "built-on-ours:1", tmp_path / "built")

    def clean(*arguments):
        private = ["--mount", "--propagation", "private", "sh", "-c", 'mount --bind "$0" /var/lib && exec "$@"']
        command = [*private, tmp_path / "var-lib", JOUST, "clean", *arguments]
        run = Run(command, tmp_path, program="unshare", env=own_engine.environment).wait()
        assert run.code == 0, run
        return run.out

    def images():
        return set(own_engine.docker("image", "ls", "--format", "{{.Repository}}").split())

    assert f"Docker image {SMALL_BASE}:latest" in clean("--dry-run")
    assert images() == {SMALL_BASE, "somebodys", "built-on-ours"}
    assert f"Docker image {SMALL_BASE}:latest" in clean()
    assert images() == {"somebodys", "built-on-ours"}
    assert "Docker image" not in clean().split("not removed")[0]
