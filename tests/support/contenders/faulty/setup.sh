#!/bin/sh
# Notes what it was given, in place of a virtual environment.
set -eu
[ "$(wc -l < requirements.lock)" -gt 0 ] || { echo "no requirements: nothing to install" >&2; exit 9; }
mkdir -p "$JOUST_VENV"
echo once more >> "$JOUST_VENV/made"
env > "$JOUST_VENV/environment"
printf 'home = /usr/bin\nversion = 3.11.2\n' > "$JOUST_VENV/pyvenv.cfg"
