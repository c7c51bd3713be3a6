#!/usr/bin/env bash
# What tools/try_package.sh runs in namespaces of their own: the package is made in one root and used in another. Never
# called by hand.
# shellcheck disable=SC2317 # functions are called as commands that `check` is given
set -euo pipefail

# shellcheck source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=fresh_root_inside.sh
. "$root/tools/fresh_root_inside.sh"

# check NAME command...: one line of the summary, without a log.
check() {
    local name=$1 code=0
    shift
    "$@" || code=$?
    summary+=("$(printf '%-9s %-42s %s' "$suite" "$name" "$([ "$code" -eq 0 ] && echo ok || echo FAILED)")")
    [ "$code" -eq 0 ] || failed=1
}
# Numbers of users and names of what runs in this namespace, but for this script itself and what looks.
programs() {
    local process
    for process in /proc/[0-9]*; do
        echo "$(stat -c %u "$process" 2>/dev/null) $(cat "$process/comm" 2>/dev/null)"
    done | sort -u | grep -vxE '([0-9]+ (bash|comm|sort|grep|stat|cat))? *' || true
}
# A killed run's guardian may still be at work.
programs_left() {
    local tries left
    for ((tries = 0; tries < 50; ++tries)); do
        left=$(comm -13 <(printf '%s\n' "$programs_before") <(programs))
        [ -n "$left" ] || return 0
        sleep 0.2
    done
    echo "$left"
}
groups_of_joust() { find /sys/fs/cgroup -maxdepth 2 -type d -name 'joust-*' | sort; }
# Those that were not there before, and hold no process: runs of this machine's have theirs at the same time.
groups_left() {
    local group
    comm -13 <(printf '%s\n' "$groups_before") <(groups_of_joust) | while read -r group; do
        if [ -z "$(find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null)" ] && [ -d "$group" ]; then echo "$group"; fi
    done
}
none() {
    local found
    found=$("$@")
    [ -z "$found" ] || { printf '    | %s\n' "$found" >&2 && return 1; }
}
absent() { [ ! -e "$1" ] && [ ! -L "$1" ]; }

make_root
clean=${target%/*}/clean
cp -a "$target" "$clean"
open_root
clone_here
in_root "tools/make_package.sh" make-package.log sh -c "cd $clone && exec tools/make_package.sh" || exit 1
package=$(tail -n 1 "$logs/make-package.log")
cp "$target$package" "$logs/"

target=$clean
passed=()
open_root
cp "$logs/${package##*/}" "$target/tmp/"
in_root "apt-get update" update.log apt-get -q update
groups_before=$(groups_of_joust)
in_root "apt-get install ./${package##*/}" install.log env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends "/tmp/${package##*/}" || exit 1
# PostgreSQL's own package makes and starts a cluster where it can: it is there before joust does anything.
programs_before=$(programs)
# in_tmp COMMAND LOG: as a user would, in a directory that is no checkout.
in_tmp() { in_root "$1" "$2" sh -c "cd /tmp && $1" || true; }
in_tmp "joust --version" version.log
in_tmp "joust list" list.log
# shellcheck disable=SC2016 # the shell in the root expands these
in_root "joust load" load.log sh -c '
    cd /usr/share/joust
    python3 -m http.server --bind 127.0.0.1 --protocol HTTP/1.1 18480 >/dev/null 2>&1 &
    server=$!
    trap "kill $server" EXIT
    until python3 -c "import socket; socket.create_connection((\"127.0.0.1\", 18480))" 2>/dev/null; do
        kill -0 "$server" || exit 1
        sleep 0.1
    done
    cd /tmp && joust load http://127.0.0.1:18480/LICENSE -d 2s -c 4' || true
in_tmp "joust run io-intensive --profile smoke" run.log
if [ -d "$target/tmp/results" ]; then cp -r "$target/tmp/results" "$logs/"; fi
check "results are in the working directory" test -e "$target/tmp/results/latest/incremental_benchmark_report.md"
check "share/joust is as installed" chroot "$target" dpkg --verify joust
in_tmp "joust clean --dry-run" clean-dry.log
in_tmp "joust clean" clean.log
check "joust clean removed /var/lib/joust" absent "$target/var/lib/joust"
in_tmp "joust run io-intensive --profile smoke --plan" plan.log
# As after a run: state and user are there again, and the package has to remove them itself.
# 3: on a busy host nothing may be comparable after so short a time.
# shellcheck disable=SC2016 # the shell in the root expands it
in_root "a second run, for purge to remove its state" second-run.log sh -c '
    cd /tmp
    joust run io-intensive --profile smoke --levels 1 --duration 1s
    code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 3 ]' || true
in_root "apt-get purge joust" purge.log apt-get -q -y purge joust || true
check "no user joust" none chroot "$target" sh -c 'getent passwd joust; getent group joust; true'
check "no /var/lib/joust" absent "$target/var/lib/joust"
check "no /usr/share/joust" absent "$target/usr/share/joust"
check "results stay" test -e "$target/tmp/results/latest/incremental_benchmark_report.md"
check "no process of joust's" none programs_left
check "no cgroup of joust's" none groups_left
exit "$failed"
