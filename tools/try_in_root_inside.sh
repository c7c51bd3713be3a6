#!/usr/bin/env bash
# What tools/try_in_root.sh runs in namespaces of their own: the root is made, the clone in it, and the commands run. Never
# called by hand.
set -euo pipefail

# shellcheck source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=fresh_root_inside.sh
. "$root/tools/fresh_root_inside.sh"

make_root
open_root
clone_here
if [[ ${TRY_ONLY:?} == *start* ]]; then in_clone "./start_benchmark.sh --profile smoke" start.log; fi
if [[ $TRY_ONLY == *tests* ]]; then in_clone "./run_tests.sh${TRY_TESTS:+ $TRY_TESTS}" tests.log; fi
settle
for folder in build/logs build/release/test-logs results; do
    if [ -d "$target$clone/$folder" ]; then cp -r "$target$clone/$folder" "$logs/"; fi
done
exit "$failed"
