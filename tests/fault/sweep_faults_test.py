"""A sweep under random kills, doubled tasks and a full disk: no point is lost, none stands twice, none is wrong.

SOJOURN_KILLS says how many kills there are; five where it is not set."""

import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

SOJOURN = Path(os.environ["SOJOURN"])
SOURCE = Path(os.environ.get("SOJOURN_SOURCE", Path(__file__).parents[2]))
KILLS = int(os.environ.get("SOJOURN_KILLS", "5"))
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("SLURM_")}

SWEEP = """\
schema = 1
[sweep]
scenario = "coffee.toml"
design = { sobol = { samples = 256 } }
plans = ["baseline"]
customers = 500
replications = 2
[[vary]]
key = "touchpoint.drink.quality.mean"
from = 0.3
to = 0.8
[[vary]]
key = "touchpoint.queue.effort"
from = 0.2
to = 0.7
"""


class SweepFaultsTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sojourn-sweep-faults-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(SOURCE / "scenarios" / "coffee.toml", self.folder)
        (self.folder / "s.toml").write_text(SWEEP)
        began = time.monotonic()
        self.run_whole("sweep", "s.toml", "-o", "straight")
        self.seconds = time.monotonic() - began
        self.run_whole("merge", "straight", "-o", "straight.h5")

    def run_whole(self, *command, status=0, **options):
        done = subprocess.run([SOJOURN, *command], cwd=self.folder, capture_output=True, text=True, timeout=600, env=PLAIN, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def start(self, *command):
        return subprocess.Popen([SOJOURN, *command], cwd=self.folder, env=PLAIN, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def assert_complete(self, folder):
        self.run_whole("sweep", "s.toml", "-o", folder)
        self.run_whole("merge", folder, "-o", "merged.h5")
        self.assertEqual((self.folder / "merged.h5").read_bytes(), (self.folder / "straight.h5").read_bytes())

    def test_random_kills(self):
        dice = random.Random(2026)
        finished = []
        for _ in range(KILLS):
            process = self.start("sweep", "s.toml", "-o", "points")
            time.sleep(dice.uniform(0.0, 2.5 * self.seconds / KILLS))
            process.send_signal(signal.SIGKILL)
            process.wait()
            finished.append(len(list(self.folder.glob("points/points-*.h5"))))
            # Until the last point is there, a merge says that some are missing, or that there is no sweep yet.
            if finished[-1] < 64:
                self.run_whole("merge", "points", "-o", "early.h5", status=2)
                self.assertFalse((self.folder / "early.h5").exists())
        print(f"files of points after each kill: {finished}")
        self.assertEqual(finished, sorted(finished))
        self.assert_complete("points")

    def test_doubled_tasks(self):
        """The same shard twice at the same time, and another that overlaps both."""
        processes = [self.start("sweep", "s.toml", "-o", "points", *shard)
                     for shard in (("--shard", "1/2"), ("--shard", "1/2"), (), ("--shard", "2/2"))]
        self.assertEqual([process.wait(timeout=600) for process in processes], [0, 0, 0, 0])
        self.assert_complete("points")

    def test_a_full_disk(self):
        """A limit on the size of files stands for the disk: what cannot be written is an error, and nothing half is left."""
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
        done = self.run_whole("sweep", "s.toml", "-o", "points", status=1, preexec_fn=limited)
        self.assertRegex(done.stderr, r"^sojourn: error: cannot write points/points-\S+: File too large\nhint: [0-9]+ bytes are needed")
        self.assertEqual(sorted(path.name for path in (self.folder / "points").iterdir()), ["sweep.json"])
        self.assert_complete("points")

    def test_a_damaged_file_is_made_again(self):
        shutil.copytree(self.folder / "straight", self.folder / "points")
        dice = random.Random(7)
        for path in sorted(self.folder.glob("points/points-*.h5"))[:20]:
            content = bytearray(path.read_bytes())
            at = dice.randrange(len(content) - 80)  # the last line says what it is
            content[at] ^= 1 << dice.randrange(8)
            path.write_bytes(content)
        self.run_whole("merge", "points", "-o", "early.h5", status=2)
        self.assert_complete("points")
        self.assertEqual({path.name: path.read_bytes() for path in (self.folder / "points").iterdir()},
                         {path.name: path.read_bytes() for path in (self.folder / "straight").iterdir()})


if __name__ == "__main__":
    unittest.main()
