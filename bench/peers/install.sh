#!/usr/bin/env bash
# Installs the load generators that Joust is compared with, at the versions below, into build/peers.
#   bench/peers/install.sh           all of them (k6 and oha take minutes to compile)
#   bench/peers/install.sh hey oha   these: wrk h2load ab nginx (Debian), hey vegeta bombardier k6 (Go 1.24 or later),
#                                    oha (Rust 1.88 or later), python (Locust and aiohttp, for /usr/bin/python3)
# What is there already in the wanted version stays. One that cannot be had is named at the end, and the exit code is 1.
set -euo pipefail
# shellcheck source=../../tools/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/setup.sh"

peers=$root/build/peers
mkdir -p "$peers/bin" "$root/build/logs"
missing=()

# from_debian PROGRAM PACKAGE: the distribution's version; its daemons are not started.
from_debian() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] && return
    run_logged "$root/build/logs/peer-$1.log" bash "$root/tools/install_packages.sh" "$2"
}

# from_go PROGRAM PACKAGE VERSION: the module's own go.sum fixes what it is built from.
from_go() {
    local stamp=$peers/$1.version
    [ -x "$peers/bin/$1" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$3" ] && return
    command -v go >/dev/null || die "$1 needs Go on the path"
    run_logged "$root/build/logs/peer-$1.log" env GOBIN="$peers/bin" GOFLAGS=-buildvcs=false nice go install -p 1 "$2@$3"
    echo "$3" >"$stamp"
}

# from_cargo PROGRAM VERSION: with the lock file that the crate comes with.
from_cargo() {
    local stamp=$peers/$1.version
    [ -x "$peers/bin/$1" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$2" ] && return
    command -v cargo >/dev/null || die "$1 needs cargo on the path"
    run_logged "$root/build/logs/peer-$1.log" nice cargo install --locked --jobs 1 --root "$peers" \
        --target-dir "$peers/target" --version "$2" "$1"
    rm -rf "$peers/target"
    echo "$2" >"$stamp"
}

from_python() {
    local lock=$root/bench/peers/requirements.lock stamp=$peers/python/.joust-lock want
    want=$(sha256sum <"$lock")
    [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return
    /usr/bin/python3 -m venv --clear "$peers/python"
    run_logged "$root/build/logs/peer-python.log" "$peers/python/bin/python" -m pip install --no-input --require-hashes \
        --only-binary :all: -r "$lock"
    echo "$want" >"$stamp"
}

install_peer() {
    case $1 in
    wrk) from_debian wrk wrk ;;
    h2load) from_debian h2load nghttp2-client ;;
    ab) from_debian ab apache2-utils ;;
    nginx) from_debian nginx nginx-light ;;
    hey) from_go hey github.com/rakyll/hey v0.1.5 ;;
    vegeta) from_go vegeta github.com/tsenart/vegeta/v12 v12.13.0 ;;
    bombardier) from_go bombardier github.com/codesenberg/bombardier v1.2.6 ;;
    k6) from_go k6 go.k6.io/k6 v1.8.1 ;;
    oha) from_cargo oha 1.16.0 ;;
    python) from_python ;;
    *) die "no such peer: $1" ;;
    esac
}

[ $# -gt 0 ] || set -- wrk h2load ab nginx hey vegeta bombardier python k6 oha
for peer in "$@"; do
    say "$peer"
    # A subshell, so that one that cannot be had does not keep the others away.
    (install_peer "$peer") || missing+=("$peer")
done
[ ${#missing[@]} -eq 0 ] || die "not to be had here: ${missing[*]}"
