"""A sweep over the ranks of mpirun: files are taken by whoever is ready, the bits are those of one machine, a killed rank loses no
finished point.

Skipped where mpirun is absent, or where Sojourn was built without MPI (tools/packages install mpi)."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

SOJOURN = Path(os.environ.get("SOJOURN", "build/sojourn")).resolve()
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")) / "scenarios"
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "OMPI_", "PMI"))}
PATIENCE = 120.0
FILES = 50  # three points each

SWEEP = """\
schema = 1
[sweep]
scenario = "coffee.toml"
design = { latin_hypercube = { samples = 150 } }
plans = ["baseline"]
customers = %d
replications = 2
[[vary]]
key = "touchpoint.drink.quality.mean"
from = 0.3
to = 0.8
"""


class Mpi(unittest.TestCase):
    def setUp(self):
        if shutil.which("mpirun") is None or not (SOJOURN.parent / "sojourn-mpi.so").exists():
            self.skipTest("no mpirun, or built without MPI: tools/packages install mpi")
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        shutil.copy(SCENARIOS / "coffee.toml", self.folder)

    def start(self, *arguments, ranks=3, **environment):
        # Everything stays on this machine; root is let in, as in a container.
        process = subprocess.Popen(["mpirun", "--allow-run-as-root", "--oversubscribe", "-np", str(ranks), str(SOJOURN), *arguments],
                                   cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**PLAIN, "OMPI_MCA_btl": "self,vader", "OMPI_MCA_rmaps_base_oversubscribe": "1", **environment})
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
            process.communicate()

    def ends(self, process, status):
        _, error = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, status, error)
        return error

    def alone(self, *arguments):
        done = subprocess.run([SOJOURN, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=PLAIN,
                              timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def merged(self, folder):
        self.alone("merge", folder, "-o", folder + ".h5")
        return (self.folder / (folder + ".h5")).read_bytes()

    def test_three_ranks_give_the_bits_of_one_machine(self):
        (self.folder / "s.toml").write_text(SWEEP % 200)
        said = self.ends(self.start("sweep", "s.toml", "-o", "points", "--threads", "1"), 0)
        self.assertEqual(said.count("150 points in points, 150 of them now"), 1, said)
        self.assertNotIn("shard", said)
        self.alone("sweep", "s.toml", "-o", "straight")
        self.assertEqual(self.merged("points"), self.merged("straight"))
        # Another number of ranks and threads, of which some is there already; a part of the points, as a task of an array has it.
        for name in sorted(path.name for path in self.folder.glob("points/points-*.h5"))[3:9]:
            (self.folder / "points" / name).unlink()
        said = self.ends(self.start("sweep", "s.toml", "-o", "points", "--threads", "2", ranks=2), 0)
        self.assertIn("150 points in points, 18 of them now", said)
        self.assertEqual(self.merged("points"), self.merged("straight"))
        said = self.ends(self.start("sweep", "s.toml", "-o", "parts", "--shard", "2/5", ranks=2), 0)
        self.assertIn("30 points of shard 2/5 in parts, 30 of them now", said)

    def kill_a_rank_underway(self, folder):
        """The status of mpirun where rank 1 of 3 was killed with three files to half of the files there; nothing where the sweep was faster.

        All ranks stand still while the files are counted, so that the survivors write little more before mpirun ends them."""
        process = self.start("sweep", "s.toml", "-o", folder, "--threads", "1")
        deadline = time.monotonic() + PATIENCE
        while len(list(self.folder.glob(folder + "/points-*.h5"))) < 3 and process.poll() is None:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)
        found = subprocess.run(["pgrep", "-P", str(process.pid), "-x", SOJOURN.name], capture_output=True, text=True, check=False)
        ranks = [int(rank) for rank in found.stdout.split()]
        for rank in ranks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rank, signal.SIGSTOP)
        underway = len(ranks) == 3 and len(list(self.folder.glob(folder + "/points-*.h5"))) <= FILES // 2
        for rank in ranks[1:2] if underway else ranks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rank, signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        return process.returncode if underway else None

    def test_a_killed_rank_loses_no_finished_point(self):
        # A sweep that a fast machine ends before the kill is given ten times the work.
        for attempt, customers in enumerate((8000, 80_000, 800_000)):
            (self.folder / "s.toml").write_text(SWEEP % customers)
            points = f"points{attempt}"
            if (status := self.kill_a_rank_underway(points)) is not None:
                break
        else:
            self.fail("even the longest sweep ended before its rank was killed")
        self.assertNotEqual(status, 0)
        left = json.loads(self.alone("sweep", "s.toml", "-o", points, "--dry-run", "--json"))["missing"]
        self.assertGreater(left, 0)
        self.assertLessEqual(left, 150 - 9)
        said = self.ends(self.start("sweep", "s.toml", "-o", points, "--threads", "1"), 0)
        self.assertIn(f"150 points in {points}, {left} of them now", said)
        self.alone("sweep", "s.toml", "-o", "straight")
        self.assertEqual(self.merged(points), self.merged("straight"))

    def test_a_mistake_is_told_once_and_ends_all(self):
        (self.folder / "s.toml").write_text((SWEEP % 200).replace("drink.quality", "drunk.quality"))
        said = self.ends(self.start("sweep", "s.toml", "-o", "points"), 2)
        self.assertEqual(said.count("error: "), 1, said)
        # One that only the rank knows that came upon it.
        (self.folder / "s.toml").write_text(SWEEP % 200)
        self.alone("sweep", "s.toml", "-o", "points", "--shard", "1/50")
        names = sorted(path.name for path in self.folder.glob("points/points-*.h5"))
        (self.folder / "points" / names[0]).write_bytes(b"my thesis\n")
        said = self.ends(self.start("sweep", "s.toml", "-o", "points"), 2)
        self.assertEqual(said.count("exists and was not written by Sojourn"), 1, said)
        self.assertEqual((self.folder / "points" / names[0]).read_bytes(), b"my thesis\n")


if __name__ == "__main__":
    unittest.main()
