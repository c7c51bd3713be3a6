#!/usr/bin/env bash
# joust run --runtime docker, on a real Docker engine. Arguments go to pytest.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../../../tools/docker.sh
. "$here/../../../tools/docker.sh"
mkdir -p "$root/build/logs"
ensure_engine
ensure_base
set -- "$root/tests/contract/requirements.lock" "$@"
# shellcheck source=../../support/pytest_venv.sh
. "$root/tests/support/pytest_venv.sh"
shift
export PYTHONDONTWRITEBYTECODE=1
cd "$here"
exec "${venv:?}/bin/python" -m pytest -p no:cacheprovider -q "$@"
