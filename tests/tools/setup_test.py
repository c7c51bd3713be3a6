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
        self.assertIn("docker build -f docker/joust/Dockerfile .", done.stderr)

    def on_another_linux(self, needs: str, script: str):
        """In a system without apt-get, whose programs are those that a test puts there and a few of this one's."""
        for name in ("uname", "sed", "head", "sort", "awk", "wc"):
            (self.top / "bin" / name).symlink_to(f"/usr/bin/{name}")
        self.write("tools/packages/needs.txt", needs)
        self.write("os-release", 'PRETTY_NAME="Other Linux 7"\n')
        return self.bash(f"PATH={self.top}/bin; OS_RELEASE={self.top}/os-release; {script}")

    def test_another_linux_is_told_what_is_missing_by_what_is_needed(self):
        self.program("old-tool", "echo 'old-tool (Other 7.1) 11.4.0'")
        self.program("new-tool", "echo 'new-tool (Other 7.1) 12.2.0-3'")
        done = self.on_another_linux(
            "# why\ncommand old-tool 12 old-package\ncommand new-tool 12 new-package # why\ncommand absent-tool - absent\n"
            "header stdlib.h - libc6-dev\nheader joust/none.h - none-dev\n"
            f"file {self.top}/os-* - present\nfile {self.top}/none-* - absent-files\nmodule no_such - python3-no-such\n",
            "require_supported_system",
        )
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("This is Other Linux 7", done.stderr)
        self.assertEqual(
            [line.strip() for line in done.stderr.splitlines() if line.startswith("    ")],
            [
                "command old-tool 12 or later, not 11.4.0 (in Debian: old-package)",
                "command absent-tool (in Debian: absent)",
                "header joust/none.h (in Debian: none-dev)",
                f"file {self.top}/none-* (in Debian: absent-files)",
                "module no_such (in Debian: python3-no-such)",
            ],
        )
        for said in ("Debian 12 (bookworm), Debian 13 (trixie)", "Ubuntu 24.04", "docker build -f docker/joust/Dockerfile ."):
            self.assertIn(said, done.stderr)

    def test_another_linux_where_nothing_is_missing_is_tried_and_nothing_installed(self):
        done = self.on_another_linux("header stdlib.h - libc6-dev\n", "require_supported_system; install_packages run; echo on")
        self.assertEqual((done.returncode, done.stdout), (0, "on\n"), done.stderr)
        self.assertIn("This is Other Linux 7, on which Joust was not tried", done.stderr)

    def test_this_machine_has_what_its_packages_stand_for(self):
        done = subprocess.run(["bash", "-c", f". {SETUP}; missing_needs"], text=True, capture_output=True)
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_every_package_of_a_run_is_named_by_what_is_needed_of_it(self):
        def words(name: str, column: int):
            lines = (TOOLS / "packages" / name).read_text().splitlines()
            return {line.split()[column] for line in lines if line and not line.startswith("#")}

        self.assertEqual(words("run.txt", 0), words("needs.txt", 3))

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
