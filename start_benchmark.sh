#!/usr/bin/env bash
# Sets up what is missing and runs a benchmark: ./start_benchmark.sh [benchmark] [options of `joust run`]
#   ./start_benchmark.sh --profile smoke          a minute, to see that everything works
#   ./start_benchmark.sh --database sqlite        the same on SQLite
#   ./start_benchmark.sh io-intensive-rows        another benchmark: a name below benchmarks/, or a file
#   ./start_benchmark.sh --set-up-only            packages and program, no run
set -euo pipefail
# shellcheck source=tools/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

# Asking is free: nothing is installed or built for it.
help() {
    sed -n '2,/^set /s/^# \{0,1\}//p' "$root/start_benchmark.sh"
    if [ -x "$root/build/release/joust" ]; then
        echo
        "$root/build/release/joust" run --help
    else
        echo "The program is not built yet; after --set-up-only its options are shown here, too."
    fi
}

set_up_only=no
arguments=()
for argument in "$@"; do
    case $argument in
        -h | --help | --help-all)
            help
            exit 0
            ;;
        --set-up-only) set_up_only=yes ;;
        *) arguments+=("$argument") ;;
    esac
done
benchmark=io-intensive
if [ "${#arguments[@]}" -gt 0 ] && [[ ${arguments[0]} != -* ]]; then
    benchmark=${arguments[0]}
    arguments=("${arguments[@]:1}")
fi
if [ -f "$benchmark" ]; then benchmark=$(realpath -- "$benchmark"); fi

setup_program
if [ $set_up_only = yes ]; then
    say "Ready: build/release/joust"
    exit 0
fi
cd "$root"
exec build/release/joust run "$benchmark" "${arguments[@]}" </dev/null
