"""The package's scripts, with a state directory of the test's and programs that only note that they were called."""
import fcntl
import pathlib
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "cmake/debian"
AS_JOUST_MAKES_IT = "joust:x:998:998::/nonexistent:/usr/sbin/nologin"


class DebianScripts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.state = self.top / "state"
        (self.state / "runs").mkdir(parents=True)
        (self.top / "bin").mkdir()
        self.program("userdel", f'echo "userdel $*" >>{self.top}/calls')
        self.program("joust", f'echo "joust $*" >>{self.top}/calls')
        self.user(AS_JOUST_MAKES_IT)

    def program(self, name: str, text: str):
        path = self.top / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def user(self, entry: str):
        self.program("getent", f"echo '{entry}'" if entry else "exit 2")

    def run_script(self, name: str, *arguments: str):
        text = (SCRIPTS / name).read_text().replace("/var/lib/joust", str(self.state))
        environment = {"PATH": f"{self.top}/bin:/usr/bin:/bin"}
        return subprocess.run(["sh", "-c", text, name, *arguments], env=environment, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL)

    def calls(self) -> str:
        path = self.top / "calls"
        return path.read_text() if path.exists() else ""

    def test_purge_removes_state_and_user_and_says_what_stays(self):
        (self.state / "runs/20260101T000000Z-1.lock").touch()
        done = self.run_script("postrm", "purge")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse(self.state.exists())
        self.assertEqual(self.calls(), "userdel joust\n")
        self.assertIn("results of runs", done.stdout)

    def test_purge_again_finds_nothing_and_is_content(self):
        self.run_script("postrm", "purge")
        self.user("")
        done = self.run_script("postrm", "purge")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.calls(), "userdel joust\n")

    def test_nothing_but_purge_removes_anything(self):
        for argument in ("remove", "upgrade", "abort-install", "disappear"):
            with self.subTest(argument):
                self.assertEqual(self.run_script("postrm", argument).returncode, 0)
                self.assertTrue(self.state.exists())
                self.assertEqual(self.calls(), "")

    def test_purge_waits_for_another_time_while_a_run_is_alive(self):
        lock = self.state / "runs/20260101T000000Z-1.lock"
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            done = self.run_script("postrm", "purge")
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(lock), done.stderr)
        self.assertTrue(lock.exists())
        self.assertEqual(self.calls(), "")

    def test_a_link_in_the_place_of_the_state_stays_with_what_it_leads_to(self):
        elsewhere = self.state.rename(self.top / "elsewhere")
        self.state.symlink_to(elsewhere)
        done = self.run_script("postrm", "purge")
        self.assertEqual(done.returncode, 0)
        self.assertIn("symbolic link", done.stderr)
        self.assertTrue((elsewhere / "runs").exists() and self.state.is_symlink())

    def test_a_user_that_somebody_else_made_stays(self):
        for entry in ("joust:x:1000:1000::/nonexistent:/usr/sbin/nologin", "joust:x:998:998::/home/user:/bin/bash"):
            with self.subTest(entry):
                self.user(entry)
                done = self.run_script("postrm", "purge")
                self.assertEqual(done.returncode, 0)
                self.assertIn("The user joust", done.stderr)
                self.assertEqual(self.calls(), "")

    def test_the_program_cleans_before_it_is_removed_but_not_before_an_upgrade(self):
        self.run_script("prerm", "upgrade", "2.0")
        self.assertEqual(self.calls(), "")
        self.assertEqual(self.run_script("prerm", "remove").returncode, 0)
        self.assertEqual(self.calls(), "joust clean\n")

    def test_what_cannot_be_cleaned_does_not_keep_the_package(self):
        self.program("joust", "echo why >&2; exit 1")
        done = self.run_script("prerm", "remove")
        self.assertEqual(done.returncode, 0)
        self.assertIn("why", done.stderr)


if __name__ == "__main__":
    unittest.main()
