# shellcheck shell=bash
# What the tools share that try this clone in a fresh root of a Debian release. Sourced by them after setup.sh, with what
# their arguments say in `suite`, `mirror`, `limit` and `keep`. The root lies below ${TMPDIR:-/var/tmp} and takes 4 GiB. Its
# mounts and processes have namespaces of their own, so they end with the tool however it ends; the folder is removed,
# after a SIGKILL by the next call. Logs stay in build/logs.

top=${root:?} suite=${suite:-} mirror=${mirror:-} limit=${limit:-60} keep=${keep:-no}

# usage: the comment at the top of the tool.
usage() {
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# take_option ARGUMENT...: one that all the tools have; sets `taken` to how many words it was.
# shellcheck disable=SC2034 # the tools read it
take_option() {
    case $1 in
        --limit | --mirror) [ $# -ge 2 ] || usage ;;
    esac
    taken=1
    case $1 in
        --limit)
            [[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || usage
            limit=$2
            taken=2
            ;;
        --mirror)
            mirror=$2
            taken=2
            ;;
        --keep) keep=yes ;;
        -*) usage ;;
        *)
            if [ -n "$suite" ] || ! [[ $1 =~ ^[a-z][a-z0-9-]*$ ]]; then usage; fi
            suite=$1
            ;;
    esac
}

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
        say "The root is kept: $state/root (chroot $state/root; when done: rm -rf --one-file-system $state)"
    else
        remove "$state"
    fi
}

# in_fresh_root SCRIPT NAME: runs tools/SCRIPT in namespaces of its own, told by TRY_* where it is, and ends with its exit
# code. Logs go to build/logs/NAME-SUITE.
in_fresh_root() {
    local script=$1 logs old code=0
    [ -n "$suite" ] || usage
    [ "$EUID" -eq 0 ] || die "a root of its own can only be made by root: sudo $0 $suite"
    command -v debootstrap >/dev/null || die "there is no debootstrap: apt-get install debootstrap"
    [ -e "/usr/share/debootstrap/scripts/$suite" ] || die "debootstrap knows no release \"$suite\"; write bookworm or trixie"

    logs=$top/build/logs/$2-$suite
    state=$(mktemp -d "${TMPDIR:-/var/tmp}/joust-root.XXXXXX")
    chmod 700 "$state"
    # Held as long as this script or anything in the root lives: whose lock is free is a leftover.
    exec 8>"$state/lock.new"
    flock 8
    mv "$state/lock.new" "$state/lock"
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
    mkdir "$state/root"
    export TRY_SUITE=$suite TRY_MIRROR=$mirror TRY_ROOT=$state/root TRY_LOGS=$logs TRY_LIMIT=$limit
    as_owner git -C "$top" bundle create --quiet - HEAD >"$state/head.bundle"
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private \
        bash "$top/tools/$script" </dev/null &
    inside=$!
    wait "$inside" || code=$?
    inside=
    exit "$code"
}
