"""One run over the ranks of mpirun, and one that is stopped and gone on with: the file is that of one process, byte by byte.

What needs mpirun is skipped where it is absent, or where Sojourn was built without MPI (tools/packages install mpi)."""

import hashlib
import json
import os
import random
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
PATIENCE = 240.0


def large(customers=300000, replications=2, plans="mend-what-counts", threads=1):
    """Customers who do not act on one another."""
    return ("compare", "coffee.toml", "--plans", plans, "--customers", customers, "--replications", replications, "--threads", threads)


def coupled(customers=1500, replications=5):
    """And such who do."""
    return ("compare", "closed-loop.toml", "--customers", customers, "--replications", replications, "--threads", 1)


class Giant(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        for name in ("coffee.toml", "closed-loop.toml"):
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


@unittest.skipIf(shutil.which("mpirun") is None or not (SOJOURN.parent / "sojourn-mpi.so").exists(),
                 "no mpirun, or built without MPI: tools/packages install mpi")
class OverRanks(Giant):
    def test_ranks_write_the_file_of_one_process(self):
        for command in (large(), coupled()):
            self.ends(self.start(*command, "-o", "alone.h5"))
            for count in (1, 2, 3):
                out, error = self.ends(self.ranks(count, *command, "-o", "ranks.h5", "--json"))
                self.assertEqual(self.bytes_of("ranks.h5"), self.bytes_of("alone.h5"), f"{command[1]} on {count} ranks")
                self.assertEqual(json.loads(out)["replications"], command[command.index("--replications") + 1])
                self.assertEqual(error.count("Results: ranks.h5"), 1, error)
                (self.folder / "ranks.h5").unlink()
            # Such a comparison can fail.
            self.ends(self.ranks(2, *command, "-o", "ranks.h5", "--seed", "5", "--quiet"))
            self.assertNotEqual(self.bytes_of("ranks.h5"), self.bytes_of("alone.h5"))

    def test_one_replication_of_coupled_customers_is_the_work_of_one_rank(self):
        command = ("run", "closed-loop.toml", "--customers", "1500", "--replications", "1")
        self.ends(self.start(*command, "-o", "alone.h5"))
        _, error = self.ends(self.ranks(3, *command, "-o", "ranks.h5"))
        self.assertEqual(error.count("2 of 3 ranks have none"), 1, error)
        self.assertEqual(self.bytes_of("ranks.h5"), self.bytes_of("alone.h5"))

    def test_a_killed_rank_leaves_no_half_file_and_the_checkpoint_goes_on(self):
        command = (*large(1500000), "-o", "ranks.h5", "--checkpoint", "kept")
        self.ends(self.start(*command[:-2]))
        whole = self.bytes_of("ranks.h5")
        for victim in (1, 0, 2):
            (self.folder / "ranks.h5").write_bytes(whole[:0])
            before = self.bytes_of("kept") if (self.folder / "kept").exists() else b""
            process = self.ranks(3, *command)
            self.wait_for(lambda: (self.folder / "kept").exists() and self.bytes_of("kept") != before, process)
            self.assertIsNone(process.poll(), "it ended before it could be killed")
            ranks = subprocess.run(["pgrep", "-P", str(process.pid), "-x", SOJOURN.name], capture_output=True, text=True, check=True).stdout.split()
            self.assertEqual(len(ranks), 3)
            os.kill(int(ranks[victim]), signal.SIGKILL)
            process.communicate(timeout=PATIENCE)
            self.assertNotEqual(process.returncode, 0)
            self.assertEqual(self.bytes_of("ranks.h5"), b"")
            self.assertGreater(len(self.bytes_of("kept")), len(before))
        # Another number of ranks goes on, also one process.
        process = self.ranks(2, *command)
        before = self.bytes_of("kept")
        self.wait_for(lambda: not (self.folder / "kept").exists() or self.bytes_of("kept") != before, process)
        process.send_signal(signal.SIGUSR1)
        _, error = process.communicate(timeout=PATIENCE)
        self.assertIn(process.returncode, (0, 75), error)
        if process.returncode == 75:
            self.assertEqual(error.count("the same command goes on"), 1, error)
            _, error = self.ends(self.start(*command))
            self.assertIn("parts are in kept", error)
        self.assertEqual(self.bytes_of("ranks.h5"), whole)
        self.assertFalse((self.folder / "kept").exists())

    def test_a_mistake_is_told_once(self):
        (self.folder / "thesis.h5").write_bytes(b"my thesis\n")
        for arguments, words in ((("run", "coffee.toml", "--plan", "none"), "there is no plan"),
                                 (("run", "coffee.toml", "-o", "thesis.h5"), "exists and was not written by Sojourn"),
                                 (("run", "coffee.toml", "--precision", "nps=1"), "which ranks do not share"),
                                 (("compare", "coffee.toml", "--try", "persona.commuter.share=0.5"), "ranks share the plans of one scenario"),
                                 (("check", "coffee.toml"), "sojourn check is the work of one process, and 3 were started")):
            _, error = self.ends(self.ranks(3, *arguments), 2)
            self.assertEqual(error.count(words), 1, error)
            self.assertEqual(error.count("error: "), 1, error)
        self.assertEqual(self.bytes_of("thesis.h5"), b"my thesis\n")
        out, _ = self.ends(self.ranks(3, "run", "coffee.toml", "--dry-run"))
        self.assertEqual(out.count("Core hours"), 1)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["closed-loop.toml", "coffee.toml", "thesis.h5"])


class Strangers(Giant):
    def test_processes_that_know_nothing_of_one_another_are_refused(self):
        for rank, size in (("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"), ("PMI_RANK", "PMI_SIZE")):
            for command in ("run", "compare"):
                _, error = self.ends(self.start(command, "coffee.toml", **{rank: "0", size: "3"}), 2)
                self.assertIn("3 processes were started that know nothing of one another", error)
                self.assertEqual(self.ends(self.start(command, "coffee.toml", **{rank: "2", size: "3"}), 2), ("", ""))
        self.assertEqual(list(self.folder.glob("*.h5")), [])
        self.ends(self.start("run", "coffee.toml", "--customers", "100", SLURM_PROCID="0", SLURM_STEP_NUM_TASKS="1"))


class Checkpoint(Giant):
    def test_twenty_kills_lose_nothing(self):
        chance = random.Random(14)
        command = (*large(900000), "--no-progress")
        self.ends(self.start(*command, "-o", "straight.h5"))
        kept = self.folder / "kept"
        sizes = [0]
        for kill in range(20):
            before = kept.stat().st_mtime_ns if kept.exists() else None
            process = self.start(*command, "-o", "out.h5", "--checkpoint", "kept")
            if kill % 2 == 0:
                self.wait_for(lambda: kept.exists() and kept.stat().st_mtime_ns != before, process)
                time.sleep(chance.uniform(0.0, 0.05))
            else:
                time.sleep(chance.uniform(0.02, 0.3))
            process.kill()
            process.communicate()
            if (self.folder / "out.h5").exists():
                break
            sizes.append(kept.stat().st_size if kept.exists() else 0)
        self.assertGreater(len(set(sizes)), 4, sizes)
        self.assertEqual(sizes, sorted(sizes))  # nothing kept is lost
        self.assertFalse((self.folder / "out.h5").exists(), "the run is too short for this test")
        _, error = self.ends(self.start(*command, "-o", "out.h5", "--checkpoint", "kept"))
        self.assertIn("parts are in kept", error)
        self.assertEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))
        self.assertFalse(kept.exists())

    def stopped(self, *command, by=signal.SIGTERM):
        """Runs until something is kept, and stops; what it said."""
        process = self.start(*command)
        kept = self.folder / "kept"
        self.wait_for(kept.exists, process)
        process.send_signal(by)
        _, error = self.ends(process, 75)
        self.assertIn("told to stop", error)
        self.assertIn("are kept in kept: the same command goes on", error)
        return error

    def test_a_stop_keeps_what_is_finished(self):
        command = (*large(), "-o", "out.h5", "--checkpoint", "kept")
        self.ends(self.start(*large(), "-o", "straight.h5"))
        for by in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
            self.stopped(*command, by=by)
            self.assertFalse((self.folder / "out.h5").exists())
            self.ends(self.start(*large(threads=2), *command[-4:]))
            self.assertEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))
            self.assertFalse((self.folder / "kept").exists())
            (self.folder / "out.h5").unlink()
        # Whole replications where customers act on one another.
        command = coupled(4000, 24)
        self.ends(self.start(*command, "-o", "straight.h5"))
        self.assertIn("of 24 parts", self.stopped(*command, "-o", "out.h5", "--checkpoint", "kept"))
        self.ends(self.start(*command, "-o", "out.h5", "--checkpoint", "kept"))
        self.assertEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))

    def test_another_run_is_refused_by_name(self):
        command = (*large(), "-o", "out.h5", "--checkpoint", "kept")
        self.stopped(*command)
        kept = self.bytes_of("kept")
        changed = {"another scenario": (*large(), "--set", "touchpoint.drink.quality.mean=0.4"),
                   "seed 42, and this has seed 7": (*large(), "--seed", 7), "300000 customers, and this has 300001": large(300001),
                   "2 replications, and this has 3": large(replications=3), "these are baseline, mend-the-weakest": large(plans="mend-the-weakest")}
        for words, other in changed.items():
            _, error = self.ends(self.start(*other, *command[-4:]), 2)
            self.assertIn("the checkpoint kept is of another run", error)
            self.assertIn(words, error)
        self.rewritten(lambda head, parts: head.replace(b'"version":"', b'"version":"9.'))
        self.assertIn("by Sojourn 9.0", self.ends(self.start(*command), 2)[1])
        for spoilt in (kept[:-1], kept[:len(kept) // 2], kept.replace(b'"seed":42', b'"seed":43'), kept[:2000] + bytes([kept[2000] ^ 1]) + kept[2001:]):
            (self.folder / "kept").write_bytes(spoilt)
            _, error = self.ends(self.start(*command), 2)
            self.assertIn("the checkpoint kept is damaged", error)
            self.assertEqual(self.bytes_of("kept"), spoilt)
        for thesis in (b"my thesis\n", self.bytes_of("coffee.toml")):
            (self.folder / "kept").write_bytes(thesis)
            _, error = self.ends(self.start(*command, "--force"), 2)
            self.assertIn("--checkpoint kept: this file exists and is no checkpoint", error)
            self.assertEqual(self.bytes_of("kept"), thesis)
        for more, words in ((("--precision", "nps=1"), "--precision and --checkpoint do not go together"),
                            (("-o", "./new"), "the results go to that file"), (("--uncertain",), "--checkpoint does not go with --uncertain"),
                            (("--try", "persona.commuter.share=0.5"), "--checkpoint does not go with --try")):
            self.assertIn(words, self.ends(self.start("compare", "coffee.toml", "--checkpoint", "new", *more), 2)[1])
        self.assertEqual([path.name for path in self.folder.glob("*") if path.name in ("new", "kept.h5", "out.h5")], [])

    def rewritten(self, change):
        """The checkpoint with another head or other parts, and the digest that fits."""
        everything = self.bytes_of("kept")[:-64]
        first, head, parts = everything.split(b"\n", 2)
        changed = change(first + b"\n" + head + b"\n", parts)
        everything = changed + parts if changed[-1:] == b"\n" else changed
        (self.folder / "kept").write_bytes(everything + hashlib.sha256(everything).hexdigest().encode())

    def test_what_is_kept_counts(self):
        """A checkpoint with another number in it gives another file, or is refused: what is found is not simulated again."""
        command = (*large(), "-o", "out.h5", "--checkpoint", "kept")
        self.ends(self.start(*large(), "-o", "straight.h5"))
        self.stopped(*command)

        def one_more(head, parts):
            # The first number of the first table that is not 0: it stands after the lengths and the places.
            at = next(k for k in range(60, len(parts)) if 16 <= parts[k] < 64)
            return head + parts[:at] + bytes([parts[at] + 2]) + parts[at + 1:]

        self.rewritten(one_more)
        process = self.start(*command)
        out, error = process.communicate(timeout=PATIENCE)
        if process.returncode == 0:
            self.assertNotEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))
        else:
            self.assertIn("damaged", error, out)


if __name__ == "__main__":
    unittest.main()
