"""A run that is stopped or killed and gone on with: the file is that of one that was not, byte by byte, and nothing of others is replaced."""

import hashlib
import random
import signal
import time
import unittest

from giant import PATIENCE, EndedFirst, Giant, coupled, large, together, with_customers


class Checkpoint(Giant):
    @with_customers(800_000, 3_200_000)
    def test_twenty_kills_lose_nothing(self, customers):
        chance = random.Random(14)
        command = (*large(customers), "--no-progress")
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
                raise EndedFirst
            sizes.append(kept.stat().st_size if kept.exists() else 0)
        self.assertGreater(len(set(sizes)), 4, sizes)
        self.assertEqual(sizes, sorted(sizes))  # nothing kept is lost
        _, error = self.ends(self.start(*command, "-o", "out.h5", "--checkpoint", "kept"))
        self.assertIn("parts are in kept", error)
        self.assertEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))
        self.assertFalse(kept.exists())

    def stopped(self, *command, by=signal.SIGTERM):
        """Runs until something is kept, and stops; what it said."""
        process = self.start(*command)
        kept = self.folder / "kept"
        self.catch(process, kept.exists)
        process.send_signal(by)
        out, error = process.communicate(timeout=PATIENCE)
        if process.returncode == 0:
            raise EndedFirst
        self.assertEqual(process.returncode, 75, out + error)
        self.assertIn("told to stop", error)
        self.assertIn("are kept in kept: the same command goes on", error)
        return error

    @with_customers(300_000, 3_000_000)
    def test_a_stop_keeps_what_is_finished(self, customers):
        command = (*large(customers), "-o", "out.h5", "--checkpoint", "kept")
        self.ends(self.start(*large(customers), "-o", "straight.h5"))
        for by in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
            self.stopped(*command, by=by)
            self.assertFalse((self.folder / "out.h5").exists())
            self.ends(self.start(*large(customers, threads=2), *command[-4:]))
            self.assertEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))
            self.assertFalse((self.folder / "kept").exists())
            (self.folder / "out.h5").unlink()
        # Whole replications where customers act on one another.
        command = coupled(customers // 75, 24)
        self.ends(self.start(*command, "-o", "straight.h5"))
        self.assertIn("of 24 parts", self.stopped(*command, "-o", "out.h5", "--checkpoint", "kept"))
        self.ends(self.start(*command, "-o", "out.h5", "--checkpoint", "kept"))
        self.assertEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))

    @with_customers(250_000, 2_500_000)
    def test_a_replication_under_way_goes_on(self, customers):
        self.bring("retail-word-of-mouth.toml")
        command = (*together(customers=customers), "-o", "out.h5", "--checkpoint", "kept")
        self.ends(self.start(*together(customers=customers), "-o", "straight.h5"))
        state = self.folder / "kept.state"
        # A signal keeps it; so does the time, for a kill.
        process = self.start(*command)
        self.catch(process, state.exists)
        process.kill()
        process.communicate()
        self.assertTrue(state.exists())
        before = self.bytes_of("kept.state")
        process = self.start(*together(customers=customers, threads=2), *command[-4:])
        self.catch(process, lambda: state.exists() and self.bytes_of("kept.state") != before)
        process.send_signal(signal.SIGUSR1)
        out, error = process.communicate(timeout=PATIENCE)
        if process.returncode == 0:
            raise EndedFirst
        self.assertEqual(process.returncode, 75, out + error)
        self.assertIn("0 of 1 parts and a replication under way are in kept", error)
        self.assertIn("told to stop; 0 of 1 parts and a replication under way are kept in kept: the same command goes on", error)
        kept = self.bytes_of("kept.state")
        self.assertNotEqual(kept, before)
        for words, other in {"another scenario": (*command, "--set", "touchpoint.order.quality.mean=0.4"), "has seed 7": (*command, "--seed", 7)}.items():
            _, error = self.ends(self.start(*other), 2)
            self.assertIn("the checkpoint kept.state is of another run", error)
            self.assertIn(words, error)
        for spoilt in (kept[:-1], kept[:len(kept) // 2], kept[:20000] + bytes([kept[20000] ^ 1]) + kept[20001:]):
            state.write_bytes(spoilt)
            self.assertIn("the checkpoint kept.state is damaged", self.ends(self.start(*command), 2)[1])
        state.write_bytes(b"my thesis\n")
        self.assertIn("kept.state exists and is no checkpoint", self.ends(self.start(*command), 2)[1])
        # What is found counts: a customer who is due at another time gives another file.
        head, pieces = kept[:-64].split(b"\n", 2)[:2], kept[:-64].split(b"\n", 2)[2]
        other = b"\n".join(head) + b"\n" + pieces[:40] + bytes(value ^ 8 if k % 8 == 6 else value for k, value in enumerate(pieces[40:8040])) + pieces[8040:]
        state.write_bytes(other + hashlib.sha256(other).hexdigest().encode())
        self.ends(self.start(*command))
        self.assertNotEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))
        (self.folder / "out.h5").unlink()
        state.write_bytes(kept)
        self.ends(self.start(*command))
        self.assertEqual(self.bytes_of("out.h5"), self.bytes_of("straight.h5"))
        self.assertFalse(state.exists())

    def test_of_a_replication_with_a_queue_nothing_is_kept_and_that_is_said(self):
        self.bring("contact-centre.toml", "retail-word-of-mouth.toml")
        options = ("--customers", 50_000, "--replications", 1, "--horizon", "3 years", "-o", "out.h5", "--checkpoint", "kept")
        words = "so that kept keeps finished replications alone: a stop before the first is finished loses all of it"
        process = self.start("run", "contact-centre.toml", *options)
        self.wait_for(lambda: (self.folder / ".kept.lock").exists(), process)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 75, error)
        self.assertIn('visits to "call" wait for servers, ' + words, error)
        self.assertIn("told to stop; nothing is finished yet: the same command begins anew\n", error)
        self.assertNotIn("goes on", error)
        # Nobody waits in line here.
        _, error = self.ends(self.start("run", "retail-word-of-mouth.toml", "--customers", 100, "--replications", 1, *options[4:]))
        self.assertNotIn("keeps finished replications alone", error)

    @with_customers(300_000, 3_000_000)
    def test_two_processes_do_not_share_a_checkpoint(self, customers):
        command = (*large(customers), "-o", "out.h5", "--checkpoint", "kept")
        process = self.start(*command)
        self.catch(process, (self.folder / "kept").exists)
        _, error = self.ends(self.start(*command), 2)
        self.assertIn("the checkpoint kept is in use by another process", error)
        process.kill()
        process.communicate()
        # What a killed process leaves holds up nobody.
        self.assertTrue((self.folder / ".kept.lock").exists())
        self.ends(self.start(*command))
        self.assertFalse((self.folder / ".kept.lock").exists())

    @with_customers(300_000, 3_000_000)
    def test_another_run_is_refused_by_name(self, customers):
        command = (*large(customers), "-o", "out.h5", "--checkpoint", "kept")
        self.stopped(*command)
        kept = self.bytes_of("kept")
        changed = {"another scenario": (*large(customers), "--set", "touchpoint.drink.quality.mean=0.4"),
                   "seed 42, and this has seed 7": (*large(customers), "--seed", 7),
                   f"{customers} customers, and this has {customers + 1}": large(customers + 1),
                   "2 replications, and this has 3": large(customers, replications=3), "these are baseline, mend-the-weakest": large(customers, plans="mend-the-weakest")}
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
        for name, words in (("none/new", "cannot write none/new: there is no folder none"), ("coffee.toml/new", "cannot write coffee.toml/new: "),
                            (".", "cannot write .: it is a folder")):
            self.assertIn(words, self.ends(self.start("compare", "coffee.toml", "--checkpoint", name), 2)[1])
        self.assertEqual([path.name for path in self.folder.glob("*") if path.name in ("new", "kept.h5", "out.h5")], [])

    def rewritten(self, change):
        """The checkpoint with another head or other parts, and the digest that fits."""
        everything = self.bytes_of("kept")[:-64]
        first, head, parts = everything.split(b"\n", 2)
        changed = change(first + b"\n" + head + b"\n", parts)
        everything = changed + parts if changed[-1:] == b"\n" else changed
        (self.folder / "kept").write_bytes(everything + hashlib.sha256(everything).hexdigest().encode())

    @with_customers(300_000, 3_000_000)
    def test_what_is_kept_counts(self, customers):
        """A checkpoint with another number in it gives another file, or is refused: what is found is not simulated again."""
        command = (*large(customers), "-o", "out.h5", "--checkpoint", "kept")
        self.ends(self.start(*large(customers), "-o", "straight.h5"))
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
