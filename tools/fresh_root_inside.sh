# shellcheck shell=bash
# What runs in the namespaces that tools/fresh_root.sh makes, and is told by TRY_*: roots are made, this machine's ways to
# its package registries are copied into them, and commands run in them. Sourced after setup.sh by what that names.

# shellcheck source=ways.sh
. "${root:?}/tools/ways.sh"

# The root that is worked in; a second one can take its place.
target=${TRY_ROOT:?}
logs=${TRY_LOGS:?} suite=${TRY_SUITE:?} limit=${TRY_LIMIT:?}
clone=/srv/joust
mount -t proc proc /proc # of this namespace

child=
# Until what was ended has undone what it did: this shell, the namespace's first process, is alone.
settle() {
    local tries processes
    for ((tries = 0; tries < 150; ++tries)); do
        processes=(/proc/[0-9]*)
        [ "${#processes[@]}" -gt 1 ] || return 0
        sleep 0.2
    done
}
# shellcheck disable=SC2317 # the trap calls it
stop() {
    trap '' INT TERM HUP
    if [ -n "$child" ]; then
        kill -TERM "$child" 2>/dev/null || true
        wait "$child" || true
    fi
    settle
    exit 143
}
trap stop INT TERM HUP

summary=()
failed=0
trap 'printf "%s\n" "${summary[@]}" "logs      $logs"' EXIT
# step NAME LOG command...: in the background, so that a signal is heard at once. Ends when the limit is reached. `failed`
# says afterwards whether any step was.
# shellcheck disable=SC2034 # the tools read it
step() {
    local name=$1 log=$logs/$2 started=$SECONDS code=0
    shift 2
    say "$suite: $name"
    timeout --kill-after=60 "${limit}m" "$@" >"$log" 2>&1 &
    child=$!
    wait "$child" || code=$?
    child=
    local last
    last=$(tail -n 1 "$log" | cut -c1-60)
    [[ $last =~ ^[0-9]+\ passed,\ [0-9]+\ failed$ ]] || last=
    [ "$code" -ne 124 ] || last="out of time after $limit min"
    summary+=("$(printf '%-9s %-42s exit %3d %6d s  %s' "$suite" "$name" "$code" $((SECONDS - started)) "$last")")
    if [ "$code" -ne 0 ]; then
        failed=1
        tail -n 20 "$log" | sed 's/^/    | /' >&2
    fi
    return "$code"
}

# in_root NAME LOG command...: a step with what a fresh login of root has, and the ways to packages.
passed=()
in_root() {
    local name=$1 log=$2
    shift 2
    step "$name" "$log" chroot "$target" env -i HOME=/root TERM=dumb \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${passed[@]}" "$@"
}

# make_root: a minimal system in $target.
make_root() {
    local mirror=${TRY_MIRROR:-$(repository Debian '')}
    [ -n "$mirror" ] || die "this machine's apt knows no Debian archive (or never ran apt-get update); name one with --mirror"
    step "debootstrap" debootstrap.log \
        debootstrap --variant=minbase --include=ca-certificates,git "$suite" "$target" "$mirror"
    write_archives "$target" "$suite" "$mirror"
}

mount_root() {
    mount -t proc proc "$target/proc"
    mount --rbind /sys "$target/sys"
    mount --rbind /dev "$target/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$target/dev/shm"
    mount -t tmpfs -o mode=755 tmpfs "$target/run"
    mkdir -m 1777 "$target/run/lock"
}

# The ways to packages: names, certificate authorities, settings of apt, pip and npm. Nothing that signs in anywhere.
copy_ways() {
    local file
    cp -L /etc/resolv.conf /etc/hosts "$target/etc/"
    copy_authorities "$target"
    in_root "update-ca-certificates" certificates.log update-ca-certificates
    copy_apt_settings "$target"
    for file in etc/pip.conf root/.config/pip/pip.conf root/.pip/pip.conf etc/npmrc root/.npmrc; do
        [ -f "/$file" ] || continue
        mkdir -p "$target/${file%/*}"
        grep -v '_auth' "/$file" >"$target/$file" || true
    done
    while IFS='=' read -r -d '' name value; do
        case $name in
            PIP_* | UV_* | npm_config_* | SSL_CERT_* | *_proxy | *_PROXY | REQUESTS_CA_BUNDLE | CURL_CA_BUNDLE | NODE_EXTRA_CA_CERTS)
                # A folder of this machine is none of the root's.
                if [[ $value != /* ]] || [ -e "$target$value" ]; then passed+=("$name=$value"); fi
                ;;
        esac
    done < <(env -0)
}

# open_root: what a system that has been started has mounted in $target, and the ways to packages.
open_root() {
    mount_root
    copy_ways
}

# clone_here: this clone's HEAD, in $target.
clone_here() {
    git -c advice.detachedHead=false clone --quiet "${TRY_ROOT%/*}/head.bundle" "$target$clone"
}

# in_clone COMMAND LOG: a failure is counted, and the next command runs all the same.
in_clone() { in_root "$1" "$2" sh -c "cd $clone && exec $1" || true; }
