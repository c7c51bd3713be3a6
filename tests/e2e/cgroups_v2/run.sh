#!/bin/sh
# Joust's groups on a kernel that has cgroups v2 only: Debian's, in a virtual machine. Needs QEMU and, once, Debian's mirror.
# Arguments go to pytest.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
set -- "$root/tests/contract/requirements.lock" "$@"
. "$root/tests/support/pytest_venv.sh"
shift
export PYTHONDONTWRITEBYTECODE=1
cd "$here"
exec "$venv/bin/python" -m pytest -p no:cacheprovider -q -rN "$@"
