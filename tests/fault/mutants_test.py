"""A few of the millions of mutated scenarios and command lines (many_mutants.py), and that a bad one among them is told.
Mutated results files are in results_file_test.py."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["SOJOURN_BUILD"])
SOURCE = Path(os.environ.get("SOJOURN_SOURCE", Path(__file__).parents[2]))
MANY = Path(__file__).parent / "many_mutants.py"

# Crashes at one case and throws at another, as the programs say it.
SPOILT = """\
import sys
count, first = int(sys.argv[1]), int(sys.argv[2])
for case in range(first, first + count):
    if case in (7, 1500):
        print(f"a crash at case {case}", file=sys.stderr)
        sys.exit(4)
print(f"{count:10} taken")
"""


class MutantsTest(unittest.TestCase):
    def few(self, kind, count):
        done = subprocess.run([BUILD / f"fault-mutate_{kind}", str(count)], cwd=SOURCE, capture_output=True, text=True, errors="replace", timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_scenarios_and_sweep_files(self):
        told = self.few("scenarios", 2000)
        for end in ("scenario: refused", "scenario: taken", "scenario: taken, and simulated", "sweep: refused", "sweep: taken"):
            self.assertIn(end, told)

    def test_command_lines(self):
        told = self.few("lines", 500)
        for end in ("parsing: help", "parsing: refused", "parsing: right", "check: done"):
            self.assertIn(end, told)

    def test_a_bad_case_is_told_and_the_rest_is_done(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "fault-mutate_lines"
            program.write_text(f"#!{sys.executable}\n{SPOILT}")
            program.chmod(0o755)
            command = [sys.executable, MANY, "lines", "--last", "2500", "--log", folder, "--build", folder]
            done = subprocess.run([*command, "--first", "1000"], capture_output=True, text=True)
            self.assertIn("1499 taken", done.stdout)
            self.assertIn("in 2 stretches; 1 bad", done.stdout)
            self.assertEqual(done.returncode, 1)
            self.assertIn("'case': 1500", done.stderr)
            done = subprocess.run(command, capture_output=True, text=True)  # goes on with what is missing
            self.assertIn("2498 taken", done.stdout)
            self.assertNotIn("'case': 1500", done.stderr)
            entries = [json.loads(line) for line in (Path(folder) / "lines.log").read_text().splitlines()]
            self.assertEqual(sorted(entry["first"] for entry in entries), [0, 1000, 2000])
            self.assertEqual(subprocess.run([*command, "--sum"], capture_output=True, text=True).stdout, done.stdout)


if __name__ == "__main__":
    unittest.main()
