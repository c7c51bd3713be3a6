"""How often verdicts are right, simulated through the decision that Joust ships: joust_statistics, small and with a fixed seed."""
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/bench/joust_statistics"
EXPERIMENTS = 1500


class Verdicts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.done = subprocess.run([PROGRAM, str(EXPERIMENTS), "1"], text=True, stdout=subprocess.PIPE, timeout=120)
        cls.rows = [line for line in cls.done.stdout.splitlines() if line.startswith("| ")]

    def test_are_right_as_often_as_the_method_promises(self):
        missed = "\n".join(row for row in self.rows if "missed" in row)
        self.assertEqual(self.done.returncode, 0, f"beyond four standard errors of {EXPERIMENTS} experiments:\n{missed}")

    def test_are_held_against_a_target_in_every_part_of_the_table(self):
        for item in ("| 1, 5 |", "| 2 |", "| 3, 5 |", "| 4 |", "| 7 |", "| 8 |"):
            judged = [row for row in self.rows if row.startswith(item) and " met" in row]
            self.assertTrue(judged, f"no row of {item} has a target that was looked at")


if __name__ == "__main__":
    unittest.main()
