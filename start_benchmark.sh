#!/usr/bin/env bash
# Sets up what is missing and runs a benchmark: ./start_benchmark.sh [benchmark] [options of `joust run`]
#   ./start_benchmark.sh --profile smoke          a minute, to see that everything works
#   ./start_benchmark.sh --database sqlite        the same on SQLite
#   ./start_benchmark.sh --runtime docker         the same in containers; an engine is installed and started if none answers
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
in_docker=no
previous=
arguments=()
for argument in "$@"; do
    case $previous:$argument in
        --runtime:docker | *:--runtime=docker) in_docker=yes ;;
    esac
    previous=$argument
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
if [ $in_docker = yes ]; then
    # shellcheck source=tools/docker.sh
    . "$root/tools/docker.sh"
    ensure_engine
    ensure_base
fi
if [ $set_up_only = yes ]; then
    say "Ready: build/release/joust"
    exit 0
fi
cd "$root"
exec build/release/joust run "$benchmark" "${arguments[@]}" </dev/null
