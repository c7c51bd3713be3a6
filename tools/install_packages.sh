#!/usr/bin/env bash
# Installs the named Debian packages, as root and without a question, and keeps the daemons among them quiet:
# nothing is started, and PostgreSQL makes no cluster of its own. What was there before is not touched.
set -euo pipefail

lists=$(cd "$(dirname "${BASH_SOURCE[0]}")/packages" && pwd)
policy=/usr/sbin/policy-rc.d
cluster_conf=/etc/postgresql-common/createcluster.d/joust.conf
mark='# Written by joust while it installs packages.'

is_ours() { grep -qxF "$mark" "$1" 2>/dev/null; }
# Both files belong to this installation alone; also removed when an earlier one was killed half-way.
tidy() {
    local file
    for file in "$policy" "$cluster_conf"; do
        if is_ours "$file"; then rm -f "$file"; fi
    done
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tidy

# Should it outlive us, it allows everything.
if [ ! -e "$policy" ]; then
    "$(dirname "$0")/make_policy.sh" "$$" >"$policy"
    chmod 755 "$policy"
fi
if [ ! -e "$cluster_conf" ]; then
    mkdir -p "${cluster_conf%/*}"
    printf '%s\ncreate_main_cluster = false\n' "$mark" >"$cluster_conf"
fi

# refuse_unfit PACKAGE...: ends before anything is installed where this system's sources have none, or only a version that
# is older than tools/packages/*.txt ask for.
refuse_unfit() {
    local package candidate least unfit=0
    for package in "$@"; do
        candidate=$(LC_ALL=C apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
        least=$(sed -n "s/^$package (>= \([^)]*\)).*/\1/p" "$lists"/*.txt | head -n 1)
        if [ -z "$candidate" ] || [ "$candidate" = '(none)' ]; then
            echo "The package sources of this system have no $package." >&2
        elif [ -n "$least" ] && dpkg --compare-versions "$candidate" lt "$least"; then
            echo "The package sources of this system have $package $candidate; $least or later is needed." >&2
        else
            continue
        fi
        unfit=1
    done
    [ $unfit -eq 0 ] || {
        echo "Joust sets itself up on Debian 12 (bookworm), Debian 13 (trixie), and by the same rules on Ubuntu 24.04" >&2
        echo "and other systems derived from Debian. Nothing was installed." >&2
        echo 'In Docker it runs without: docker build -f docker/joust/Dockerfile . and the section "In Docker" of README.md.' >&2
        exit 1
    }
}

export DEBIAN_FRONTEND=noninteractive
# A fresh machine often has its automatic updates running: wait for them rather than fail.
apt=(apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
"${apt[@]}" update || echo "apt-get update failed; trying with the lists that are there" >&2
refuse_unfit "$@"
"${apt[@]}" install --no-install-recommends "$@"
