# shellcheck shell=bash
# This machine's ways to its package registries, laid into another root: archives, certificate authorities, settings of apt.
# Nothing that signs in anywhere. Sourced after setup.sh, never run.

# repository LABEL SUITE: where this machine's own apt gets it from; empty if it does not.
repository() {
    # shellcheck disable=SC2016 # these are apt's variables
    apt-get indextargets --format '$(LABEL)|$(CODENAME)|$(REPO_URI)|$(COMPONENT)' 'Created-By: Packages' |
        sed -n "s/^$1|[a-z]*$2|\(.*\)|main\$/\1/p" | head -n 1
}

# without_credentials: a filter; a name and a password in a URL go into no other root.
without_credentials() { sed -E 's#://[^/@"[:space:]]*@#://#g'; }

# write_archives ROOT SUITE MIRROR: the archives that this machine has, for a release that may be another one.
write_archives() {
    local security
    echo "deb $3 $2 main" >"$1/etc/apt/sources.list"
    security=$(repository Debian-Security '-security')
    [ -z "$security" ] || echo "deb $security $2-security main" >>"$1/etc/apt/sources.list"
    [ -z "$(repository Debian '-updates')" ] || echo "deb $3 $2-updates main" >>"$1/etc/apt/sources.list"
}

# copy_authorities ROOT: update-ca-certificates has to be run there afterwards.
copy_authorities() {
    if [ -n "$(ls -A /usr/local/share/ca-certificates 2>/dev/null)" ]; then
        mkdir -p "$1/usr/local/share"
        cp -rL /usr/local/share/ca-certificates "$1/usr/local/share/"
    fi
}

# copy_apt_settings ROOT: proxies, and how strict apt is.
copy_apt_settings() {
    local settings
    settings=$(apt-config dump Acquire | grep -Ei '^Acquire::(https?::|Check-|Retries|ForceIPv|Max-)' | without_credentials) || true
    if [ -n "$settings" ]; then
        mkdir -p "$1/etc/apt/apt.conf.d"
        printf '%s\n' "$settings" >"$1/etc/apt/apt.conf.d/90this-machine"
    fi
}
