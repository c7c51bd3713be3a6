"""tools/setup.sh with programs in the path that only note that they were called."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
SETUP = TOOLS / "setup.sh"


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        (self.top / "bin").mkdir()
        (self.top / "tools/packages").mkdir(parents=True)
        self.write("tools/packages/run.txt", "# why\nbash # the shell\n\ncoreutils\n")

    def write(self, name: str, text: str):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def program(self, name: str, text: str):
        self.write(f"bin/{name}", f"#!/bin/sh\n{text}\n").chmod(0o755)

    def note_calls_of(self, *names: str):
        for name in names:
            self.program(name, f'echo "{name} $*" >> {self.top}/calls')

    def calls(self) -> str:
        path = self.top / "calls"
        return path.read_text() if path.exists() else ""

    def bash(self, script: str):
        text = f'set -euo pipefail; . {SETUP}; root={self.top}; PATH={self.top}/bin:$PATH; {script}'
        return subprocess.run(["bash", "-c", text], text=True, capture_output=True, stdin=subprocess.DEVNULL)

    def test_another_system_is_told_what_is_supported(self):
        self.program("uname", "echo Darwin")
        done = self.bash("require_supported_system")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Debian 12 (bookworm)", done.stderr)
        self.assertIn("Debian 13 (trixie)", done.stderr)
        self.assertIn("This is Darwin", done.stderr)

    def test_linux_without_debians_package_tools_is_told_what_is_supported(self):
        (self.top / "bin/uname").symlink_to("/usr/bin/uname")
        done = self.bash(f"PATH={self.top}/bin; require_supported_system")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Debian 12 (bookworm), Debian 13 (trixie)", done.stderr)
        self.assertIn("cmake --preset release", done.stderr)

    def test_only_packages_that_are_not_installed_are_missing(self):
        self.write("tools/packages/test.txt", "joust-no-such-package\n")
        self.assertEqual(self.bash("missing_packages run test").stdout, "joust-no-such-package\n")

    def test_a_package_that_is_too_old_is_missing(self):
        self.write("tools/packages/test.txt", "bash (>= 1:99)\ncoreutils (>= 1.0) # why\njoust-no-such-package (>= 2)\n")
        self.assertEqual(self.bash("missing_packages test").stdout, "bash\njoust-no-such-package\n")

    def test_a_program_that_is_there_serves_instead_of_its_package(self):
        self.write("tools/packages/test.txt", "joust-no-such-package joust-program\njoust-other absent-program\n")
        self.program("joust-program", "")
        self.assertEqual(self.bash("missing_packages run test").stdout, "joust-other\n")

    def test_nothing_is_missing_where_programs_serve_instead_of_every_package(self):
        self.write("tools/packages/test.txt", "joust-no-such-package sh\n")
        self.assertEqual(self.bash("missing_packages test").stdout, "")

    def test_nothing_is_installed_and_nobody_asked_when_nothing_is_missing(self):
        self.note_calls_of("sudo", "apt-get")
        done = self.bash("install_packages run")
        self.assertEqual((done.returncode, done.stdout, done.stderr, self.calls()), (0, "", "", ""))

    def test_a_failing_command_shows_its_end_and_names_the_log(self):
        done = self.bash('run_logged "$root/log" sh -c "echo the reason; exit 7"')
        self.assertEqual(done.returncode, 1)
        self.assertIn("the reason", done.stderr)
        self.assertIn("exit code 7", done.stderr)
        self.assertIn(f"{self.top}/log", done.stderr)

    def test_a_build_folder_is_configured_once(self):
        self.note_calls_of("cmake")
        self.write("build/logs/none", "")
        self.write("build/release/build.ninja", "")
        self.write("build/release/CMakeCache.txt", "JOUST_TESTS:BOOL=OFF\n")
        self.bash("configure release; configure release -DJOUST_TESTS=OFF")
        self.assertEqual(self.calls(), "")
        self.bash("configure release -DJOUST_TESTS=ON")
        self.assertIn("--preset release -DJOUST_TESTS=ON", self.calls())

    def test_a_build_folder_of_another_place_is_dropped(self):
        self.write("build/release/CMakeCache.txt", "CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\n")
        self.bash("drop_moved_build release")
        self.assertFalse((self.top / "build/release").exists())

    def test_a_build_folder_of_this_place_stays(self):
        self.write("build/release/CMakeCache.txt", f"CMAKE_HOME_DIRECTORY:INTERNAL={self.top}\n")
        self.bash("drop_moved_build release")
        self.assertTrue((self.top / "build/release").exists())


class InstallPackages(unittest.TestCase):
    """tools/install_packages.sh from a copy of the folder, with an apt that only notes that it was called."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        (self.top / "packages").mkdir()
        (self.top / "bin").mkdir()
        self.calls = self.top / "calls"
        self.program("apt-get", f'echo "$*" >> {self.calls}')
        self.program("apt-cache", """\
            case $LC_ALL:$2 in
                C:no-such) ;;
                C:virtual) printf 'virtual:\\n  Installed: (none)\\n  Candidate: (none)\\n' ;;
                C:*) printf '%s:\\n  Installed: (none)\\n  Candidate: 2.1-5\\n' "$2" ;;
                *) printf '%s:\\n  Installiert: (keine)\\n  Installationskandidat: 2.1-5\\n' "$2" ;;
            esac""")
        text = (TOOLS / "install_packages.sh").read_text()
        for path in ("/usr/sbin/policy-rc.d", "/etc/postgresql-common"):
            self.assertIn(path, text)
            text = text.replace(path, str(self.top / path.replace("/", "_")))
        self.script = self.top / "install_packages.sh"
        self.script.write_text(text)
        shutil.copy(TOOLS / "make_policy.sh", self.top)

    def program(self, name: str, text: str):
        path = self.top / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def install(self, *packages: str):
        environment = {"PATH": f"{self.top}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "de_DE.UTF-8"}
        return subprocess.run(["bash", self.script, *packages], env=environment, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL)

    def installs(self) -> list[str]:
        return [line for line in self.calls.read_text().splitlines() if " install " in line]

    def test_what_the_sources_have_is_installed(self):
        (self.top / "packages/run.txt").write_text("liburing-dev (>= 2.0) # why\ng++\n")
        done = self.install("liburing-dev", "g++")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.installs()), 1)
        self.assertIn("liburing-dev g++", self.installs()[0])

    def test_nothing_is_installed_where_the_sources_are_too_old_or_lack_something(self):
        (self.top / "packages/run.txt").write_text("liburing-dev (>= 2.3)\ng++\n")
        for packages, says in (
            (("g++", "liburing-dev"), "liburing-dev 2.1-5; 2.3 or later is needed"),
            (("g++", "no-such"), "no no-such"),
            (("virtual",), "no virtual"),
        ):
            with self.subTest(packages):
                done = self.install(*packages)
                self.assertEqual(done.returncode, 1)
                self.assertIn(says, done.stderr)
                self.assertIn("Debian 12 (bookworm), Debian 13 (trixie)", done.stderr)
                self.assertIn("Nothing was installed", done.stderr)
                self.assertEqual(self.installs(), [])


if __name__ == "__main__":
    unittest.main()
