"""What tests of runs that are shared or gone on with have in common: a folder with two scenarios, and processes in it."""

import functools
import os
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

SOJOURN = Path(os.environ.get("SOJOURN", "build/sojourn")).resolve()
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")) / "scenarios"
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "OMPI_", "PMI"))}
PATIENCE = 240.0


def large(customers=300000, replications=2, plans="mend-what-counts", threads=1):
    """Customers who do not act on one another."""
    return ("compare", "coffee.toml", "--plans", plans, "--customers", customers, "--replications", replications, "--threads", threads)


def coupled(customers=1500, replications=5):
    """And such who do."""
    return ("compare", "closed-loop.toml", "--customers", customers, "--replications", replications, "--threads", 1)


def together(scenario="retail-word-of-mouth.toml", customers=6000, threads=1):
    """One replication of customers who act on one another and queue nowhere."""
    return ("compare", scenario, "--customers", customers, "--replications", 1, "--threads", threads)


class EndedFirst(Exception):
    """A run came to its end before it could be stopped or killed."""


def with_customers(*numbers):
    """Gives a test its number of customers: the first, and the next wherever a fast machine ended first what was to be stopped."""
    def decorated(test):
        @functools.wraps(test)
        def tried(self):
            for customers in numbers[:-1]:
                try:
                    return test(self, customers)
                except EndedFirst:
                    self.doCleanups()
                    self.setUp()
            return test(self, numbers[-1])
        return tried
    return decorated


class Giant(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        for name in ("coffee.toml", "closed-loop.toml"):
            shutil.copy(SCENARIOS / name, self.folder)

    def bring(self, *names):
        for name in names:
            shutil.copy(SCENARIOS / name, self.folder)

    def begin(self, command, environment):
        process = subprocess.Popen(list(map(str, command)), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env={**PLAIN, **environment})
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def start(self, *arguments, **environment):
        return self.begin([SOJOURN, *arguments], environment)

    def ranks(self, count, *arguments):
        # Everything stays on this machine; root is let in, as in a container.
        return self.begin(["mpirun", "--allow-run-as-root", "--oversubscribe", "-np", count, SOJOURN, *arguments],
                          {"OMPI_MCA_btl": "self,vader", "OMPI_MCA_rmaps_base_oversubscribe": "1"})

    def ends(self, process, status=0):
        out, error = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, status, out + error)
        return out, error

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def wait_for(self, happened, process):
        deadline = time.monotonic() + PATIENCE
        while not happened() and process.poll() is None:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)

    def catch(self, process, happened):
        """Waits for what happens while the process runs."""
        self.wait_for(happened, process)
        if process.poll() is not None:
            raise EndedFirst
