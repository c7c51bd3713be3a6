"""Two versions of Joust in one paired run of bench/loadgen/compare.py: who runs, how, and what is made of the rounds."""
import contextlib
import importlib.util
import io
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/loadgen"))
from generators import generators  # noqa: E402

# By its path: another program has the same name.
SPECIFICATION = importlib.util.spec_from_file_location("loadgen_compare", ROOT / "bench/loadgen/compare.py")
compare = importlib.util.module_from_spec(SPECIFICATION)
sys.modules[SPECIFICATION.name] = compare
SPECIFICATION.loader.exec_module(compare)

URL = "http://127.0.0.1:1/"


def by_name(before=None):
    return {one.name: one for one in generators(URL, 64, 3, None, before)}


class AnotherVersion(unittest.TestCase):
    def test_is_not_there_unless_it_is_asked_for(self):
        self.assertNotIn("before, io_uring", by_name())

    def test_gets_the_same_arguments_as_this_one(self):
        all_of_them = by_name(pathlib.Path("/old/joust"))
        for now, before in compare.VERSIONS:
            self.assertEqual(all_of_them[before].command[0], "/old/joust")
            self.assertEqual(all_of_them[before].command[1:], all_of_them[now].command[1:])
            self.assertIs(type(all_of_them[before].count("{\"requests\": {\"succeeded\": 7}}")), int)

    def test_runs_beside_this_one_when_only_some_are_asked_for(self):
        chosen = [name for name in by_name(pathlib.Path("/old/joust")) if compare.is_chosen(name, ["wrk"])]
        self.assertEqual(chosen, ["joust, io_uring", "before, io_uring", "wrk"])
        chosen = [name for name in by_name(pathlib.Path("/old/joust")) if compare.is_chosen(name, ["joust, epoll"])]
        self.assertEqual(chosen, ["joust, io_uring", "joust, epoll", "before, io_uring", "before, epoll"])
        self.assertTrue(compare.is_chosen("hey", []))

    def test_that_cannot_be_run_is_refused_before_anything_starts(self):
        for wrong in ("/no/such/joust", __file__):
            errors = io.StringIO()
            with contextlib.redirect_stderr(errors), self.assertRaises(SystemExit) as ended:
                compare.parsed(["--before", wrong])
            self.assertEqual(ended.exception.code, 2)
            self.assertIn(wrong, errors.getvalue())
        self.assertEqual(compare.parsed(["--before", sys.executable]).before, pathlib.Path(sys.executable))


class WhatThisVersionCosts(unittest.TestCase):
    @staticmethod
    def rounds(*costs):
        return [{"cpu_us": cost} for cost in costs]

    def test_is_compared_round_by_round(self):
        # The machine became three times as slow on the way: only pairs of a round tell the versions apart.
        lines = compare.version_lines({"joust, io_uring": self.rounds(1.1, 2.2, 3.3),
                                       "before, io_uring": self.rounds(1.0, 2.0, 3.0)})
        self.assertEqual(lines, ["joust, io_uring / before, io_uring: CPU per request 1.100 [1.100, 1.100] in 3 rounds"])

    def test_is_said_of_each_way_of_input_and_output_that_both_ran(self):
        both = self.rounds(1.0)
        self.assertEqual(compare.version_lines({"joust, io_uring": both, "joust, epoll": both}), [])
        self.assertEqual(len(compare.version_lines({"joust, epoll": both, "before, epoll": both,
                                                    "joust, io_uring": both})), 1)


if __name__ == "__main__":
    unittest.main()
