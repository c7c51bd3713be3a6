#!/bin/sh
# The first process of the virtual machine: runs each part and sends its report over the console.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PYTHONDONTWRITEBYTECODE=1 GTEST_COLOR=no
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
chmod 1777 /tmp /var/tmp
chown -R 1000:1000 /home/user /place
ip link set lo up
# What the kernel says of killed processes would stand between the reports; a panic is told all the same.
echo 1 >/proc/sys/kernel/printk

printf '\njoust-begin\n'
groups=/sys/fs/cgroup
controllers='+cpu +cpuset +memory +pids'
as_root='env'
as_user='setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/user'

# report NAME CODE FILE: all on one line, which nothing else can come into.
report() { printf '\njoust-report %s %s %s\n' "$1" "$2" "$(base64 -w 0 "$3" 2>/dev/null)"; }

# make_scope CONTROLLERS SCOPE: a group as systemd makes it, below a slice.
make_scope() {
    mkdir -p "$groups/${2%/*}"
    echo "$controllers" >"$groups/cgroup.subtree_control"
    echo "$1" >"$groups/${2%/*}/cgroup.subtree_control"
    mkdir "$groups/$2"
}
# delegate SCOPE: what systemd's Delegate=yes gives to the user.
delegate() {
    chown 1000:1000 "$groups/$1" "$groups/$1/cgroup.procs" "$groups/$1/cgroup.subtree_control" "$groups/$1/cgroup.threads"
}
# in_scope SCOPE WHO command...: a command that hangs costs its own part alone.
in_scope() {
    # shellcheck disable=SC2016,SC2086
    sh -c 'echo $$ >"$0" && exec "$@"' "$groups/$1/cgroup.procs" $2 timeout -k 5 150 "$3" "$4" "$5" "$6" "$7"
}

# tests NAME SCOPE WHO PROGRAM: a test program, by the filter that the host has put beside it.
tests() {
    echo "joust-part $1"
    rm -f /tmp/report.json
    in_scope "$2" "$3" "/joust/$4" --gtest_output=json:/tmp/report.json --gtest_filter="$(cat "/filters/$1")"
    report "$1" $? /tmp/report.json
}
# joust_run NAME SCOPE WHO BENCHMARK: all that it prints is the report, and beside it what it wrote.
joust_run() {
    echo "joust-part $1"
    cd /place || exit
    in_scope "$2" "$3" /joust/joust run "$4" --results "/tmp/$1" >/tmp/printed 2>&1
    report "$1" $? /tmp/printed
    cd /
    report "$1-environment" 0 "/tmp/$1/latest/environment.json"
    report "$1-trials" 0 "/tmp/$1/latest/trials.jsonl"
}
# left NAME SCOPE: groups of runs, controllers that are still handed down, and processes but this one.
left() {
    {
        find "$groups" -name 'joust-*'
        cat "$groups/$2/cgroup.subtree_control"
        for process in /proc/[0-9]*/cmdline; do tr '\0' ' ' <"$process"; done
    } >/tmp/left 2>/dev/null
    report "$1" 0 /tmp/left
}

session=user.slice/session-1.scope
make_scope "$controllers" $session
tests root-host $session "$as_root" joust_unit_host
tests root-runtime $session "$as_root" joust_unit_runtime
joust_run root-run $session "$as_root" small
joust_run root-greedy $session "$as_root" greedy
left root-left $session

delegated=user.slice/delegated.scope
make_scope "$controllers" $delegated
delegate $delegated
tests delegated-host $delegated "$as_user" joust_unit_host
tests delegated-runtime $delegated "$as_user" joust_unit_runtime
joust_run delegated-run $delegated "$as_user" small
left delegated-left $delegated

partly=partly.slice/partly.scope
make_scope '+cpu +memory +pids' $partly
delegate $partly
joust_run partly-run $partly "$as_user" small
joust_run undelegated-run $session "$as_user" small

report kernel 0 /proc/sys/kernel/osrelease
echo joust-end
# The machine is reset at once, with what the console has not sent by then.
python3 -c 'import termios; termios.tcdrain(1)'
echo b >/proc/sysrq-trigger
sleep 60
