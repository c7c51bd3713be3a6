#!/usr/bin/env bash
# Sets up what is missing and runs the main benchmark: ./start_benchmark.sh [options of `joust run`]
#   ./start_benchmark.sh --profile smoke          a minute, to see that everything works
#   ./start_benchmark.sh --database sqlite        the same on SQLite
#   ./start_benchmark.sh --set-up-only            packages and program, no run
set -euo pipefail
# shellcheck source=tools/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

setup_program
if [ "${1:-}" = --set-up-only ]; then
    say "Ready: build/release/joust"
    exit 0
fi
cd "$root"
exec build/release/joust run io-intensive "$@" </dev/null
