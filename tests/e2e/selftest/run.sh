#!/bin/sh
# The benchmark of the benchmark: build/release/joust selftest, on a service that can be told to misbehave.
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
