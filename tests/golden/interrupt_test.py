"""Ctrl-C ends every command with status 130; a run keeps what was finished, and its JSON says how much. Nothing here is timed: every
command has work for hours, so that it can be interrupted on any machine, and that it ends at all is the effect of Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

SOJOURN = os.environ.get("SOJOURN", "build/sojourn")
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")) / "scenarios"


class Interrupt(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def start(self, *arguments):
        # One thread, so that more processors make no work shorter.
        return subprocess.Popen([SOJOURN, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={**os.environ, "SLURM_CPUS_PER_TASK": "1"})

    def watches(self, process):
        """Whether the program has begun to look out for Ctrl-C, which it takes from all its threads."""
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        blocked = re.search(r"^SigBlk:\s*([0-9a-f]+)$", status, re.MULTILINE)
        return blocked is None or int(blocked.group(1), 16) >> (signal.SIGINT - 1) & 1

    def stopped(self, process, after):
        """Ctrl-C so many seconds after the program has begun; the streams of what it says."""
        while process.poll() is None and not self.watches(process):
            time.sleep(0.01)
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        output, error = process.communicate()
        self.assertEqual(process.returncode, 130, error)
        return output, error

    def test_commands_that_write_at_the_end(self):
        """None of these has anything to keep: it says so and leaves no file."""
        telecom, talk = SCENARIOS / "telecom.toml", SCENARIOS / "retail-word-of-mouth.toml"
        for arguments in (
            ("trace", telecom, "-n", "100000000", "--customers", "100000000", "-o", "log.xes"),
            ("trace", telecom, "-n", "5000000", "--customers", "100000000", "--horizon", "20 years", "-o", "log.csv"),
            ("rank", telecom, "--customers", "4000000000"),
            ("optimize", telecom, "--budget", "5M", "--customers", "4000000000"),
            ("run", talk, "--customers", "2000000", "--replications", "1", "--horizon", "1000 years", "-o", "talk.h5"),
            ("map", talk, "--network", "--customers", "10000000", "--set", "word_of_mouth.network={ scale_free = { contacts = 12 } }"),
        ):
            with self.subTest(arguments[0]):
                _, error = self.stopped(self.start(*arguments), 1.5)
                self.assertIn("interrupted", error)
                self.assertEqual(list(self.folder.iterdir()), [])

    def test_collecting_many_windows(self):
        """A replication's simulation is over at once; what follows it takes long and can be stopped too."""
        process = self.start("run", SCENARIOS / "coffee.toml", "--customers", "10", "--replications", "40", "--set",
                             "scenario.window=3 minutes", "-o", "windows.h5")
        _, error = self.stopped(process, 1.0)
        kept = re.search(r"kept the (\d+) of 40 replications", error)
        self.assertEqual([file.name for file in self.folder.iterdir()], ["windows.h5"] if kept else [], error)

    def test_the_json_of_an_interrupted_run(self):
        patience = 2.0
        while True:  # until a replication was finished
            process = self.start("compare", SCENARIOS / "coffee.toml", "--customers", "1000000", "--replications", "3000", "--json", "-o",
                                 "cut.h5")
            output, error = self.stopped(process, patience)
            if output:
                break
            patience *= 2.0
        said = json.loads(output)
        self.assertIs(said["interrupted"], True)
        self.assertEqual(said["replications_asked"], 3000)
        self.assertGreater(said["replications"], 0)
        self.assertLess(said["replications"], 3000)
        self.assertIn(f"kept the {said['replications']} of 3000 replications", error)
        self.assertEqual([file.name for file in self.folder.iterdir()], ["cut.h5"])
        done = subprocess.run([SOJOURN, "run", SCENARIOS / "coffee.toml", "--customers", "100", "--replications", "2", "--json"],
                              cwd=self.folder, capture_output=True, text=True, check=True)
        self.assertIs(json.loads(done.stdout)["interrupted"], False)

    def test_no_control_variate_of_half_a_run(self):
        """The replications that were kept are not those that a twin would have."""
        process = self.start("run", SCENARIOS / "coffee.toml", "--control-variate", "--customers", "100000", "--replications", "3000")
        output, error = self.stopped(process, 3.0)
        if "kept the" in error:
            self.assertIn("No control variate: the run was interrupted.", output)
            self.assertNotIn("Variance", output)


if __name__ == "__main__":
    unittest.main()
