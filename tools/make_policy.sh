#!/usr/bin/env bash
# Prints a policy-rc.d that keeps daemons from being started while the process of number $1 lives, and allows
# everything once it has ended. invoke-rc.d asks it; 101 means "do not start". A number is given to another
# process some day, but not with the same start since the same start of the system.
set -euo pipefail

boot=/proc/sys/kernel/random/boot_id
# The twentieth field after the name, which may hold blanks and brackets: ticks since the start of the system.
start=$(sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 20)
cat <<POLICY
#!/bin/sh
# Written by joust while it installs packages.
started=\$(sed 's/.*) //' /proc/$1/stat 2>/dev/null | cut -d ' ' -f 20)
[ "\$started" = "$start" ] && [ "\$(cat $boot)" = "$(cat "$boot")" ] && exit 101
exit 0
POLICY
