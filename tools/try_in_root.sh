#!/usr/bin/env bash
# Runs both commands of the README on the HEAD of this clone in a fresh root of a Debian release, as root:
#   tools/try_in_root.sh trixie                 or bookworm, or any later release
#   tools/try_in_root.sh --only start SUITE     only `./start_benchmark.sh --profile smoke`, or only `tests`
#   tools/try_in_root.sh --tests 'ARGUMENTS'    arguments of run_tests.sh, such as '--only unit'
#   tools/try_in_root.sh --limit 90             minutes for each command (60)
#   tools/try_in_root.sh --mirror URL           where Debian comes from (as in this machine's own apt)
#   tools/try_in_root.sh --keep                 leaves the root, to look at it
# The root lies below ${TMPDIR:-/var/tmp} and takes 4 GiB. Its mounts and processes have namespaces of their own, so they end
# with this script however it ends; the folder is removed, after a SIGKILL by the next call. Logs stay in build/logs.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup.sh
. "$top/tools/setup.sh"

only=start,tests
test_arguments=
limit=60
mirror=
keep=no
suite=
usage() {
    sed -n '2,/^set /s/^# \{0,1\}//p' "$top/tools/try_in_root.sh" >&2
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
        --only | --tests | --limit | --mirror) [ $# -ge 2 ] || usage ;;&
        --only)
            [ "$2" = start ] || [ "$2" = tests ] || usage
            only=$2
            shift
            ;;
        --tests) test_arguments=$2 && shift ;;
        --limit)
            [[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || usage
            limit=$2
            shift
            ;;
        --mirror) mirror=$2 && shift ;;
        --keep) keep=yes ;;
        -*) usage ;;
        *)
            if [ -n "$suite" ] || ! [[ $1 =~ ^[a-z][a-z0-9-]*$ ]]; then usage; fi
            suite=$1
            ;;
    esac
    shift
done
[ -n "$suite" ] || usage
[ "$EUID" -eq 0 ] || die "a root of its own can only be made by root: sudo $0 $suite"
command -v debootstrap >/dev/null || die "there is no debootstrap: apt-get install debootstrap"
[ -e "/usr/share/debootstrap/scripts/$suite" ] || die "debootstrap knows no release \"$suite\"; write bookworm or trixie"

logs=$top/build/logs/try-$suite
state=$(mktemp -d "${TMPDIR:-/var/tmp}/joust-root.XXXXXX")
chmod 700 "$state"
root_directory=$state/root
# Held as long as this script or anything in the root lives: whose lock is free is a leftover.
exec 8>"$state/lock.new"
flock 8
mv "$state/lock.new" "$state/lock"

# remove DIRECTORY: nothing is mounted below it here, because mounts are made in another namespace only.
remove() {
    grep -qF " $1/" /proc/self/mountinfo && die "$1 holds a mount; it stays"
    rm -rf --one-file-system "$1"
}
inside=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
    trap '' INT TERM HUP
    if [ -n "$inside" ]; then
        # unshare itself keeps signals off. Its child hands them on to what it runs, so that Joust undoes what it did.
        grep -shx -B9 "PPid:[[:space:]]*$inside" /proc/[0-9]*/status | awk '$1 == "Pid:" { print $2 }' |
            xargs -r kill -TERM || true
        wait "$inside" || true
    fi
    if [ "$keep" = yes ]; then
        say "The root is kept: $root_directory (chroot $root_directory; when done: rm -rf --one-file-system $state)"
    else
        remove "$state"
    fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for old in "${state%/*}"/joust-root.??????; do
    if [ -e "$old/lock" ] && [ ! -e "$old/kept" ] && flock -n "$old/lock" true; then
        say "Removing what an earlier call left: $old"
        remove "$old"
    fi
done
[ "$keep" = no ] || touch "$state/kept"

rm -rf "$logs"
mkdir -p "$logs"
git -C "$top" diff --quiet HEAD -- 2>/dev/null || say "Note: what is not committed is not tried"
mkdir "$root_directory"
export TRY_SUITE=$suite TRY_MIRROR=$mirror TRY_ROOT=$root_directory TRY_TOP=$top TRY_LOGS=$logs TRY_LIMIT=$limit
export TRY_ONLY=$only TRY_TESTS=$test_arguments
as_owner git -C "$top" bundle create --quiet - HEAD >"$state/head.bundle"
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private \
    bash "$top/tools/try_in_root_inside.sh" </dev/null &
inside=$!
code=0
wait "$inside" || code=$?
inside=
exit "$code"
