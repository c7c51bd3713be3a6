#!/bin/sh
# Builds $JOUST_VENV/bin/beast from these sources with the system's compiler and libraries. Idempotent: a stamp names the
# sources, the compiler and the libraries that it was built of, and is written last, so an interrupted set-up starts over.
set -eu
cd "$(dirname "$0")"
venv=${JOUST_VENV:?names the folder to build in}
stamp="$venv/.joust-lock"
for program in g++ cmake ninja; do
    command -v "$program" >/dev/null || {
        echo "setup: there is no $program; install g++ cmake ninja-build libboost-dev libpq-dev libsqlite3-dev nlohmann-json3-dev" >&2
        exit 1
    }
done
libraries=$(dpkg-query -W -f '${Package} ${Version}\n' libboost-dev libpq-dev libsqlite3-dev nlohmann-json3-dev 2>/dev/null) ||
    libraries="not of Debian"
want="$(g++ --version | head -n 1)
$libraries
$(sha256sum CMakeLists.txt src/*)"

if [ -x "$venv/bin/beast" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
    exit 0
fi
if [ -n "$(ls -A "$venv" 2>/dev/null)" ] && [ ! -f "$stamp" ] && [ ! -d "$venv/build" ]; then
    echo "setup: $venv is not empty and not of this set-up; name another folder" >&2
    exit 1
fi
rm -rf "$venv/build"
rm -f "$stamp"
mkdir -p "$venv/build" "$venv/bin"
cmake -S . -B "$venv/build" -G Ninja -DCMAKE_BUILD_TYPE=Release > "$venv/build/log" || { cat "$venv/build/log"; exit 1; }
cmake --build "$venv/build" --parallel 2 > "$venv/build/log" || { cat "$venv/build/log"; exit 1; }
mv "$venv/build/beast" "$venv/bin/beast"
echo "$want" > "$stamp.new"
mv "$stamp.new" "$stamp"
rm -rf "$venv/build"
