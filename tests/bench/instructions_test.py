"""The engine's instructions per request against the committed figures, and the rule that judges them."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import instructions  # noqa: E402

PROGRAM = ROOT / "build/release/bench/joust_instructions"


class InstructionsPerRequest(unittest.TestCase):
    def judge(self, model):
        counted = instructions.per_request(PROGRAM, model)
        committed = instructions.COMMITTED[model]
        self.assertLessEqual(counted, committed * 1.05, f"{counted:.0f} instead of {committed}: see {instructions.__file__}")
        # A figure far below says that something is not counted any more, or that the committed one is stale.
        self.assertGreater(counted, committed * 0.8)

    def test_of_the_closed_model_have_not_grown(self):
        self.judge("closed")

    def test_of_answers_whose_heads_change_have_not_grown(self):
        self.judge("changing")

    def test_of_the_open_model_have_not_grown(self):
        self.judge("open")

    def test_of_a_json_check_have_not_grown(self):
        self.judge("json")

    def test_of_the_same_answers_unchecked_have_not_grown(self):
        self.judge("unchecked")

    def test_five_per_cent_is_the_bound(self):
        self.assertEqual(instructions.verdict(1050, 1000), "as committed")
        self.assertEqual(instructions.verdict(1051, 1000), "grown")
        self.assertTrue(instructions.verdict(900, 1000).startswith("shrunk"))


if __name__ == "__main__":
    unittest.main()
