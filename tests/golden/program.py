"""What tests of the whole program share: a folder of their own, and the program run in it."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SOJOURN = os.environ["SOJOURN"]


class ProgramTest(unittest.TestCase):
    environment = {}  # for the program, beside what it inherits

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def sojourn(self, *words, status=0):
        """Runs the program, which must end with `status`, or may end as it likes where that is None."""
        done = subprocess.run([SOJOURN, *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
                              check=False, env={**os.environ, **self.environment})
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def json(self, command, *words):
        return json.loads(self.sojourn(command, *words, "--json", "--quiet").stdout)
