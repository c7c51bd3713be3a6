"""`joust clean` on a /var/lib of its own, so that what this machine keeps for others stays."""

import os
import pathlib

import pytest
from conftest import JOUST, Run, assert_nothing_left, kill_with_its_guardian, wait_for_trials

# The mount lives in a namespace that ends with the program, which has the process number of the call.
PRIVATE = ["--mount", "--propagation", "private", "sh", "-c", 'mount --bind "$0" /var/lib && exec "$@"']


class Machine:
    """What joust sees as /var/lib."""

    def __init__(self, path: pathlib.Path):
        self.var_lib = path
        self.state = path / "joust"
        self.started = []
        path.mkdir(mode=0o755)

    def start(self, *arguments, cwd):
        # No engine answers: what it keeps is others' too.
        environment = {**os.environ, "DOCKER_HOST": f"unix://{self.var_lib}/docker.sock"}
        command = [*PRIVATE, self.var_lib, JOUST, *arguments]
        self.started.append(Run(command, cwd, program="unshare", env=environment))
        return self.started[-1]

    def joust(self, *arguments, cwd):
        return self.start(*arguments, cwd=cwd).wait()

    def environments(self):
        return sorted(path.name for path in self.state.glob("venvs/*") if path.is_dir())


@pytest.fixture
def machine(tmp_path):
    assert os.geteuid() == 0, "a /var/lib of its own needs root"
    machine = Machine(tmp_path / "var-lib")
    yield machine
    for run in machine.started:  # where a test failed before it had ended
        if run.process.poll() is None:
            run.process.terminate()
            run.wait()


def test_everything_but_the_results_is_removed_and_the_rest_named(place, machine):
    place.contender("a").benchmark(["a"], levels="[1]")
    assert machine.joust("run", "small", cwd=place.path).code in (0, 3)
    [environment] = machine.environments()

    told = machine.joust("clean", "--dry-run", cwd=place.path)
    assert told.code == 0, told
    assert f"would be removed:\n  environment /var/lib/joust/venvs/{environment}\n" in told.out, told
    assert machine.environments() == [environment]

    done = machine.joust("clean", cwd=place.path)
    assert done.code == 0, done
    assert f"removed:\n  environment /var/lib/joust/venvs/{environment}\n  directory /var/lib/joust\n" in done.out, done
    for stays in ("userdel joust", "results of runs", "apt-get purge joust"):
        assert stays in done.out, done
    assert not machine.state.exists()
    assert (place.latest / "trials.jsonl").exists()

    again = machine.joust("clean", cwd=place.path)
    assert (again.code, again.out.splitlines()[0]) == (0, "nothing to remove"), again
    assert machine.joust("run", "small", cwd=place.path).code in (0, 3), "a run makes anew what it needs"
    assert machine.environments() == [environment]


def test_what_a_living_run_uses_stays_and_the_run_does_not_notice(place, machine):
    place.contender("a").contender("b").benchmark(["a", "b"], levels="[1, 2, 3, 4]")
    assert machine.joust("run", "small", "--contenders", "b", "--levels", "1", cwd=place.path).code in (0, 3)
    [of_b] = machine.environments()
    running = machine.start("run", "small", "--contenders", "a", cwd=place.path)
    try:
        wait_for_trials(place, 2)  # the first run had one
        [of_a] = set(machine.environments()) - {of_b}
        done = machine.joust("clean", cwd=place.path)
        assert done.code == 0, done
        assert f"removed:\n  environment /var/lib/joust/venvs/{of_b}\nleft:\n" in done.out, done
        assert f"environment /var/lib/joust/venvs/{of_a}: a living run uses it\n" in done.out, done
        assert machine.environments() == [of_a]
    finally:
        running.wait()
    assert running.code in (0, 3), running
    assert len(place.trials()) == 4


def test_what_a_run_and_its_guardian_left_is_removed(place, machine):
    place.contender("a").benchmark(["a"], levels="[1, 2, 3, 4]")
    run = machine.start("run", "small", cwd=place.path)
    wait_for_trials(place, 1)
    kill_with_its_guardian(run)
    [left] = (machine.state / "runs").glob("*.lock")

    done = machine.joust("clean", cwd=place.path)
    assert done.code == 0, done
    assert f"what the dead run {left.stem} left\n" in done.out, done
    assert not machine.state.exists()
    assert_nothing_left(2)


def test_a_directory_without_the_mark_of_a_run_is_not_touched(place, machine):
    precious = machine.state / "venvs/django-0123456789abcdef"
    precious.mkdir(parents=True)
    done = machine.joust("clean", cwd=place.path)
    assert (done.code, done.out) == (2, ""), done
    assert "/var/lib/joust has no file joust-state" in done.err
    assert precious.exists()


def test_a_symbolic_link_is_not_followed(place, machine, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    precious = elsewhere / "venvs/django-0123456789abcdef"
    precious.mkdir(parents=True)
    (elsewhere / "joust-state").touch()
    machine.state.symlink_to(elsewhere)
    done = machine.joust("clean", cwd=place.path)
    assert (done.code, done.out) == (2, ""), done
    assert "/var/lib/joust is a symbolic link" in done.err
    assert precious.exists()
