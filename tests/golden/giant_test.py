"""One run over the ranks of mpirun: the file is that of one process, byte by byte, and a killed rank leaves no half of it.

What needs mpirun is skipped where it is absent, or where Sojourn was built without MPI (tools/packages install mpi)."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import unittest

from giant import PATIENCE, SOJOURN, EndedFirst, Giant, coupled, large, together, with_customers


@unittest.skipIf(shutil.which("mpirun") is None or not (SOJOURN.parent / "sojourn-mpi.so").exists(),
                 "no mpirun, or built without MPI: tools/packages install mpi")
class OverRanks(Giant):
    def test_ranks_write_the_file_of_one_process(self):
        for command in (large(120000), coupled()):
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

    def test_ranks_live_one_replication_together(self):
        # Talk and reviews; accounts and gates; rules.
        self.bring("retail-word-of-mouth.toml", "b2b-software.toml", "bank-silos.toml")
        for scenario in ("retail-word-of-mouth.toml", "b2b-software.toml", "bank-silos.toml"):
            self.ends(self.start(*together(scenario), "-o", "alone.h5"))
            for count in (2, 3) if scenario.startswith("retail") else (3,):
                _, error = self.ends(self.ranks(count, *together(scenario, threads=count - 1), "-o", "ranks.h5"))
                self.assertEqual(error.count(f"{count} ranks live each replication together"), 1, error)
                self.assertEqual(self.bytes_of("ranks.h5"), self.bytes_of("alone.h5"), f"{scenario} on {count} ranks")
                (self.folder / "ranks.h5").unlink()

    def test_one_replication_with_a_queue_is_the_work_of_one_rank(self):
        command = ("run", "closed-loop.toml", "--customers", "1500", "--replications", "1")
        self.ends(self.start(*command, "-o", "alone.h5"))
        _, error = self.ends(self.ranks(3, *command, "-o", "ranks.h5"))
        self.assertRegex(error, 'visits to "[a-z_-]+" wait for servers, .* is the work of one rank: 2 of 3 ranks have none')
        self.assertEqual(self.bytes_of("ranks.h5"), self.bytes_of("alone.h5"))

    def kill_rank(self, number, process):
        """All three stand still meanwhile, so that none comes to its end first."""
        found = subprocess.run(["pgrep", "-P", str(process.pid), "-x", SOJOURN.name], capture_output=True, text=True, check=False)
        ranks = [int(rank) for rank in found.stdout.split()]
        for rank in ranks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rank, signal.SIGSTOP)
        under_way = len(ranks) == 3 and process.poll() is None
        for rank in ranks[number:number + 1] if under_way else ranks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rank, signal.SIGKILL)
        if not under_way:
            raise EndedFirst

    @with_customers(300_000, 3_000_000)
    def test_a_rank_killed_in_a_replication_lived_together_ends_all_and_the_checkpoint_goes_on(self, customers):
        self.bring("retail-word-of-mouth.toml")
        command = (*together(customers=customers), "-o", "ranks.h5", "--checkpoint", "kept")
        self.ends(self.start(*together(customers=customers), "-o", "alone.h5"))
        process = self.ranks(3, *command)
        state = self.folder / "kept.state"
        self.catch(process, state.exists)
        self.kill_rank(2, process)
        _, error = process.communicate(timeout=PATIENCE)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("signal 9", error)
        self.assertFalse((self.folder / "ranks.h5").exists())
        _, error = self.ends(self.ranks(2, *command))
        self.assertIn("0 of 1 parts and a replication under way are in kept", error)
        self.assertEqual(self.bytes_of("ranks.h5"), self.bytes_of("alone.h5"))
        self.assertFalse(state.exists())

    @with_customers(1_200_000, 12_000_000)
    def test_a_killed_rank_leaves_no_half_file_and_the_checkpoint_goes_on(self, customers):
        command = (*large(customers), "-o", "ranks.h5", "--checkpoint", "kept")
        self.ends(self.start(*command[:-2]))
        whole = self.bytes_of("ranks.h5")
        for victim in (1, 0):
            (self.folder / "ranks.h5").write_bytes(whole[:0])
            before = self.bytes_of("kept") if (self.folder / "kept").exists() else b""
            process = self.ranks(3, *command)
            self.catch(process, lambda earlier=before: (self.folder / "kept").exists() and self.bytes_of("kept") != earlier)
            self.kill_rank(victim, process)
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
                self.assertEqual(self.ends(self.start(command, "coffee.toml", **{rank: "2", size: "3"})), ("", ""))
        self.assertEqual(list(self.folder.glob("*.h5")), [])
        self.ends(self.start("run", "coffee.toml", "--customers", "100", SLURM_PROCID="0", SLURM_STEP_NUM_TASKS="1"))


if __name__ == "__main__":
    unittest.main()
