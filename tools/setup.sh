# shellcheck shell=bash
# What start_benchmark.sh, run_tests.sh and .ci/run share: packages in, program built. Sourced, never run.
# Sourcing it sets `root`, the top of the clone. All progress goes to stderr; nothing reads standard input.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '==> %s\n' "$*" >&2; }
die() {
    printf 'joust: %s\n' "$*" >&2
    exit 1
}

in_docker='In Docker it runs without: docker build -f docker/joust/Dockerfile . and the section "In Docker" of README.md.'

# Ends with what is missing where Joust cannot set itself up: this has to be Linux, with Debian's package tools or with all
# that a run needs. Not the release's name decides whether it is new enough but the versions that tools/packages/*.txt ask
# for, when they are installed. Plain enough for the bash 3.2 of macOS, so that it gets as far as the message.
require_supported_system() {
    local supported="Joust sets itself up on Debian 12 (bookworm), Debian 13 (trixie), and by the same rules on Ubuntu 24.04"
    supported="$supported and other systems derived from Debian."
    if [ "$(uname -s)" != Linux ]; then
        die "$supported This is $(uname -s). $in_docker Or take a Debian virtual machine."
    fi
    has_debian_packages && return 0
    local name missing
    # shellcheck source=/dev/null
    name=$(. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && printf '%s' "${PRETTY_NAME:-unknown}") || name=unknown
    missing=$(missing_needs)
    if [ -z "$missing" ]; then
        say "This is $name, on which Joust was not tried; what a run needs is there"
        return 0
    fi
    printf 'joust: %s\n' "$supported" "This is $name, where this has to be installed first, by that system's own means:" >&2
    printf '%s\n' "$missing" | sed 's/^/    /' >&2
    printf '%s\n' "$in_docker" >&2
    exit 1
}

has_debian_packages() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

# missing_needs: what of tools/packages/needs.txt is not there, one a line, with Debian's name for it.
missing_needs() {
    local kind what least package version found
    while read -r kind what least package; do
        version=
        case $kind in
            command)
                if command -v "$what" >/dev/null; then
                    [ "$least" != - ] || continue
                    version=$("$what" --version 2>/dev/null | sed -n '1 { s/([^)]*)//g; s/^[^0-9]* \([0-9][0-9.]*\).*/\1/p; }')
                    [ "$(printf '%s\n' "$least" "$version" | sort -V | head -n 1)" != "$least" ] || continue
                fi
                ;;
            header)
                found=$(find_one "/usr/include/$what" "/usr/include/*/$what" "/usr/local/include/$what")
                [ -z "$found" ] || continue
                ;;
            module) ! python3 -c "import $what" 2>/dev/null || continue ;;
            file) [ -z "$(find_one "$what")" ] || continue ;;
            *) continue ;;
        esac
        [ "$least" = - ] || what="$what $least or later"
        echo "$kind $what${version:+, not $version} (in Debian: $package)"
    done < <(sed -e 's/#.*//' "$root/tools/packages/needs.txt")
}

# find_one PATTERN...: the first file that matches one of them.
find_one() {
    local pattern file
    for pattern in "$@"; do
        for file in $pattern; do
            [ ! -e "$file" ] || { echo "$file" && return 0; }
        done
    done
}

# wanted_packages SET...: what tools/packages/SET.txt name, each with `(>= VERSION)` behind it where it says so. Another
# second word on a line is a program that, where there is one already, serves instead of the package.
wanted_packages() {
    local set package rest
    for set in "$@"; do
        while read -r package rest; do
            case $package:$rest in
                :*) ;;
                *:'(>='*) echo "$package $rest" ;;
                *:?*) command -v "$rest" >/dev/null || echo "$package" ;;
                *) echo "$package" ;;
            esac
        done < <(sed -e 's/#.*//' "$root/tools/packages/$set.txt")
    done | sort -u
}

# missing_packages SET...: those of them that are not installed, or in a version that is too old, one a line.
missing_packages() {
    local wanted package least version
    local -A installed=()
    wanted=$(wanted_packages "$@")
    [ -n "$wanted" ] || return 0
    # dpkg-query complains about names that it has never seen: those are missing, too.
    # shellcheck disable=SC2046
    while read -r package version; do
        installed[$package]=$version
    done < <(dpkg-query -W -f='${db:Status-Status} ${Package} ${Version}\n' $(awk '{ print $1 }' <<<"$wanted") 2>/dev/null |
        sed -n 's/^installed //p')
    while read -r package least; do
        version=${installed[$package]:-}
        least=${least#'(>= '}
        if [ -z "$version" ] || { [ -n "$least" ] && dpkg --compare-versions "$version" lt "${least%)}"; }; then
            echo "$package"
        fi
    done <<<"$wanted"
}

# run_logged LOG command...: output into the log; on failure its end is shown.
run_logged() {
    local log=$1 code=0
    shift
    rm -f "$log" # under sudo the last one may have been written by another user
    "$@" </dev/null >"$log" 2>&1 || code=$?
    if [ "$code" -ne 0 ]; then
        tail -n 30 "$log" >&2
        die "failed (exit code $code): $*. The whole output: $log"
    fi
}

# install_packages SET...: installs what is missing, and only that; asks for root only then.
install_packages() {
    local missing as_root=()
    if ! has_debian_packages; then
        # require_supported_system has seen to what a run needs.
        [ "$*" = run ] || say "Not checked here: $(wanted_packages "$@" | wc -l) packages by their names in Debian ($*)"
        return 0
    fi
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$EUID" -ne 0 ]; then
        local by_hand="Run as root: apt-get install --no-install-recommends $missing"
        command -v sudo >/dev/null || die "packages are missing, and there is no sudo. $by_hand"
        as_root=(sudo)
        if ! sudo -n true 2>/dev/null; then
            # sudo asks on the terminal, not on standard input; without a terminal it could only hang or fail.
            (: </dev/tty) 2>/dev/null || die "packages are missing, and sudo wants a password. $by_hand"
        fi
    fi
    say "Installing $(wc -w <<<"$missing") packages: $missing"
    # shellcheck disable=SC2086
    run_logged "$root/build/logs/packages.log" "${as_root[@]}" bash "$root/tools/install_packages.sh" $missing
}

# as_owner command...: under `sudo ./start_benchmark.sh` the clone stays its owner's, not root's.
as_owner() {
    local owner
    owner=$(stat -c %U "$root")
    if [ "$EUID" -eq 0 ] && [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then
        setpriv --reuid "$owner" --regid "$(id -g "$owner")" --init-groups --reset-env "$@"
    else
        "$@"
    fi
}

# A build folder remembers where it was made; after the clone moved it can only be made again.
drop_moved_build() {
    local cache=$root/build/$1/CMakeCache.txt
    if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
        say "build/$1 was made in another place: starting over"
        rm -rf "${root:?}/build/$1"
    fi
}

# configure PRESET [-DOPTION=ON|OFF...]: only where there is no build folder yet or an option differs.
configure() {
    local preset=$1 cache=$root/build/$1/CMakeCache.txt option current=yes
    shift
    [ -f "$root/build/$preset/build.ninja" ] || current=no
    for option in "$@"; do
        option=${option#-D}
        grep -qx "${option%%=*}:BOOL=${option#*=}" "$cache" 2>/dev/null || current=no
    done
    [ $current = yes ] && return 0
    run_logged "$root/build/logs/configure-$preset.log" as_owner cmake -S "$root" --preset "$preset" "$@"
}

# How many compilers at once: a compiler of this code takes up to 1 GiB.
build_jobs() {
    local cpus gib
    cpus=$(nproc)
    gib=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
    if [ "${gib:-1}" -lt "$cpus" ]; then cpus=$((gib > 1 ? gib : 1)); fi
    echo "$cpus"
}

# build PRESET [target...]: builds; a terminal sees ninja's counter, a pipe one line before and one after.
build() {
    local preset=$1 log=$root/build/logs/build-$1.log started=$SECONDS
    shift
    rm -f "$log"
    # shellcheck disable=SC2310
    if ! as_owner ninja -C "$root/build/$preset" -j "$(build_jobs)" "$@" </dev/null 2>&1 | tee "$log" | show_counter; then
        grep -v '^\[[0-9]*/[0-9]*\] ' "$log" | tail -n 60 >&2
        die "the build failed. The whole output: $log"
    fi
    if [ $((SECONDS - started)) -ge 3 ]; then say "Built build/$preset in $((SECONDS - started)) s"; fi
}

show_counter() {
    local line
    while IFS= read -r line; do
        if [ -t 2 ] && [[ $line == \[* ]]; then printf '\r\033[K    %.70s' "$line" >&2; fi
    done
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# One set-up at a time: two would build into the same folder. Ends with `leave_setup`.
enter_setup() {
    require_supported_system
    as_owner mkdir -p "$root/build/logs" "$root/results"
    as_owner touch "$root/build/.set-up.lock"
    exec 9<"$root/build/.set-up.lock"
    flock -n 9 || { say "Another set-up is at work here: waiting for it"; flock 9; }
}
leave_setup() { exec 9<&-; }

# setup_program: build/release/joust and nothing else, from the packages that a run needs.
setup_program() {
    enter_setup
    install_packages run
    [ -x "$root/build/release/joust" ] || say "Building build/release/joust (the first time takes a few minutes)"
    drop_moved_build release
    # A folder that run_tests.sh configured with tests serves as well: only the target joust is built.
    [ -f "$root/build/release/build.ninja" ] || configure release -DJOUST_TESTS=OFF
    build release joust
    leave_setup
}

# setup_tests: the same program, and all test binaries.
setup_tests() {
    enter_setup
    install_packages run test
    say "Building build/release with its tests"
    drop_moved_build release
    configure release -DJOUST_TESTS=ON
    build release
    leave_setup
}
