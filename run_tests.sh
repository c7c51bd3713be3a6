#!/usr/bin/env bash
# Sets up what is missing and runs every test; the last line is `N passed, N failed`.
#   ./run_tests.sh --only unit       one kind (unit, contract, e2e) or one suite (unit/stats)
#   ./run_tests.sh --list            what there is
set -euo pipefail
# shellcheck source=tools/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

# A Docker engine that a suite had to start ends with the tests; one that was there before goes on.
engine_file=/var/lib/joust/docker/dockerd.pid
engine_before=$(cat "$engine_file" 2>/dev/null) || true
# shellcheck disable=SC2317 # the trap calls it
stop_engine() {
    local engine
    engine=$(cat "$engine_file" 2>/dev/null) || return 0
    if [ "$engine" = "$engine_before" ] || [ "$(cat "/proc/$engine/comm" 2>/dev/null)" != dockerd ]; then return 0; fi
    kill "$engine"
    rm -f "$engine_file"
}
trap stop_engine EXIT

setup_tests
code=0
/usr/bin/python3 "$root/tools/run_suites.py" "$@" </dev/null || code=$?
exit "$code"
