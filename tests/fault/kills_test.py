"""A process killed at any moment while it writes, for every kind of output: the file is the old one or the new one, never half.

SOJOURN_KILLS says how many kills each kind gets; two where it is not set. With 65, there are 1,000 in all. Points of a sweep are in
sweep_faults_test.py."""

import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import zipfile
from pathlib import Path

SOJOURN = Path(os.environ["SOJOURN"])
SOURCE = Path(os.environ.get("SOJOURN_SOURCE", Path(__file__).parents[2]))
KILLS = int(os.environ.get("SOJOURN_KILLS", "2"))
FEW = ("--customers", "500", "--replications", "2")


class KillsTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sojourn-kills-"))
        self.addCleanup(shutil.rmtree, self.folder)
        coffee = (SOURCE / "scenarios" / "coffee.toml").read_text()
        for name, title in (("a", "First"), ("b", "Second, which is longer")):
            text = coffee.replace("The café on the corner", title).replace('name    = "Drinks"', f'name    = "{title}"')
            (self.folder / f"{name}.toml").write_text(text)
            self.run_whole("compare", f"{name}.toml", *FEW, "--quiet", "-o", f"{name}.h5")

    def run_whole(self, *command):
        done = subprocess.run([SOJOURN, *command], cwd=self.folder, capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr)

    def kill_one(self, command, i, longest, dice, temporary=".sojourn-*.part"):
        """Starts `command` and kills it at any moment, each second time soon after it began to write. Returns whether it had ended well."""
        writer = subprocess.Popen([SOJOURN, *command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        if i % 2:
            time.sleep(dice.uniform(0.0, 1.3 * longest))
        else:  # while the temporary file grows
            while not any(self.folder.glob(temporary)) and writer.poll() is None:
                pass
            time.sleep(dice.uniform(0.0, 0.002))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        self.assertIn(writer.returncode, (0, -signal.SIGKILL))
        return writer.returncode == 0

    def clean(self):
        for leftover in self.folder.glob(".sojourn-*.part"):
            leftover.unlink()

    def kill_all(self, name, command, same=None):
        """`command` writes `name` from {x}, which is a or b. `same` compares what is no function of the input alone."""
        same = same or (lambda found, whole: found == whole)
        path = self.folder / name
        whole, times = {}, []
        for x in "ab":
            start = time.monotonic()
            self.run_whole(*(word.format(x=x) for word in command))
            times.append(time.monotonic() - start)
            whole[x] = path.read_bytes()
        now, dice = "b", random.Random(2026)
        old = new = 0
        for i in range(KILLS):
            other = "a" if now == "b" else "b"
            self.kill_one([word.format(x=other) for word in command], i, max(times), dice)
            found = path.read_bytes()
            if same(found, whole[now]):
                old += 1
            else:
                self.assertTrue(same(found, whole[other]), f"half of {name} after kill {i}")
                now = other
                new += 1
            self.clean()
        print(f"{name}: {old} old, {new} new")

    def kill_fresh(self, names, command, whole):
        """`command` writes files that nobody has written before: they are whole, or not there."""
        dice, made, longest = random.Random(2026), dict.fromkeys(names, 0), 0.2
        for i in range(KILLS):
            self.kill_one(command, i, longest, dice)
            for name in names:
                path = self.folder / name
                if path.exists():
                    self.assertEqual(path.read_bytes(), whole[name], f"half of {name} after kill {i}")
                    made[name] += 1
                    path.unlink()
            self.clean()
        print(f"{KILLS} kills: {made}")

    def test_results(self):
        self.kill_all("out.h5", ("compare", "{x}.toml", *FEW, "--quiet", "-o", "out.h5"))

    def test_svg(self):
        self.kill_all("out.svg", ("map", "{x}.toml", "-o", "out.svg"))

    def test_html(self):
        self.kill_all("out.html", ("map", "{x}.toml", "-o", "out.html"))

    def test_dot(self):
        self.kill_all("out.dot", ("map", "{x}.toml", "-o", "out.dot"))

    def test_csv(self):
        self.kill_all("out.csv", ("trace", "{x}.toml", "-n", "2000", "-o", "out.csv"))

    def test_xes(self):
        self.kill_all("out.xes", ("trace", "{x}.toml", "-n", "2000", "-o", "out.xes"))

    def test_page(self):
        done = subprocess.run([SOJOURN, "report", "a.h5", "--fast", "-o", "probe.html"], cwd=self.folder, capture_output=True, text=True)
        if "without the page's charts" in done.stderr:
            self.skipTest("this build has no page")
        self.kill_all("page.html", ("report", "{x}.h5", "--fast", "-o", "page.html"))

    def test_workbook(self):
        def same(found, whole):
            """But for the time of day in it."""
            (self.folder / "found.zip").write_bytes(found)
            (self.folder / "whole.zip").write_bytes(whole)
            with zipfile.ZipFile(self.folder / "found.zip") as one, zipfile.ZipFile(self.folder / "whole.zip") as other:
                if one.testzip() is not None or one.comment != other.comment or one.namelist() != other.namelist():
                    return False
                return all(one.read(each) == other.read(each) for each in one.namelist() if each != "docProps/core.xml")
        self.kill_all("out.xlsx", ("report", "{x}.h5", "--fast", "--xlsx", "out.xlsx", "-o", "beside.html"), same)

    def sweep(self):
        """Points of two sweeps, and all of each in a-grid.h5 and b-grid.h5."""
        for x, last in (("a", 0.55), ("b", 0.6)):
            (self.folder / f"{x}-sweep.toml").write_text(f"""schema = 1
[sweep]
scenario = "{x}.toml"
design = {{ grid = {{}} }}
plans = ["baseline", "mend-what-counts"]
customers = 100
replications = 3
[[vary]]
key = "improvement.barista-course.cost.once"
from = 0
to = 12000
steps = 6
[[vary]]
key = "touchpoint.drink.quality.mean"
from = 0.45
to = {last}
steps = 6
""")
            self.run_whole("sweep", f"{x}-sweep.toml", "-o", f"{x}-points")
            self.run_whole("merge", f"{x}-points", "-o", f"{x}-grid.h5")

    def test_merge(self):
        self.sweep()
        self.kill_all("out.h5", ("merge", "{x}-points", "-o", "out.h5"))

    def test_points_as_a_table(self):
        self.sweep()
        self.kill_all("out.csv", ("merge", "{x}-points", "-o", "beside.h5", "--csv", "out.csv"))

    def test_regions(self):
        self.sweep()
        self.kill_all("out.svg", ("sensitivity", "{x}-grid.h5", "-o", "out.svg"))

    def test_explore(self):
        self.sweep()
        done = subprocess.run([SOJOURN, "explore", "a-grid.h5", "-o", "probe.html"], cwd=self.folder, capture_output=True, text=True)
        if "without the page's charts" in done.stderr:
            self.skipTest("this build has no page")
        self.kill_all("out.html", ("explore", "{x}-grid.h5", "-o", "out.html"))

    def test_comparisons_of_several_files(self):
        for x in "ab":
            shutil.copy(self.folder / f"{x}.h5", self.folder / f"{x}-again.h5")
        for ending in ("md", "csv", "json"):
            self.kill_all(f"out.{ending}", ("compare", "a.h5", "{x}-again.h5", "--quiet", "-o", f"out.{ending}"))

    def test_draws(self):
        gym = (SOURCE / "scenarios" / "gym.toml").read_text()
        for x, seed in (("a", 7), ("b", 8)):
            (self.folder / f"{x}.toml").write_text(re.sub(r"(?m)^seed *= *\d+", f"seed = {seed}", gym))
        self.kill_all("out.csv", ("compare", "{x}.toml", "--uncertain", "--draws", "64", "--customers", "100", "--quiet", "--csv", "out.csv"))

    def test_schema(self):
        self.kill_all("keys.json", ("schema", "-o", "keys.json"))

    def test_new(self):
        self.run_whole("new", "-o", "whole.toml")
        whole = {"fresh.toml": (self.folder / "whole.toml").read_bytes(), "sojourn.schema.json": (self.folder / "sojourn.schema.json").read_bytes()}
        (self.folder / "sojourn.schema.json").unlink()
        self.kill_fresh(list(whole), ("new", "-o", "fresh.toml"), whole)

    def test_checkpoint(self):
        """What is kept is whole at any moment: the same command goes on with it to the same bits."""
        run = ("compare", "a.toml", "--customers", "40000", "--replications", "8", "--threads", "1", "--no-progress", "--quiet")
        start = time.monotonic()
        self.run_whole(*run, "-o", "straight.h5")
        longest, dice, straight, ends = time.monotonic() - start, random.Random(2026), (self.folder / "straight.h5").read_bytes(), 0
        out, kept, found = self.folder / "out.h5", self.folder / "kept", 0
        for i in range(KILLS):
            self.kill_one((*run, "-o", "out.h5", "--checkpoint", "kept"), i, longest, dice)
            found += kept.exists()
            self.clean()
            if out.exists():
                self.assertEqual(out.read_bytes(), straight)
                out.unlink()
                ends += 1
        self.run_whole(*run, "-o", "out.h5", "--checkpoint", "kept")
        self.assertEqual(out.read_bytes(), straight)
        self.assertFalse(kept.exists())
        print(f"checkpoint: {found} of {KILLS} kills found one, {ends} runs came to an end")


if __name__ == "__main__":
    unittest.main()
