#!/usr/bin/env bash
# Makes the Debian package of this clone for the system that it runs on: tools/make_package.sh
# Sets up what is missing, builds the program, and prints the package's path.
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

setup_program
enter_setup
install_packages run package
folder=$root/build/release
rm -rf "$folder/package"
say "Making the package"
run_logged "$root/build/logs/package.log" as_owner cpack --config "$folder/CPackConfig.cmake" -B "$folder/package"
leave_setup
ls "$folder"/package/joust_*.deb
