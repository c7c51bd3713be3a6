#!/bin/sh
# Makes the virtual environment $JOUST_VENV from requirements.lock, every file checked against its hash.
# Idempotent: a stamp inside the environment names the interpreter and the lock it was made from, and is
# written last, so an interrupted set-up starts over. Always Debian's Python: another one may live in a
# home directory that the unprivileged user cannot enter.
set -eu
cd "$(dirname "$0")"
venv=${JOUST_VENV:?names the virtual environment to make}
stamp="$venv/.joust-lock"
want="$(/usr/bin/python3 --version) $(sha256sum requirements.lock)"

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
    exit 0
fi
if [ -n "$(ls -A "$venv" 2>/dev/null)" ] && [ ! -f "$venv/pyvenv.cfg" ]; then
    echo "setup: $venv is not empty and not a virtual environment; name another directory" >&2
    exit 1
fi
/usr/bin/python3 -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements.lock
echo "$want" > "$stamp.new"
mv "$stamp.new" "$stamp"
