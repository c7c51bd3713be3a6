#!/bin/sh
# The contract tests: every contender, on PostgreSQL and on SQLite, held to the same answers and effects.
# Arguments go to pytest. Needs /usr/bin/python3 with venv, and PostgreSQL; as root it makes the system
# user `joust` if there is none. Only the virtual environments stay: the tests' own in build/, those of
# the contenders where an unprivileged user can read them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
set -- "$here/requirements.lock" "$@"
# shellcheck source=../support/pytest_venv.sh
. "$root/tests/support/pytest_venv.sh"
shift

if [ "$(id -u)" = 0 ]; then
    export JOUST_CONTRACT_VENVS=/var/lib/joust/venv-contract
else
    export JOUST_CONTRACT_VENVS="$root/build/venv-contract-contenders"
fi
umask 022
mkdir -p "$JOUST_CONTRACT_VENVS"
export PYTHONDONTWRITEBYTECODE=1
cd "$here"
exec "$venv/bin/python" -m pytest -p no:cacheprovider -q "$@"
