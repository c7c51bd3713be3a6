"""What the virtual machine reports: test programs, whole runs, and what a user without rights is told."""

import json

import pytest

NO_COMPARISON = """, so no comparison would be fair.
       Or add "--limits off": every result is then marked as measured without limits
"""
UNDELEGATED = (
    "error: limits cannot be set on this host: this user has no cgroup of its own to set limits in: run as root (sudo), or "
    "with `systemd-run --user --scope -p Delegate=yes <command>`" + NO_COMPARISON
)
PARTLY_DELEGATED = (
    "error: limits cannot be set on this host: controller cpuset is not delegated to this user: run as root (sudo), or put "
    '"[Service]" and "Delegate=cpu cpuset io memory pids" on two lines of /etc/systemd/system/user@.service.d/delegate.conf, '
    "run `sudo systemctl daemon-reload`, log in again, and use `systemd-run --user --scope -p Delegate=yes <command>`"
    + NO_COMPARISON
)


def test_the_machine_boots_debians_kernel_and_ends_by_itself(vm):
    assert vm.report("kernel").text
    assert vm.trouble is None


def test_in_the_machine(vm, gtest):
    part, name = gtest
    outcome = vm.outcomes(part).get(name)
    assert outcome, f"{part} has no result of it"
    failures = [failure["failure"] for failure in outcome.get("failures", [])]
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)
    assert (outcome["status"], outcome["result"]) == ("RUN", "COMPLETED")


@pytest.mark.parametrize("who", ["root", "delegated"])
def test_a_run_has_its_limits_in_force(vm, who):
    run = vm.report(f"{who}-run")
    assert run.code == 0, run.text
    environment = json.loads(vm.report(f"{who}-run-environment").text)
    assert environment["limits"] == "cgroups v2"
    in_force = environment["limits_in_force"]
    for party, memory in (("contender-tiny", 96 << 20), ("database", 256 << 20)):
        assert in_force[party]["cgroup_version"] == "v2"
        assert in_force[party]["memory_bytes"] == memory
        assert in_force[party]["swap_off"] is True
    (trial,) = map(json.loads, vm.report(f"{who}-run-trials").text.splitlines())
    assert trial["contender_cpu_user_s"] + trial["contender_cpu_system_s"] > 0
    assert trial["contender_memory_anonymous_peak_bytes"] > 1 << 20
    assert trial["database_throttled_periods"] == 0


def test_a_contender_that_eats_memory_is_said_to_have_reached_its_limit(vm):
    run = vm.report("root-greedy")
    assert "(out of memory in its limit of 96MiB)" in run.text


@pytest.mark.parametrize("who", ["root", "delegated"])
def test_no_group_no_controller_and_no_process_is_left(vm, who):
    assert vm.report(f"{who}-left").text == "/bin/sh /init "


@pytest.mark.parametrize("part, message", [("undelegated-run", UNDELEGATED), ("partly-run", PARTLY_DELEGATED)])
def test_a_user_is_told_what_is_missing(vm, part, message):
    run = vm.report(part)
    assert run.text.split("\n", 1)[1] == message  # the plan comes first
    assert run.code == 1
