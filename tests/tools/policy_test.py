"""tools/make_policy.sh: what it prints denies while one process lives, and never for another of its number."""
import pathlib
import re
import subprocess
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
DENIED = 101


def policy_for(pid: int) -> str:
    return subprocess.run([TOOLS / "make_policy.sh", str(pid)], text=True, capture_output=True, check=True).stdout


def asked(policy: str) -> int:
    return subprocess.run(["sh", "-c", policy, "policy-rc.d", "postgresql", "start"], check=False).returncode


class Policy(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen(["sleep", "60"])
        self.addCleanup(self.end)
        self.policy = policy_for(self.process.pid)

    def end(self):
        self.process.kill()
        self.process.wait()

    def test_denies_while_the_process_lives_and_allows_afterwards(self):
        self.assertEqual(asked(self.policy), DENIED)
        self.end()
        self.assertEqual(asked(self.policy), 0)

    def test_allows_for_another_process_of_the_same_number(self):
        older = re.sub(r'"\$started" = "\d+"', '"$started" = "1"', self.policy)
        self.assertNotEqual(older, self.policy)
        self.assertEqual(asked(older), 0)

    def test_allows_after_the_system_was_started_again(self):
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        self.assertIn(boot, self.policy)
        self.assertEqual(asked(self.policy.replace(boot, "0" + boot[1:] if boot[0] != "0" else "1" + boot[1:])), 0)

    def test_is_recognised_as_ours_by_the_installation(self):
        mark = re.search(r"^mark='(.*)'$", (TOOLS / "install_packages.sh").read_text(), re.MULTILINE).group(1)
        self.assertIn(mark, self.policy.splitlines())


if __name__ == "__main__":
    unittest.main()
