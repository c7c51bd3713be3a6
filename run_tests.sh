#!/usr/bin/env bash
# Sets up what is missing and runs every test; the last line is `N passed, N failed`.
#   ./run_tests.sh --only unit       one kind (unit, contract, e2e) or one suite (unit/stats)
#   ./run_tests.sh --list            what there is
set -euo pipefail
# shellcheck source=tools/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

setup_tests
exec /usr/bin/python3 "$root/tools/run_suites.py" "$@" </dev/null
