"""Results files under a killed process, a full disk, size limits, flipped bits and foreign hands: old or new, never half, never wrong."""

import hashlib
import os
import random
import resource
import signal
import shutil
import statistics
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import h5py
import netCDF4
import numpy

BUILD = Path(os.environ["SOJOURN_BUILD"])
WRITE = BUILD / "fault-write_results"
READ = BUILD / "fault-read_results"
SEAL_SIZE = 80


def write(path, seed, size, **options):
    return subprocess.run([WRITE, path, str(seed), str(size)], capture_output=True, text=True, timeout=120, **options)


def read(path):
    return subprocess.run([READ, path], capture_output=True, text=True, timeout=120)


class ResultsFileTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sojourn-fault-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.file = self.folder / "out.h5"

    def written(self, seed, size):
        """The bytes of a complete file."""
        path = self.folder / "complete.h5"
        done = write(path, seed, size)
        self.assertEqual(done.returncode, 0, done.stderr)
        contents = path.read_bytes()
        path.unlink()
        return contents

    def leftovers(self, folder=None):
        return sorted((folder or self.folder).glob(".sojourn-*.part"))

    def refusal(self, path=None):
        """The message without "PATH: " and without its hint."""
        path = path or self.file
        done = read(path)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        start = f"{path}: "
        self.assertTrue(done.stderr.startswith(start), done.stderr)
        message, hint = done.stderr.removeprefix(start).split("\nhint: ")
        self.assertNotIn("\n", message)
        self.assertTrue(hint.endswith("\n"), hint)
        return message

    def test_a_hundred_kills_while_overwriting(self):
        size = 2_000_000
        contents = [self.written(seed, size) for seed in (1, 2)]
        self.assertNotEqual(*contents)
        times = []
        for _ in range(5):
            start = time.monotonic()
            self.written(1, size)
            times.append(time.monotonic() - start)
        usual = statistics.median(times)

        dice = random.Random(2026)
        self.file.write_bytes(contents[0])
        now = 0
        old = new = halves = 0
        for i in range(100):
            writer = subprocess.Popen([WRITE, self.file, str(2 - now), str(size)], stderr=subprocess.PIPE)
            if i % 2:  # any moment of its life
                time.sleep(dice.uniform(0, 1.5 * usual))
            else:  # while the temporary file grows
                while not self.leftovers() and writer.poll() is None:
                    pass
                time.sleep(dice.uniform(0, 0.003))
            writer.send_signal(signal.SIGKILL)
            writer.communicate()
            self.assertIn(writer.returncode, (0, -signal.SIGKILL))

            found = self.file.read_bytes()
            self.assertIn(found, contents, f"half a file after kill {i}")
            if found == contents[now]:
                self.assertNotEqual(writer.returncode, 0, "ended well without writing")
                old += 1
            else:
                now = 1 - now
                new += 1
            halves += len(self.leftovers())
            for leftover in self.leftovers():
                leftover.unlink()
        # The test is worth something only if kills fell before, during and after the writing.
        self.assertGreater(old, 0)
        self.assertGreater(new, 0)
        self.assertGreater(halves, 0)
        self.assertEqual(read(self.file).returncode, 0)

    def test_every_size_limit(self):
        size = 1_000_000
        new = self.written(2, size)
        self.assertEqual(write(self.file, 1, 1000).returncode, 0)
        old = self.file.read_bytes()
        for limit in [*range(0, len(new), 65536), len(new) - 1]:
            with self.subTest(limit=limit):
                done = write(self.file, 2, size, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
                self.assertEqual(
                    (done.returncode, done.stderr),
                    (1, f"cannot write {self.file}: File too large\nhint: {len(new)} bytes are needed: "
                        "raise the limit on the size of files (ulimit -f)\n"))
                self.assertEqual(self.file.read_bytes(), old)
                self.assertEqual(self.leftovers(), [])
        done = write(self.file, 2, size, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (len(new), len(new))))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.file.read_bytes(), new)

    def mount(self, options):
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        return disk

    def test_a_full_disk(self):
        disk = self.mount("size=1m")
        file = disk / "out.h5"
        size = 2_000_000
        self.assertEqual(write(file, 1, 100_000).returncode, 0)
        old = file.read_bytes()
        new = self.written(2, size)
        done = write(file, 2, size)
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"cannot write {file}: No space left on device\nhint: {len(new)} bytes are needed: "
                             "free some space or choose another folder\n"))
        self.assertEqual(file.read_bytes(), old)
        self.assertEqual(self.leftovers(disk), [])

        # More and more room: the write that fails is at another place each time, and the last one does not fail.
        ballast = disk / "ballast"
        failures = 0
        for kilobytes in range(880, 0, -20):
            ballast.write_bytes(b"x" * kilobytes * 1024)
            done = write(file, 2, 200_000)
            self.assertEqual(self.leftovers(disk), [])
            if done.returncode == 0:
                break
            self.assertEqual(file.read_bytes(), old)
            failures += 1
        self.assertGreater(failures, 3)
        self.assertEqual((done.returncode, read(file).returncode), (0, 0), done.stderr)

    def test_a_read_only_disk(self):
        disk = self.mount("ro")
        done = write(disk / "out.h5", 1, 1000)
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"cannot write {disk}/out.h5: no file can be made in the folder {disk}: Read-only file system\n"
                             "hint: choose another folder\n"))

    def test_processes_write_equal_bytes(self):
        expected = self.written(7, 300_000)
        time.sleep(1.1)  # HDF5 counts time in seconds
        for perturbation in ("1", "90", "255"):  # what memory holds before it is used
            done = write(self.file, 7, 300_000, env={**os.environ, "MALLOC_PERTURB_": perturbation})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(self.file.read_bytes() == expected, "equal outcomes, unequal bytes")

    def seal(self, image):
        return image + b"sojourn sha256 " + hashlib.sha256(image).hexdigest().encode() + b"\n"

    def test_flipped_bits_that_only_hdf5_can_notice(self):
        """Sealed again, the file is checked by HDF5's sums, by content_sha256, and by what becomes of the process that reads it."""
        image = self.written(3, 2000)[:-SEAL_SIZE]
        self.file.write_bytes(self.seal(image))
        expected = read(self.file).stdout
        self.assertTrue(expected)
        dice = random.Random(2026)
        refused = 0
        for bit in dice.sample(range(8 * len(image)), 400):
            damaged = bytearray(image)
            damaged[bit // 8] ^= 1 << bit % 8
            self.file.write_bytes(self.seal(bytes(damaged)))
            done = read(self.file)
            if done.returncode == 0:
                self.assertEqual(done.stdout, expected, f"bit {bit} changed what is read")
            else:
                self.refusal()
                refused += 1
        self.assertGreater(refused, 100)

    def test_a_file_without_its_last_line_is_never_given_to_hdf5(self):
        image = self.written(3, 2000)[:-SEAL_SIZE]
        dice = random.Random(2026)
        for bit in [None, *dice.sample(range(8 * len(image)), 100)]:
            damaged = bytearray(image)
            if bit is not None:
                damaged[bit // 8] ^= 1 << bit % 8
            self.file.write_bytes(damaged)
            self.assertNotIn("HDF5", self.refusal().removeprefix("this is not an HDF5 file"))

    def test_hdf5_may_crash_or_come_to_no_end(self):
        """Lengths in the heap of texts that lead HDF5 1.10 out of its memory or around for ever: the program that reads stays alive."""
        image = bytearray(self.written(3, 2000)[:-SEAL_SIZE])
        heap = image.index(b"GCOL")
        refused = 0
        for at in range(heap + 8, heap + 48, 4):
            damaged = bytearray(image)
            damaged[at] = 0xff
            self.file.write_bytes(self.seal(damaged))
            done = subprocess.run([READ, self.file], capture_output=True, text=True, timeout=600)
            self.assertIn(done.returncode, (0, 2), done)
            refused += done.returncode == 2
        self.assertGreater(refused, 0)

    def test_altered_files_in_many_ways(self):
        done = subprocess.run([BUILD / "fault-mutate_results", "300"], capture_output=True, text=True, timeout=900)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("edited: read, refused by what it says", done.stdout)
        self.assertIn("sealed again: refused", done.stdout)

    def test_foreign_files_are_refused_by_name(self):
        with h5py.File(self.file, "w") as file:
            file["customers"] = numpy.zeros(3)
        self.assertEqual(self.refusal(), "this is an HDF5 file, but not Sojourn's")
        with h5py.File(self.file, "w") as file:
            file.attrs["schema"] = 1
        self.assertEqual(self.refusal(), "this is an HDF5 file, but not Sojourn's")
        with netCDF4.Dataset(self.file, "w") as file:
            file.createDimension("time", 3)
            file.createVariable("time", "f8", ("time",))[:] = [1, 2, 3]
        self.assertEqual(self.refusal(), "this is an HDF5 file, but not Sojourn's")
        with netCDF4.Dataset(self.file, "w", format="NETCDF3_CLASSIC") as file:
            file.createDimension("time", 3)
        self.assertEqual(self.refusal(), "this is not an HDF5 file, so not a results file")

    def test_another_version_is_refused_by_name(self):
        for version in (0, 1, 3, 17):
            with h5py.File(self.file, "w") as file:
                file.attrs["schema"] = version
                file.attrs["sojourn_version"] = "9.9"
            self.file.write_bytes(self.seal(self.file.read_bytes()))
            self.assertEqual(
                self.refusal(),
                f"this file was written by {'an older' if version == 1 else 'another'} Sojourn: it is of results format {version}, "
                "and this one reads format 2",
            )

    def edit(self, change):
        """An edit that sets all of HDF5's own sums right, and the last line."""
        self.file.write_bytes(self.written(4, 2000)[:-SEAL_SIZE])
        with h5py.File(self.file, "r+") as file:
            change(file)
        self.file.write_bytes(self.seal(self.file.read_bytes()))
        return self.refusal()

    def test_edited_files_are_refused(self):
        def set_value(name, index, value):
            def change(file):
                file[name][index] = value
            return change

        def set_attribute(path, name, value):
            def change(file):
                file[path].attrs[name] = value
            return change

        mismatch = "this file is damaged or was edited: what it says does not match its checksum content_sha256"
        for change in (set_value("customers", (0, 0, 0, 0), 1.0), set_value("visits", (0, 0), 2), set_value("plan", 0, "other"),
                       set_value("time", 1, 8.0), set_value("horizon/retention", (1, 1), 0.5),
                       set_attribute("customers", "units", numpy.bytes_("person")),
                       set_attribute("/", "note", numpy.bytes_("mine")), lambda file: file.move("visits", "views")):
            self.assertEqual(self.edit(change), mismatch)

        def delete(name):
            def change(file):
                del file[name]
            return change

        self.assertEqual(self.edit(delete("visits")), mismatch)
        self.assertEqual(self.edit(delete("stage")), "this file is damaged or was edited: a variable has axes without a dimension")

    def test_the_last_line_notices_an_edit_in_place(self):
        self.file.write_bytes(self.written(4, 2000))
        with h5py.File(self.file, "r+") as file:
            file["visits"][0, 0] = 2
        self.refusal()

    def test_a_file_rewritten_by_hdf5s_tools_is_refused_until_it_is_sealed(self):
        self.assertEqual(write(self.file, 5, 300_000).returncode, 0)
        expected = read(self.file).stdout
        for options in ([], ["-f", "GZIP=9"], ["-f", "NONE", "-l", "CONTI"], ["-L"]):
            packed = self.folder / "packed.h5"
            subprocess.run(["h5repack", *options, self.file, packed], check=True, capture_output=True)
            self.assertEqual(self.refusal(packed), "this file is damaged or was edited: its last line, a checksum, is missing: it is "
                             "cut short, or another program wrote it anew")
            packed.write_bytes(self.seal(packed.read_bytes()))
            done = read(packed)
            self.assertEqual((done.returncode, done.stdout), (0, expected), done.stderr)
            packed.unlink()

    def test_values_of_other_files_are_not_read(self):
        secret = self.folder / "secret"
        secret.write_bytes(b"s" * 800)

        def outside(file):
            del file["visits"]
            scale = file["stage"]
            values = file.create_dataset("visits", (6,), dtype="i8", external=[(str(secret), 0, 48)])
            values.dims[0].attach_scale(scale)

        def link(file):
            other = self.folder / "other.h5"
            with h5py.File(other, "w") as more:
                more["x"] = numpy.zeros(3)
            file["linked"] = h5py.ExternalLink(str(other), "x")

        def soft(file):
            file["linked"] = h5py.SoftLink("/visits")

        def virtual(file):
            layout = h5py.VirtualLayout(shape=(6,), dtype="i8")
            layout[:] = h5py.VirtualSource(str(secret), "x", shape=(6,))
            file.create_virtual_dataset("virtual", layout)
            file["virtual"].dims[0].attach_scale(file["stage"])

        self.assertEqual(self.edit(outside), "this file is damaged or was edited: the variable visits is stored as Sojourn does not store one")
        self.assertEqual(self.edit(virtual), "this file is damaged or was edited: the variable virtual is stored as Sojourn does not store one")
        for change in (link, soft):
            self.assertEqual(self.edit(change), "this file is damaged or was edited: linked is a link to another place")

    def test_what_describes_the_scenario_is_compared_with_it(self):
        def set_attribute(name, value):
            def change(file):
                file.attrs[name] = numpy.bytes_(value)
            return change

        self.assertEqual(self.edit(set_attribute("seed_text", "5")), "this file is damaged or was edited: seed_text is not the seed")
        self.assertEqual(self.edit(set_attribute("scenario_sha256", "0" * 64)),
                         "this file is damaged or was edited: scenario_sha256 is not the digest of scenario_toml")

    def test_a_claim_of_endless_values_is_refused(self):
        """A few bytes can name an array that no memory holds."""
        def claim(file):
            size = 1 << 33
            scale = file.create_dataset("endless", (size,), dtype=">f4", chunks=(1024,))
            scale.make_scale(f"This is a netCDF dimension but not a netCDF variable.{size:10}")
            values = file.create_dataset("values", (size,), dtype="i8", chunks=(1024,))
            values.dims[0].attach_scale(scale)

        self.assertEqual(self.edit(claim), "this file is damaged or was edited: it claims to hold more than 4 GiB")


if __name__ == "__main__":
    unittest.main()
