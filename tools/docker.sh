#!/usr/bin/env bash
# The Docker engine and the image that everything is built on. start_benchmark.sh and tests source it; run by itself it prints
# the image's name, for Compose: `JOUST_DOCKER_BASE=$(bash tools/docker.sh) docker-compose up --build -d`.
# shellcheck source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=ways.sh
. "$root/tools/ways.sh"

# What is kept between calls: the engine's log and process, the lock and the working place of the base.
docker_state=/var/lib/joust/docker
[ "$EUID" -eq 0 ] || docker_state=$root/build/docker

engine_answers() { command -v docker >/dev/null && timeout 30 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# ensure_engine: an engine that the `docker` command reaches, the user's own where there is one.
ensure_engine() {
    if engine_answers; then return 0; fi
    local says='' tries
    if command -v docker >/dev/null; then says=$(timeout 30 docker version --format '{{.Server.Version}}' 2>&1 | tail -n 1) || true; fi
    if [ -n "${DOCKER_HOST:-}${DOCKER_CONTEXT:-}" ]; then
        die "the Docker engine that DOCKER_HOST or DOCKER_CONTEXT names does not answer (${says:-there is no docker command})"
    fi
    local context
    context=$(docker context inspect --format '{{.Name}}' 2>/dev/null) || context=default
    if [ "$context" != default ]; then
        die "the Docker engine of the context $context does not answer ($says); see: docker context use"
    fi
    if [ "$EUID" -ne 0 ]; then
        die "no Docker engine can be reached (${says:-there is no docker command}). Start it, become a member of the group" \
            "docker, or run this as root (sudo), which installs and starts one"
    fi
    install_packages docker
    # Debian 13 has the command in a package of its own, which Debian 12 does not know.
    command -v docker >/dev/null || install_packages docker-cli
    if engine_answers; then return 0; fi
    if [ -d /run/systemd/system ]; then
        say "Starting the Docker engine: systemctl start docker (to stop it: systemctl stop docker.socket docker)"
        systemctl start docker || die "systemd could not start it; see: journalctl -u docker"
        for ((tries = 0; tries < 120; ++tries)); do
            if engine_answers; then return 0; fi
            sleep 0.5
        done
        die "the Docker engine was started, but does not answer; see: journalctl -u docker"
    fi
    start_dockerd
}

# start_dockerd: the engine in the background, in a session of its own, so that it outlives this script.
start_dockerd() {
    local log=$docker_state/dockerd.log process tries
    mkdir -p "$docker_state"
    setsid dockerd </dev/null >"$log" 2>&1 &
    process=$!
    echo "$process" >"$docker_state/dockerd.pid"
    for ((tries = 0; tries < 120; ++tries)); do
        if engine_answers; then
            say "Started the Docker engine; its log: $log. To stop it: kill \$(cat $docker_state/dockerd.pid)"
            return 0
        fi
        kill -0 "$process" 2>/dev/null || break
        sleep 0.5
    done
    tail -n 15 "$log" >&2
    kill "$process" 2>/dev/null || true
    die "the Docker engine did not start. The whole output: $log"
}

# The release that images are made of: this machine's, where it is one of the two.
base_codename() {
    local id codename
    # shellcheck source=/dev/null
    id=$(. /etc/os-release 2>/dev/null && printf '%s' "${ID:-}") || id=
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}") || codename=
    case $id:$codename in
        debian:bookworm | debian:trixie) echo "$codename" ;;
        *) echo bookworm ;;
    esac
}

# ensure_base: sets and exports JOUST_DOCKER_BASE, which builds get as BASE.
ensure_base() {
    [ -z "${JOUST_DOCKER_BASE:-}" ] || { export JOUST_DOCKER_BASE && return 0; }
    mkdir -p "$docker_state"
    # One base is made at a time. No `|| exit`, which would switch errexit off inside.
    JOUST_DOCKER_BASE=$(
        set -euo pipefail
        exec 8>"$docker_state/base.lock"
        flock 8
        make_base "$(base_codename)"
    )
    export JOUST_DOCKER_BASE
}

# make_base CODENAME: prints the image's name. Debian's own image if nothing has to be added; else joust/base:CODENAME, out
# of it or, where no image registry can be reached, out of the archive's packages. That one is made once for what is added.
make_base() {
    local codename=$1 official=debian:$1-slim ours=joust/base:$1 ways=$docker_state/ways wanted
    # What an earlier call left that was killed.
    rm -rf --one-file-system "$ways" "$docker_state/base"
    umask 022
    mkdir "$ways"
    copy_authorities "$ways"
    copy_apt_settings "$ways"
    /usr/bin/python3 "$root/tools/pip_settings.py" "$ways"
    wanted=$(cd "$ways" && find . -type f -print0 | sort -z | xargs -0r sha256sum | sha256sum | cut -c1-16)
    if [ "$(docker image inspect --format '{{index .Config.Labels "joust.ways"}}' "$ours" 2>/dev/null)" = "$wanted" ]; then
        echo "$ours"
    elif has_image "$official"; then
        if [ -z "$(ls -A "$ways")" ]; then
            echo "$official"
        else
            derive_base "$official" "$ours" "$wanted" "$ways" >&2
            echo "$ours"
        fi
    else
        bootstrap_base "$codename" "$ours" "$wanted" "$ways" >&2
        echo "$ours"
    fi
    rm -rf "$ways"
}

has_image() {
    docker image inspect "$1" >/dev/null 2>&1 && return 0
    say "Fetching the image $1"
    timeout 300 docker pull --quiet "$1" >/dev/null 2>&1
}

# derive_base OFFICIAL NAME DIGEST WAYS: Debian's image with this machine's ways.
derive_base() {
    say "Making the image $2: $1 with this machine's certificate authorities and settings of apt and pip"
    cat >"$4.dockerfile" <<DOCKERFILE
FROM $1
COPY . /
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
    && update-ca-certificates && rm -rf /var/lib/apt/lists/*
LABEL joust.cache=base joust.ways=$3
DOCKERFILE
    run_logged "$docker_state/base.log" docker build --force-rm --network=host --tag "$2" --file "$4.dockerfile" "$4"
    rm "$4.dockerfile"
}

# bootstrap_base CODENAME NAME DIGEST WAYS: a small Debian with this machine's ways, by debootstrap.
bootstrap_base() {
    local tree=$docker_state/base mirror
    [ "$EUID" -eq 0 ] || die "the image debian:$1-slim can be neither found nor fetched, and only root can make one from" \
        "Debian's packages. Name an image with JOUST_DOCKER_BASE, or run this as root once"
    mirror=$(repository Debian '')
    [ -n "$mirror" ] || die "the image debian:$1-slim can be neither found nor fetched, and this machine's apt knows no" \
        "Debian archive (or never ran apt-get update); name an image with JOUST_DOCKER_BASE"
    install_packages debootstrap
    say "No image registry can be reached: making the image $2 from Debian's packages"
    # Its mounts and processes have namespaces of their own, and end with this shell.
    run_logged "$docker_state/base.log" setpriv --pdeathsig KILL \
        unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
        bash "$root/tools/make_base_inside.sh" "$1" "$tree" "$mirror" "$4"
    tar -C "$tree" --numeric-owner -c . |
        docker import --change 'CMD ["/bin/bash"]' --change "LABEL joust.cache=base joust.ways=$3" - "$2" >/dev/null
    rm -rf --one-file-system "$tree"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    ensure_engine
    ensure_base
    echo "$JOUST_DOCKER_BASE"
fi
