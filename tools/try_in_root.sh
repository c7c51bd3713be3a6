#!/usr/bin/env bash
# Runs both commands of the README on the HEAD of this clone in a fresh root of a Debian release, as root:
#   tools/try_in_root.sh trixie                 or bookworm, or any later release
#   tools/try_in_root.sh --only start SUITE     only `./start_benchmark.sh --profile smoke`, or only `tests`
#   tools/try_in_root.sh --tests 'ARGUMENTS'    arguments of run_tests.sh, such as '--only unit'
#   tools/try_in_root.sh --limit 90             minutes for each command (60)
#   tools/try_in_root.sh --mirror URL           where Debian comes from (as in this machine's own apt)
#   tools/try_in_root.sh --keep                 leaves the root, to look at it
# What tools/fresh_root.sh says of roots holds for this one. Logs stay in build/logs.
set -euo pipefail

# shellcheck source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=fresh_root.sh
. "$root/tools/fresh_root.sh"

only=start,tests
test_arguments=
while [ $# -gt 0 ]; do
    case $1 in
        --only | --tests)
            [ $# -ge 2 ] || usage
            [ "$1" = --tests ] || [ "$2" = start ] || [ "$2" = tests ] || usage
            if [ "$1" = --tests ]; then test_arguments=$2; else only=$2; fi
            taken=2
            ;;
        *) take_option "$@" ;;
    esac
    shift "$taken"
done
export TRY_ONLY=$only TRY_TESTS=$test_arguments
in_fresh_root try_in_root_inside.sh try
