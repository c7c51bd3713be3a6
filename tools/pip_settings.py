#!/usr/bin/env python3
"""Writes ROOT/etc/pip.conf: how pip reaches its index from this machine. Nothing is written where nothing is set.

Read are pip's own files and variables, the later of which win, and the proxy of https. Names and passwords within URLs
are left out, and so are folders of this machine. A bundle of certificates that the system's store does not hold is
copied.
"""
import configparser
import os
import pathlib
import re
import shutil
import sys

KEPT = ("index-url", "extra-index-url", "find-links", "trusted-host", "proxy", "cert", "timeout", "default-timeout", "retries")
STORE = "/etc/ssl/certs/ca-certificates.crt"
BUNDLE = "etc/ssl/this-machine-pip.pem"


def settings(environment, home: pathlib.Path, system: pathlib.Path):
    found = {}
    proxy = environment.get("https_proxy") or environment.get("HTTPS_PROXY")
    if proxy:
        found["proxy"] = proxy
    for file in (system / "etc/pip.conf", home / ".pip/pip.conf", home / ".config/pip/pip.conf"):
        parser = configparser.RawConfigParser()
        parser.read(file)
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= dict(parser.items(section))
    for name, value in environment.items():
        if name.startswith("PIP_"):
            found[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return {name: found[name] for name in KEPT if found.get(name)}


def write(root: pathlib.Path, found: dict[str, str]) -> None:
    lines = ["[global]"]
    for name, value in found.items():
        plain = re.sub(r"://[^/@\s]*@", "://", value)
        if plain != value:
            print(f"joust: pip's {name} has a name or a password in it, which goes into no image", file=sys.stderr)
        words = plain.split()
        if name == "cert" and value != STORE:
            (root / BUNDLE).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(value, root / BUNDLE)
            words = ["/" + BUNDLE]
        elif name == "find-links":
            words = [word for word in words if re.match(r"https?://", word)]
        if words:
            lines.append(f"{name} = {' '.join(words)}")
    if len(lines) > 1:
        (root / "etc").mkdir(parents=True, exist_ok=True)
        (root / "etc/pip.conf").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]), settings(os.environ, pathlib.Path.home(), pathlib.Path("/")))
