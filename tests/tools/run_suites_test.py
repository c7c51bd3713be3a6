"""tools/run_suites.py on suites made up for the purpose: what counts as passed, and all that counts as failed."""
import json
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import run_suites  # noqa: E402


def outcome_of(shell: str, googletest: bool = False, kind: str = "e2e") -> run_suites.Outcome:
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        suite = run_suites.Suite(f"{kind}/made-up", ["sh", "-c", shell], place, googletest)
        log, report = place / "log", place / "report.json"
        code, output = run_suites.run(suite, log, report)
        return run_suites.judge(suite, code, output, report)


def googletest_report(*tests: dict) -> str:
    text = json.dumps({"testsuites": [{"testsuite": list(tests)}]})
    return f"printf '%s' '{text}' > \"${{GTEST_OUTPUT#json:}}\"; "


def ends_within(seconds: float, pid: str) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


GOOD = {"status": "RUN", "result": "COMPLETED"}
BAD = {"status": "RUN", "result": "COMPLETED", "failures": [{"failure": "no"}]}
SKIPPED = {"status": "RUN", "result": "SKIPPED"}
DISABLED = {"status": "NOTRUN", "result": "SUPPRESSED"}


class Tally(unittest.TestCase):
    # shell command, is it GoogleTest, passed, failed, why
    TABLE = [
        ("echo '12 passed in 3.4s'", False, 12, 0, "pytest, all well"),
        ("echo '==== 1 failed, 12 passed, 2 errors in 3.4s ===='; exit 1", False, 12, 3, "errors are failures"),
        ("echo '3 passed, 0 failed'; echo bye", False, 3, 0, "the closing line need not be the very last"),
        ("echo '3 passed, 1 skipped in 1s'", False, 3, 1, "a skipped test has shown nothing"),
        ("echo '3 passed, 0 failed'; exit 1", False, 3, 1, "an exit code says there was more"),
        ("echo '3 passed, 0 failed'; kill -SEGV $$", False, 3, 1, "a crash after the closing line"),
        ("echo '0 passed, 0 failed'", False, 0, 1, "no test ran"),
        ("echo hello", False, 0, 1, "no closing line"),
        ("exit 0", False, 0, 1, "nothing at all"),
        (googletest_report(GOOD, GOOD), True, 2, 0, "GoogleTest, all well"),
        (googletest_report(GOOD, BAD) + "exit 1", True, 1, 1, "GoogleTest, one failed"),
        (googletest_report(GOOD, SKIPPED, DISABLED), True, 1, 2, "GoogleTest, skipped and disabled"),
        (googletest_report(GOOD) + "exit 1", True, 1, 1, "GoogleTest, a sanitizer's word at the exit"),
        (googletest_report(), True, 0, 1, "GoogleTest without a test"),
        ("echo '[       OK ] A.b (0 ms)'; kill -ABRT $$", True, 1, 1, "GoogleTest that died: no report"),
    ]

    def test_every_ending_is_counted(self):
        for shell, googletest, passed, failed, why in self.TABLE:
            with self.subTest(why):
                outcome = outcome_of(shell, googletest)
                self.assertEqual((outcome.passed, outcome.failed), (passed, failed))

    def test_every_failed_test_is_named_however_much_the_last_one_prints(self):
        output = "\n".join(["FAILED a.py::test_one - " + "x" * 1000, "[  FAILED  ] A.two"] + ["a report"] * 500 + ["2 failed"])
        shown = run_suites.excerpt(output)
        self.assertTrue(shown[0].startswith("FAILED a.py::test_one"))
        self.assertEqual(shown[1], "[  FAILED  ] A.two")
        self.assertEqual(shown[-1], "2 failed")
        self.assertTrue(all(len(line) < 200 for line in shown) and len(shown) < 100)

    def test_a_program_that_was_not_built_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            suite = run_suites.Suite("unit/gone", [f"{folder}/gone"], place, True)
            code, output = run_suites.run(suite, place / "log", place / "report.json")
            self.assertEqual(run_suites.judge(suite, code, output, place / "report.json").failed, 1)

    def test_a_suite_that_hangs_is_ended_with_its_children(self):
        run_suites.TIME_LIMIT_S["hanging"] = 0.5
        with tempfile.TemporaryDirectory() as folder:
            pid_file = pathlib.Path(folder) / "pid"
            outcome = outcome_of(f"sleep 1000 & echo $! > {pid_file}; wait", kind="hanging")
            self.assertEqual((outcome.passed, outcome.failed), (0, 1))
            self.assertTrue(ends_within(5, pid_file.read_text().strip()))

    def test_a_report_of_an_earlier_run_is_not_taken_for_this_one(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            report = place / "report.json"
            report.write_text(json.dumps({"testsuites": [{"testsuite": [GOOD]}]}))
            suite = run_suites.Suite("unit/dies", ["sh", "-c", "kill -SEGV $$"], place, True)
            code, output = run_suites.run(suite, place / "log", report)
            self.assertEqual(run_suites.judge(suite, code, output, report).passed, 0)



if __name__ == "__main__":
    unittest.main()
