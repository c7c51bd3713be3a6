"""start_benchmark.sh with a set-up and a program that only note how they were called."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "start_benchmark.sh"


class StartBenchmark(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        for name in ("tools", "build/release"):
            (self.top / name).mkdir(parents=True)
        shutil.copy(SCRIPT, self.top)
        (self.top / "tools/setup.sh").write_text(
            f'root={self.top}\nsay() {{ echo "$*" >&2; }}\nsetup_program() {{ echo "set up" >> {self.top}/calls; }}\n')
        (self.top / "tools/docker.sh").write_text(
            f'ensure_engine() {{ echo "engine" >> {self.top}/calls; }}\n'
            f'ensure_base() {{ echo "base" >> {self.top}/calls; export JOUST_DOCKER_BASE=debian:test; }}\n')
        self.program = self.top / "build/release/joust"
        self.program.write_text(f'#!/bin/sh\nprintf "joust" >> {self.top}/calls\n'
                                f'printf " <%s>" "$@" >> {self.top}/calls\necho >> {self.top}/calls\necho options\n')
        self.program.chmod(0o755)

    def start(self, *arguments, cwd=None):
        return subprocess.run(["bash", self.top / "start_benchmark.sh", *arguments], cwd=cwd, text=True,
                              capture_output=True)

    def calls(self):
        calls = self.top / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def test_what_it_runs(self):
        rows = [
            ([], "joust <run> <io-intensive>"),
            (["--profile", "smoke"], "joust <run> <io-intensive> <--profile> <smoke>"),
            (["io-intensive-rows"], "joust <run> <io-intensive-rows>"),
            (["my.toml", "--set", "a = \"b c\""], "joust <run> <my.toml> <--set> <a = \"b c\">"),
        ]
        for arguments, expected in rows:
            with self.subTest(arguments=arguments):
                (self.top / "calls").unlink(missing_ok=True)
                self.assertEqual(self.start(*arguments).returncode, 0)
                self.assertEqual(self.calls(), ["set up", expected])

    def test_a_file_is_looked_for_where_the_user_is(self):
        (self.top / "elsewhere").mkdir()
        (self.top / "elsewhere/my.toml").write_text("")
        self.start("my.toml", cwd=self.top / "elsewhere")
        self.assertEqual(self.calls(), ["set up", f"joust <run> <{self.top}/elsewhere/my.toml>"])

    def test_set_up_only_is_understood_wherever_it_stands(self):
        for arguments in (["--set-up-only"], ["--profile", "smoke", "--set-up-only"], ["rows", "--set-up-only"]):
            with self.subTest(arguments=arguments):
                (self.top / "calls").unlink(missing_ok=True)
                done = self.start(*arguments)
                self.assertEqual((done.returncode, self.calls()), (0, ["set up"]))

    def test_docker_is_made_ready_where_it_is_asked_for(self):
        self.program.write_text(f'#!/bin/sh\necho "joust $JOUST_DOCKER_BASE $*" >> {self.top}/calls\n')
        ready = ["set up", "engine", "base"]
        rows = [
            (["--runtime", "docker"], [*ready, "joust debian:test run io-intensive --runtime docker"]),
            (["rows", "--runtime=docker"], [*ready, "joust debian:test run rows --runtime=docker"]),
            (["--runtime", "docker", "--set-up-only"], ready),
            (["--runtime", "process"], ["set up", "joust  run io-intensive --runtime process"]),
            (["docker"], ["set up", "joust  run docker"]),
        ]
        for arguments, expected in rows:
            with self.subTest(arguments=arguments):
                (self.top / "calls").unlink(missing_ok=True)
                self.assertEqual(self.start(*arguments).returncode, 0)
                self.assertEqual(self.calls(), expected)

    def test_help_asks_the_program_that_is_there_and_sets_nothing_up(self):
        for flag in ("--help", "-h"):
            with self.subTest(flag=flag):
                (self.top / "calls").unlink(missing_ok=True)
                done = self.start("--profile", "smoke", flag)
                self.assertEqual((done.returncode, self.calls()), (0, ["joust <run> <--help>"]))
                self.assertIn("./start_benchmark.sh --set-up-only", done.stdout)
                self.assertIn("options", done.stdout)

    def test_help_without_a_program_says_how_to_get_one(self):
        self.program.unlink()
        done = self.start("--help")
        self.assertEqual((done.returncode, self.calls()), (0, []))
        self.assertIn("./start_benchmark.sh --set-up-only", done.stdout)
        self.assertIn("its options are shown here", done.stdout)


if __name__ == "__main__":
    unittest.main()
