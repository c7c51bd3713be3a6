#!/usr/bin/env bash
# Makes the Debian package of this clone's HEAD in a fresh root of a Debian release, installs it in a second one that has
# nothing else, uses it there outside of any checkout, and purges it; as root:
#   tools/try_package.sh trixie                 or bookworm, or any later release
#   tools/try_package.sh --limit 90             minutes for each step (60)
#   tools/try_package.sh --mirror URL           where Debian comes from (as in this machine's own apt)
#   tools/try_package.sh --keep                 leaves the roots, to look at them
# What tools/fresh_root.sh says of roots holds for these two. Logs and the package stay in build/logs.
set -euo pipefail

# shellcheck source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=fresh_root.sh
. "$root/tools/fresh_root.sh"

while [ $# -gt 0 ]; do
    take_option "$@"
    shift "$taken"
done
in_fresh_root try_package_inside.sh try-package
