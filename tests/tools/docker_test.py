"""tools/docker.sh with a `docker` that only knows which images there are, and notes how it was called."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"


class Docker(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        for name in ("bin", "images", "registry", "tools", "state"):
            (self.top / name).mkdir()
        for name in ("docker.sh", "setup.sh", "ways.sh"):
            shutil.copy(TOOLS / name, self.top / "tools")
        # An image is a file with the digest of the ways that it was made with.
        (self.top / "bin/docker").write_text(f"""#!/bin/sh
cd {self.top}
echo "$*" >>calls
for last; do :; done
file=$(echo "$last" | tr / _)
case $1 in
    version) [ -e engine ] || {{ echo "no engine" >&2; exit 1; }} ;;
    pull) [ -e "registry/$file" ] && cp "registry/$file" images/ ;;
    image) [ -e "images/$file" ] && cat "images/$file" ;;
esac
""")
        (self.top / "bin/docker").chmod(0o755)
        (self.top / "engine").touch()

    def bash(self, script, **variables):
        """With ways that are one empty file for each of $authorities, and with bases that are only named."""
        text = f"""set -euo pipefail; . {self.top}/tools/docker.sh; PATH={self.top}/bin:$PATH; docker_state={self.top}/state
            copy_authorities() {{ for way in ${{authorities:-}}; do touch "$1/$way"; done; }}
            copy_apt_settings() {{ :; }}
            base_codename() {{ echo trixie; }}
            derive_base() {{ echo "derived $1 $2"; }}; bootstrap_base() {{ echo "bootstrapped $1 $2"; }}
            install_packages() {{ echo "installed $*" >&2; }}; dockerd() {{ false; }}
            {script}"""
        (self.top / "tools/pip_settings.py").write_text("")
        return subprocess.run(["bash", "-c", text], text=True, capture_output=True, stdin=subprocess.DEVNULL,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **variables})

    def base(self, **variables):
        done = self.bash('ensure_base; printenv JOUST_DOCKER_BASE', **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip(), done.stderr

    def test_what_the_user_names_is_taken_unseen(self):
        self.assertEqual(self.base(JOUST_DOCKER_BASE="my/own:image"), ("my/own:image", ""))
        self.assertFalse((self.top / "calls").exists())

    def test_debians_image_serves_where_it_is_or_can_be_fetched(self):
        (self.top / "registry/debian:trixie-slim").touch()
        self.assertEqual(self.base()[0], "debian:trixie-slim")
        (self.top / "registry/debian:trixie-slim").unlink()
        self.assertEqual(self.base()[0], "debian:trixie-slim")

    def test_what_the_machine_trusts_is_laid_over_debians_image(self):
        (self.top / "images/debian:trixie-slim").touch()
        name, said = self.base(authorities="authority.crt")
        self.assertEqual(name, "joust/base:trixie")
        self.assertIn("derived debian:trixie-slim joust/base:trixie", said)

    def test_without_a_registry_the_base_is_made_of_packages(self):
        name, said = self.base()
        self.assertEqual(name, "joust/base:trixie")
        self.assertIn("bootstrapped trixie joust/base:trixie", said)

    def test_a_base_that_was_made_is_used_until_the_ways_change(self):
        digest = subprocess.run(["bash", "-c", f"cd {self.top}/state && mkdir t && cd t && touch authority.crt && find . -type f -print0"
                                 " | xargs -0r sha256sum | sha256sum | cut -c1-16"], text=True, capture_output=True, check=True)
        (self.top / "images/joust_base:trixie").write_text(digest.stdout)
        self.assertEqual(self.base(authorities="authority.crt"), ("joust/base:trixie", ""))
        self.assertIn("bootstrapped", self.base(authorities="another.crt")[1])

    def test_nothing_of_the_making_is_left(self):
        (self.top / "state/base").mkdir()
        (self.top / "state/base/leftover").touch()
        self.base(authorities="authority.crt")
        self.assertEqual([path.name for path in (self.top / "state").iterdir()], ["base.lock"])

    def test_a_running_engine_is_used_as_it_is(self):
        done = self.bash("ensure_engine")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_an_engine_that_the_user_names_is_not_replaced(self):
        (self.top / "engine").unlink()
        done = self.bash("ensure_engine", DOCKER_HOST="ssh://elsewhere")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the Docker engine that DOCKER_HOST or DOCKER_CONTEXT names does not answer (no engine)", done.stderr)
        self.assertNotIn("installed", done.stderr)


if __name__ == "__main__":
    unittest.main()
