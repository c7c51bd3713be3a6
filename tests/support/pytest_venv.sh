# shellcheck shell=sh
# Sourced by the pytest suites: sets `venv` to a virtual environment with the packages of $1 (a lock file with hashes),
# made in build/ when it is not there yet or the lock file changed, by one suite at a time: several share it. Needs
# `root`, the top of the clone.
venv="${root:?the top of the clone}/build/venv-$(basename "$(dirname "$1")")"
mkdir -p "$root/build"
(
    flock 9
    stamp="$venv/.joust-lock"
    want="$(/usr/bin/python3 --version) $(sha256sum <"$1")"
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && exit 0
    /usr/bin/python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --require-hashes --only-binary :all: -r "$1"
    echo "$want" >"$stamp"
) 9>"$venv.lock"
