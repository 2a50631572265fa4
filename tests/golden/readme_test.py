"""Runs every command of the READMEs: each ```sh block, as one bash script, in a copy of the source tree."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(os.environ["SOJOURN_SOURCE"])
BUILD = Path(os.environ["SOJOURN_BUILD"])
READMES = ["README.md", "scenarios/README.md"]
# These install packages and build: not from within a test. What quickstart runs after its build is run in its place.
NOT_RUN = ["tools/quickstart", "tools/run-tests"]
MINUTES = 5


def blocks(text):
    """The fenced sh blocks of a Markdown text as (line of the first command, commands)."""
    fence = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, match.start(1)) + 1, match.group(1)) for match in fence.finditer(text)]


class Readme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.copy = Path(cls.folder.name) / "sojourn"
        shutil.copytree(SOURCE, cls.copy, ignore=shutil.ignore_patterns(".git", "build", "build-*", "*.h5"))
        (cls.copy / "build").symlink_to(BUILD)
        for name in NOT_RUN:
            commands = [line for line in (SOURCE / name).read_text().splitlines() if line.startswith("build/sojourn ")]
            (cls.copy / name).write_text("#!/usr/bin/env bash\nset -euo pipefail\n" + "\n".join(commands) + "\n")
        # `python3` is the one that has h5py and xarray.
        cls.programs = Path(cls.folder.name) / "programs"
        cls.programs.mkdir()
        (cls.programs / "python3").symlink_to(sys.executable)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_block(self, commands):
        """Status and output of a block; the output ends with the line and the command that failed."""
        script = "set -euo pipefail\ntrap 'echo \"failed: $BASH_COMMAND\"' ERR\n" + commands
        path = f"{self.programs}:{BUILD}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-c", script], cwd=self.copy, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60 * MINUTES, env={**os.environ, "PATH": path}, check=False)
        return done.returncode, done.stdout

    def test_every_command_runs(self):
        for name in READMES:
            found = blocks((SOURCE / name).read_text(encoding="utf-8"))
            self.assertTrue(found or name != "README.md", "README.md has no ```sh block")
            for line, commands in found:
                with self.subTest(f"{name}:{line}"):
                    status, output = self.run_block(commands)
                    self.assertEqual(status, 0, f"{name}:{line}: exit status {status}\n{commands}\n{output[-4000:]}")

    def test_a_wrong_command_is_noticed(self):
        [(line, commands)] = blocks("Text\n\n```sh\ntrue\nbuild/sojourn no-such-command\ntrue\n```\n")
        status, output = self.run_block(commands)
        self.assertEqual(line, 4)
        self.assertNotEqual(status, 0)
        self.assertIn("failed: build/sojourn no-such-command", output)

    def test_what_is_not_run_is_sound(self):
        for name in NOT_RUN + ["tools/packages", ".ci/run"]:
            with self.subTest(name):
                self.assertTrue(os.access(SOURCE / name, os.X_OK), f"{name} cannot be executed")
                subprocess.run(["bash", "-n", name], cwd=SOURCE, check=True)

    def test_local_links_exist(self):
        for name in READMES:
            text = (SOURCE / name).read_text(encoding="utf-8")
            for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", text):
                with self.subTest(f"{name}: {target}"):
                    self.assertTrue(((SOURCE / name).parent / target).exists(), f"{name} links to {target}, which is not there")


if __name__ == "__main__":
    unittest.main()
