#!/usr/bin/env bash
# What tools/docker.sh runs in namespaces of its own: make_base_inside.sh SUITE TREE MIRROR WAYS. Never called by hand.
set -euo pipefail

suite=$1 tree=$2 mirror=$3 ways=$4
# shellcheck source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=ways.sh
. "$root/tools/ways.sh"
umask 022

debootstrap --variant=minbase --include=ca-certificates "$suite" "$tree" "$mirror"
write_archives "$tree" "$suite" "$mirror"
cp -r "$ways/." "$tree/"
chroot "$tree" update-ca-certificates

# As in Debian's own slim image: no daemon is started, nothing is synced to the disk, nothing is installed for people to read.
printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
chmod 755 "$tree/usr/sbin/policy-rc.d"
echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/image"
for folder in doc groff info linda lintian locale man; do
    echo "path-exclude /usr/share/$folder/*" >>"$tree/etc/dpkg/dpkg.cfg.d/image"
    find "$tree/usr/share/$folder" -mindepth 1 -type f ! -name copyright -delete 2>/dev/null || true
done
echo "path-include /usr/share/doc/*/copyright" >>"$tree/etc/dpkg/dpkg.cfg.d/image"
rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/* "$tree"/var/log/*.log
