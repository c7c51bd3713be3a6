#!/bin/sh
# `joust load` as a user calls it, against small servers.
# Arguments go to pytest.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
set -- "$root/tests/contract/requirements.lock" "$@"
. "$root/tests/support/pytest_venv.sh"
shift
umask 022
export PYTHONDONTWRITEBYTECODE=1
cd "$here"
exec "$venv/bin/python" -m pytest -p no:cacheprovider -q "$@"
