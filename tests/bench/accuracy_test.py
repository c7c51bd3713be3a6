"""What bench/accuracy reads out of other generators' output, on what they really printed (samples/)."""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/accuracy"))
import compare  # noqa: E402


def sample(name):
    return (pathlib.Path(__file__).parent / "samples" / name).read_text()


class Readings(unittest.TestCase):
    """Against what the same tool says elsewhere in its output, where it does."""

    def agree(self, found, said, within):
        """`said`: {index in QUANTILES: ms}."""
        self.assertEqual(len(found), len(compare.QUANTILES))
        self.assertEqual(list(found), sorted(found))
        for index, value in said.items():
            self.assertAlmostEqual(found[index], value, delta=within, msg=f"quantile {compare.QUANTILES[index]}")

    def test_ab(self):
        table = {share: float(ms) for share, ms in re.findall(r"^ +(\d+)% +(\d+)", sample("ab.txt"), re.M)}
        said = {0: table["50"], 1: table["90"], 2: table["95"], 3: table["99"], 5: table["100"]}
        self.agree(compare.percentiles_of_ab(sample("ab.tsv")), said, 0)

    def test_oha(self):
        found = compare.percentiles_of_oha(sample("oha.json"))
        self.agree(found, {0: 10.392, 2: 19.786, 3: 21.760, 5: 21.770}, 0.001)  # "latency_ms" of the same file

    def test_oha_without_an_answer(self):
        nothing = re.sub(r'("p[\d.]+": )[\d.]+', r"\1null", sample("oha.json"))
        with self.assertRaises(ValueError):
            compare.percentiles_of_oha(nothing)

    def test_wrk(self):
        said = {0: 11.98, 1: 17.72, 3: 21.33, 5: 21.67}  # "Latency Distribution" and "Max"
        self.agree(compare.percentiles_of_wrk(sample("wrk.txt")), said, 0.01)
        with self.assertRaises(ValueError):
            compare.percentiles_of_wrk("Requests/sec: 0.00\n")

    def test_k6(self):
        said = {0: 0.39487, 1: 0.77838, 2: 1.05, 3: 2.91, 4: 7.97, 5: 14.48}  # the line http_req_duration of its summary
        self.agree(compare.percentiles_of_k6(sample("k6.json")), said, 0.01)

    def test_vegeta(self):
        # As `vegeta report` gave them; it interpolates, 99 % is the last but one of twenty or the last.
        self.agree(compare.percentiles_of_vegeta(sample("vegeta.csv")), {0: 12.083, 1: 15.648, 2: 16.082, 5: 16.216}, 0.4)

    def test_hey(self):
        times = [1000 * float(line.split(",")[0]) for line in sample("hey.csv").splitlines()[1:]]
        self.agree(compare.percentiles_of_hey(sample("hey.csv")), {0: sorted(times)[9], 5: max(times)}, 1e-9)


class Truths(unittest.TestCase):
    def test_a_tail_scales_with_the_stall_that_makes_it(self):
        self.assertEqual(compare.truth("one_stall", 1), compare.TRUTHS["one_stall"])
        self.assertEqual(compare.truth("one_stall", 0.1)[5], 110)
        self.assertEqual(compare.truth("service_time_ramps", 0.1), compare.TRUTHS["service_time_ramps"])
        self.assertEqual(compare.truth("limit_binding", 0.1)[0], 3000)

    def test_percentiles_are_by_rank(self):
        self.assertEqual(compare.exact(range(1, 1001)), (500, 900, 950, 990, 999, 1000))
        self.assertEqual(compare.exact([7]), (7,) * 6)

    def test_only_what_misses_by_over_2_per_cent_and_1_ms_is_marked(self):
        self.assertNotIn("✗", compare.row("", [103, 97], [100, 100]))
        self.assertEqual(compare.row("", [103.1, 96.9], [100, 100]).count("✗"), 2)


if __name__ == "__main__":
    unittest.main()
