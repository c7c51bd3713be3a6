#!/bin/sh
# Logs that Joust writes are read by other implementations of HdrHistogram with the same figures.
# Usage: tests/e2e/hlog/run.sh [build folder]   Needs node, npm, python3 with venv, and the network once.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
build=${1:-$root/build/release}
here=$root/tests/e2e/hlog
work=$root/build/e2e-hlog

cmake --build "$build" --target joust_write_hlog >&2

mkdir -p "$work"
cp "$here/read.mjs" "$work/"
if ! cmp -s "$here/package-lock.json" "$work/package-lock.json" || ! [ -d "$work/node_modules" ]; then
    cp "$here/package.json" "$work/"
    (cp "$here/package-lock.json" "$work/" && cd "$work" &&
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
fi

stamp=$work/venv/.lock-file
if ! cmp -s "$here/requirements.lock" "$stamp"; then
    /usr/bin/python3 -m venv --clear "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        -r "$here/requirements.lock" >&2
    cp "$here/requirements.lock" "$stamp"
fi

"$build/tests/joust_write_hlog" "$work/test.hlog" >"$work/joust.txt"
node "$work/read.mjs" "$work/test.hlog" >"$work/javascript.txt"
"$work/venv/bin/python" "$here/read.py" "$work/test.hlog" >"$work/python.txt"
/usr/bin/python3 "$here/compare.py" "$work/joust.txt" "$work/javascript.txt" "$work/python.txt"
