"""The tree that `cmake --install` makes, and the program in it."""
import os
import pathlib
import stat
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
# Python leaves such folders in a checkout that services are run from.
LITTER = ROOT / "contenders/django/benchmark/__pycache__"


def tracked(*folders: str) -> dict[str, bool]:
    """Files of the checkout, and whether they are programs."""
    listing = subprocess.run(["git", "-C", ROOT, "-c", "safe.directory=*", "ls-files", "-s", *folders], check=True,
                             stdout=subprocess.PIPE, text=True)
    lines = [line.split("\t") for line in listing.stdout.splitlines()]
    return {name: mode.startswith("100755") for mode, name in lines}


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.prefix = pathlib.Path(folder.name) / "prefix"
        cls.elsewhere = pathlib.Path(folder.name) / "elsewhere"
        cls.elsewhere.mkdir()
        made = not LITTER.exists()
        LITTER.mkdir(exist_ok=True)
        (LITTER / "joust-test.pyc").touch()
        try:
            subprocess.run(["cmake", "--install", ROOT / "build/release", "--prefix", cls.prefix], check=True, umask=0o077,
                           stdout=subprocess.DEVNULL)
        finally:
            (LITTER / "joust-test.pyc").unlink()
            if made:
                LITTER.rmdir()
        cls.share = cls.prefix / "share/joust"

    def joust(self, *arguments: str):
        return subprocess.run([self.prefix / "bin/joust", *arguments], cwd=self.elsewhere, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL)

    def test_what_a_run_needs_is_there_with_its_programs_and_nothing_that_was_generated(self):
        wanted = tracked("benchmarks", "workloads", "contenders")
        found = {str(path.relative_to(self.share)): os.access(path, os.X_OK)
                 for folder in ("benchmarks", "workloads", "contenders")
                 for path in (self.share / folder).rglob("*") if path.is_file()}
        self.assertIn(True, wanted.values())
        self.assertEqual({name: found.get(name) for name in wanted}, wanted)
        self.assertEqual([name for name in found if "__pycache__" in name or name.endswith(".pyc")], [])

    def test_everybody_can_read_it_whatever_the_umask_and_only_its_owner_write(self):
        modes = {stat.S_IMODE(path.stat().st_mode) for path in [self.share, *self.share.rglob("*")]}
        self.assertEqual(modes, {0o755, 0o644})

    def test_licence_and_documents_are_there_and_readme_s_links_lead_to_them(self):
        documents = self.prefix / "share/doc/joust"
        self.assertEqual((documents / "copyright").read_text(), (ROOT / "LICENSE").read_text())
        self.assertEqual((self.share / "LICENSE").read_text(), (ROOT / "LICENSE").read_text())
        for name in ("README.md", "CHANGELOG.md", "docs/load.md", "docs/results.md", "docs/examples"):
            self.assertTrue((documents / name).exists(), name)

    def test_the_program_finds_it_from_anywhere(self):
        done = self.joust("list")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for name in ("io-intensive", "django", "fastapi"):
            self.assertIn(f"  {name} ", done.stdout)

    def test_a_run_can_be_planned_and_leaves_nothing(self):
        before = sorted(self.prefix.rglob("*"))
        done = self.joust("run", "io-intensive", "--profile", "smoke", "--plan")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("trials", done.stderr)
        self.assertEqual(list(self.elsewhere.iterdir()), [])
        self.assertEqual(sorted(self.prefix.rglob("*")), before)

    def test_it_says_the_commit_that_it_was_made_of(self):
        head = subprocess.run(["git", "-C", ROOT, "-c", "safe.directory=*", "rev-parse", "HEAD"], stdout=subprocess.PIPE, text=True).stdout.strip()
        self.assertTrue(head, "the checkout has a commit")
        self.assertEqual((self.share / "commit").read_text().split()[0], head)

    def test_without_what_belongs_to_it_the_program_says_where_it_looked(self):
        alone = self.elsewhere.parent / "alone/bin/joust"
        alone.parent.mkdir(parents=True)
        alone.write_bytes((self.prefix / "bin/joust").read_bytes())
        alone.chmod(0o755)
        done = subprocess.run([alone, "list"], cwd=self.elsewhere, text=True, capture_output=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn(str(alone.parents[1] / "share/joust"), done.stderr)
        self.assertIn("cmake --install", done.stderr)


if __name__ == "__main__":
    unittest.main()
