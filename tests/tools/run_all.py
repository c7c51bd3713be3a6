"""Runs every *_test.py of a folder, else beside it, and ends with `N passed, N failed`."""
import pathlib
import sys
import unittest

folder = sys.argv[1] if len(sys.argv) > 1 else str(pathlib.Path(__file__).parent)
tests = unittest.defaultTestLoader.discover(folder, pattern="*_test.py")
result = unittest.TextTestRunner(verbosity=2).run(tests)
# A test can fail several times over, once for each of its rows.
failed = len({str(test).split(" (<subtest>)")[0].split(" [")[0] for test, _ in result.failures + result.errors})
print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
sys.exit(1 if failed else 0)
