"""What a terminal shows: the progress bar fits into a line, however wide that is."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import tempfile
import termios
import unittest
from pathlib import Path

SOJOURN = os.path.abspath(os.environ.get("SOJOURN", "build/sojourn"))
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")).resolve() / "scenarios"


class Terminal(unittest.TestCase):
    def progress(self, columns, report=False):
        """What is drawn, one after another, on a terminal of so many columns; 0: of a terminal that does not say."""
        with tempfile.TemporaryDirectory() as folder:
            command = ["run", SCENARIOS / "coffee.toml", "--customers", "2000", "-o", "a.h5"]
            if report:
                subprocess.run([SOJOURN, *command, "--quiet"], cwd=folder, check=True)
                command = ["report", "a.h5", "--xlsx", "a.xlsx"]
            ours, theirs = pty.openpty()
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            process = subprocess.Popen([SOJOURN, *command], cwd=folder,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
            os.close(theirs)
            drawn = b""
            while True:
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # the program has closed its side
                    break
                if not piece:
                    break
                drawn += piece
            os.close(ours)
            self.assertEqual(process.wait(), 0, drawn)
        return [line for line in drawn.decode().split("\r\x1b[K")[:-1] if line]

    def test_the_bar_is_as_wide_as_the_terminal(self):
        for columns, wide in ((50, 49), (80, 79), (0, 79), (110, 109), (400, None)):
            with self.subTest(columns):
                lines = self.progress(columns)
                self.assertTrue(lines)
                for line in lines:
                    self.assertRegex(line, r"^\[=* *\] +\d+ %  \d+ s left$")
                    if wide:
                        self.assertEqual(len(line), wide)
                    else:
                        self.assertEqual(line.index("]"), 101)

    def test_a_report_shows_how_far_it_is(self):
        lines = [line for line in self.progress(80, report=True) if line.startswith("[")]
        self.assertTrue(lines)
        for line in lines:
            self.assertRegex(line, r"^\[=* *\] +\d+ %  \d+ s left$")
        shares = [int(re.search(r"(\d+) %", line).group(1)) for line in lines]
        self.assertEqual(shares, sorted(shares))

    def test_a_narrow_terminal_gets_the_per_cent_alone(self):
        for columns in (1, 20, 49):
            with self.subTest(columns):
                lines = self.progress(columns)
                self.assertTrue(lines)
                for line in lines:
                    self.assertRegex(line, r"^ *\d+ %$")


if __name__ == "__main__":
    unittest.main()
