"""A process killed at any moment while it writes, for every kind of output: the file is the old one or the new one, never half.

SOJOURN_KILLS says how many kills each kind gets; two where it is not set. With 125, there are 1,000 in all."""

import os
import random
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
            writer = subprocess.Popen([SOJOURN, *(word.format(x=other) for word in command)], cwd=self.folder,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if i % 2:
                time.sleep(dice.uniform(0.0, 1.3 * max(times)))
            else:  # while the temporary file grows
                while not any(self.folder.glob(".sojourn-*.part")) and writer.poll() is None:
                    pass
                time.sleep(dice.uniform(0.0, 0.002))
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            found = path.read_bytes()
            if same(found, whole[now]):
                old += 1
            else:
                self.assertTrue(same(found, whole[other]), f"half of {name} after kill {i}")
                now = other
                new += 1
            for leftover in self.folder.glob(".sojourn-*.part"):
                leftover.unlink()
        print(f"{name}: {old} old, {new} new")

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


if __name__ == "__main__":
    unittest.main()
