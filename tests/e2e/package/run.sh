#!/bin/sh
# What `cmake --install` makes of build/release, used outside of any checkout. tools/try_package.sh tries the Debian package of
# it on whole systems.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$here/../../tools/run_all.py" "$here"
