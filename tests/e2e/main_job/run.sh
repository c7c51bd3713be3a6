#!/bin/sh
# The main job from end to end: build/release/joust with real contenders, a real PostgreSQL and real failures.
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
