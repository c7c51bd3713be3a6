"""What the proof costs in a window, by slices with and without it: joust_proof_cost, on a real service and on pairs that are known."""
import math
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/bench/joust_proof_cost"
RATIO = re.compile(r"CPU per operation of the (\w+): (\d+) us, with ÷ without ([\d.]+) \[([\d.]+), ([\d.]+)\]; (\d+) pairs, .*: (.+)")


def called(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=600)


def ratios(text):
    """{party: (CPU in µs, ratio, low, high, pairs, verdict)}"""
    return {party: (int(cpu), float(ratio), float(low), float(high), int(pairs), verdict)
            for party, cpu, ratio, low, high, pairs, verdict in RATIO.findall(text)}


class KnownPairs(unittest.TestCase):
    """Pairs are made up, and the program only judges them."""

    def judged(self, cost, scatter, count=400):
        draw = random.Random(1)
        lines = ["io-intensive fastapi 80/s, slices of 0.5 s, as in windows of 6 s, all"]
        for _ in range(count):
            # What the slices of a pair have in common is larger than anything that is looked for.
            contender, database = (draw.lognormvariate(math.log(mean), 0.2) for mean in (5000, 1500))
            with_contender, with_database = (cpu * (1 + cost) * draw.lognormvariate(0, scatter) for cpu in (contender, database))
            lines.append(f"{with_contender:.3f} {contender:.3f} {with_database:.3f} {database:.3f}")
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            done = called("fastapi", "--rate", 80, "--for", 0, "--pairs", file.name)
        self.assertEqual(done.returncode, 0, done.stderr)
        return ratios(done.stdout)

    def test_a_cost_of_two_per_cent_is_found_in_both_parties(self):
        found = self.judged(0.02, 0.03)
        self.assertEqual(set(found), {"contender", "database"})
        for _, ratio, low, high, pairs, verdict in found.values():
            self.assertAlmostEqual(ratio, 1.02, delta=0.005)
            self.assertTrue(1.01 < low < ratio < high < 1.03)
            self.assertEqual((pairs, verdict), (400, "missed"))

    def test_a_cost_of_a_third_of_the_bound_meets_it(self):
        self.assertEqual({one[-1] for one in self.judged(0.003, 0.03).values()}, {"met"})

    def test_what_scatters_too_much_is_not_decided(self):
        self.assertEqual({one[-1] for one in self.judged(0.003, 0.3, count=100).values()}, {"not decided"})

    def test_pairs_of_something_else_are_not_mixed_in(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("io-intensive django 80/s, slices of 0.5 s, as in windows of 6 s, all\n1 1 1 1\n")
            file.flush()
            done = called("fastapi", "--rate", 80, "--for", 0, "--pairs", file.name)
        self.assertEqual(done.returncode, 1)
        self.assertIn("io-intensive django", done.stderr)

    def test_an_observer_that_there_is_not_is_refused(self):
        done = called("fastapi", "--for", 0, "--observers", "files,minds")
        self.assertEqual(done.returncode, 1)
        self.assertIn("minds", done.stderr)


class RealService(unittest.TestCase):
    def test_has_both_ratios_and_the_observers_were_at_work(self):
        done = called("fastapi", "--rate", 40, "--for", 10, "--warm-up", 2)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = ratios(done.stdout)
        self.assertEqual(set(found), {"contender", "database"}, done.stdout)
        for cpu, ratio, low, high, pairs, _ in found.values():
            self.assertGreater(cpu, 100)
            self.assertTrue(low < ratio < high and 0.5 < ratio < 2, done.stdout)
            self.assertGreaterEqual(pairs, 4)
        doses = re.search(r"watched for (\d+) % of the time, \d+ requests; per second ([\d.]+) samples of sessions, "
                          r"([\d.]+) looks at the catalog, ([\d.]+) at the connections", done.stdout)
        self.assertTrue(doses, done.stdout)
        watched, samples, catalog, traffic = map(float, doses.groups())
        # A window of 6 s has twelve samples, two looks at the catalog and four at the connections.
        self.assertGreater(watched, 5, done.stdout)
        self.assertTrue(0.5 < samples < 4, done.stdout)
        self.assertTrue(catalog < 2 and traffic < 3, done.stdout)


if __name__ == "__main__":
    unittest.main()
