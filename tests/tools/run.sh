#!/bin/sh
# The tests of the tools that judge everything else. Needs nothing but Debian's Python.
set -eu
cd "$(dirname "$0")"
exec /usr/bin/python3 -B run_all.py
