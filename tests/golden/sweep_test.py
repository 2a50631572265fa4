"""Sweeps as users see them: points that are runs, equal bits by any shards and threads, resuming, merging, refusals.

The corpus of wrong sweep files is bad_sweeps/NAME.toml with NAME.expected, the text of `sojourn sweep NAME.toml`;
`python3 sweep_test.py --update` writes the .expected files anew: read the difference before committing it.
"""

import csv
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

import h5py
import numpy
import xarray

HERE = pathlib.Path(__file__).resolve().parent
BAD = HERE / "bad_sweeps"
SOJOURN = pathlib.Path(os.environ.get("SOJOURN", HERE.parent.parent / "build" / "sojourn")).resolve()
SCENARIOS = pathlib.Path(os.environ.get("SOJOURN_SOURCE", HERE.parent.parent)) / "scenarios"
# Tests are no tasks of an array, wherever they run.
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "OMPI_", "PMI"))}

VARY = """
[[vary]]
key = "touchpoint.drink.quality.mean"
from = 0.3
to = 0.8

[[vary]]
key = "touchpoint.drink.next.queue.after.lognormal.median"
from = "2 days"
to = "9 days"

[[vary]]
key = "improvement.*.effect.quality"
values = [0.05, 0.1, 0.2]
"""


def sweep_text(design, plans='["baseline", "mend-what-counts"]', customers=200, replications=2, more="", vary=VARY):
    return (f'schema = 1\n[sweep]\nscenario = "coffee.toml"\ndesign = {design}\nplans = {plans}\ncustomers = {customers}\n'
            f"replications = {replications}\n{more}{vary}")


class SweepCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        shutil.copy(SCENARIOS / "coffee.toml", self.folder)

    def run_sojourn(self, *arguments, status=0, **environment):
        done = subprocess.run([SOJOURN, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, env={**PLAIN, **environment}, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def write(self, name, design, **more):
        (self.folder / name).write_text(sweep_text(design, **more), encoding="utf-8")

    def names(self, folder):
        return sorted(path.name for path in (self.folder / folder).iterdir())


class Sweep(SweepCase):
    def test_a_point_is_a_run_with_its_values(self):
        self.write("s.toml", "{ sobol = { samples = 8 } }")
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        self.run_sojourn("merge", "points", "-o", "all.h5")
        points = xarray.open_dataset(self.folder / "all.h5")
        self.assertEqual(dict(points.sizes), {"point": 8, "plan": 2, "replication": 2})
        keys = ["touchpoint.drink.quality.mean", "touchpoint.drink.next.queue.after.lognormal.median", "improvement.all.effect.quality"]
        self.assertLessEqual(set(keys), set(points.coords))
        self.assertEqual([points[key].attrs["units"] for key in keys], ["1", "day", "1"])
        for point in (0, 5):
            quality, median, effect = (float(points[key][point]) for key in keys)
            for plan in ("baseline", "mend-what-counts"):
                self.run_sojourn("run", "coffee.toml", "--customers", 200, "--replications", 2, "--plan", plan, "--quiet", "--set",
                                 f"touchpoint.drink.quality.mean={quality!r}", "--set",
                                 f"touchpoint.drink.next.queue.after.lognormal.median={median!r}", "--set",
                                 f"improvement.second-till.effect.quality=+{effect!r}", "--set",
                                 f"improvement.barista-course.effect.quality=+{effect!r}", "-o", "run.h5")
                run = xarray.open_dataset(self.folder / "run.h5", group="horizon")
                for metric in run.data_vars:
                    numpy.testing.assert_array_equal(points[metric].sel(plan=plan)[point].values, run[metric][0].values, metric)
                run.close()
        points.close()

    def test_shards_threads_and_resuming_change_no_byte(self):
        self.write("s.toml", "{ latin_hypercube = { samples = 150 } }")
        self.run_sojourn("sweep", "s.toml", "-o", "one", "--threads", 1)
        self.run_sojourn("merge", "one", "-o", "one.h5")
        for shard in ("3/3", "1/3", "2/3"):
            self.run_sojourn("sweep", "s.toml", "-o", "many", "--shard", shard, "--threads", 3)
        for name in self.names("many")[2:12:3]:
            (self.folder / "many" / name).unlink()
        missing = json.loads(self.run_sojourn("sweep", "s.toml", "-o", "many", "--dry-run", "--json").stdout)
        self.assertEqual((missing["points"], missing["files"], missing["missing"]), (150, 50, 12))
        again = self.run_sojourn("sweep", "s.toml", "-o", "many")
        self.assertIn(", 12 of them now", again.stderr)
        self.run_sojourn("merge", "many", "-o", "many.h5")
        self.assertEqual((self.folder / "one.h5").read_bytes(), (self.folder / "many.h5").read_bytes())
        self.assertEqual(self.names("one"), self.names("many"))
        # The twin: another seed of the design gives other bytes.
        self.write("t.toml", "{ latin_hypercube = { samples = 150 } }", more="seed = 2\n")
        self.run_sojourn("sweep", "t.toml", "-o", "other")
        self.run_sojourn("merge", "other", "-o", "other.h5")
        self.assertNotEqual((self.folder / "one.h5").read_bytes(), (self.folder / "other.h5").read_bytes())

    def test_slurm_variables_name_a_shard(self):
        self.write("s.toml", "{ sobol = { samples = 64 } }")
        array = {"SLURM_ARRAY_TASK_MIN": "2", "SLURM_ARRAY_TASK_MAX": "8", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_STEP": "2"}
        for task in ("2", "4", "6", "8"):
            done = self.run_sojourn("sweep", "s.toml", "-o", "points", SLURM_ARRAY_TASK_ID=task, SLURM_CPUS_PER_TASK="1", **array)
            self.assertIn(f"16 points of shard {int(task) // 2}/4", done.stderr)
        self.run_sojourn("merge", "points", "-o", "all.h5")
        done = self.run_sojourn("sweep", "s.toml", "-o", "points", status=2, SLURM_ARRAY_TASK_ID="7", SLURM_ARRAY_TASK_MIN="3",
                                SLURM_ARRAY_TASK_MAX="7", SLURM_ARRAY_TASK_COUNT="2")
        self.assertIn("array with holes", done.stderr)

    def test_ranks_are_shards(self):
        self.write("s.toml", "{ sobol = { samples = 64 } }")
        self.run_sojourn("sweep", "s.toml", "-o", "one")
        for rank in "012":
            for start, size in (("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS")):
                done = self.run_sojourn("sweep", "s.toml", "-o", "points", **{start: rank, size: "3"})
                self.assertIn(f"of shard {int(rank) + 1}/3", done.stderr)
        self.assertEqual(self.names("one"), self.names("points"))
        # A rank of an array's task has its part of the task's; a batch script with several tasks is one process.
        array = {"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "2", "SLURM_ARRAY_TASK_COUNT": "2"}
        done = self.run_sojourn("sweep", "s.toml", "-o", "points", PMI_RANK="1", PMI_SIZE="2", **array)
        self.assertIn("of shard 4/4", done.stderr)
        done = self.run_sojourn("sweep", "s.toml", "-o", "points", SLURM_PROCID="0", SLURM_NTASKS="4")
        self.assertNotIn("shard", done.stderr)

    def test_emitted_script(self):
        self.write("s.toml", "{ sobol = { samples = 64 } }")
        script = self.run_sojourn("sweep", "s.toml", "-o", "the points", "--emit-slurm", "--tasks", 4, "--cpus", 2).stdout
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        for line in ("#SBATCH --array=1-4", "#SBATCH --cpus-per-task=2", "#SBATCH --signal=B:USR1@60",
                     "exec sojourn sweep s.toml -o 'the points' --shard \"$SLURM_ARRAY_TASK_ID/4\" --no-progress",
                     "exec sojourn merge 'the points' -o 'the points.h5'"):
            self.assertIn(line + "\n", script)
        self.assertFalse((self.folder / "the points").exists())

    def test_told_to_stop_and_resumed(self):
        self.write("s.toml", "{ sobol = { samples = 64 } }", customers=20000, replications=4)
        for number, status in ((signal.SIGTERM, 75), (signal.SIGUSR1, 75), (signal.SIGINT, 130)):
            with self.subTest(number.name):
                shutil.rmtree(self.folder / "points", ignore_errors=True)
                process = subprocess.Popen([SOJOURN, "sweep", "s.toml", "-o", "points", "--threads", "1"], cwd=self.folder, text=True,
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=PLAIN)
                while process.poll() is None and not list(self.folder.glob("points/points-*.h5")):
                    time.sleep(0.005)
                process.send_signal(number)
                _, error = process.communicate(timeout=60)
                self.assertEqual(process.returncode, status, error)
                self.assertRegex(error, r"[0-9]+ of 64 points are finished and kept: the same command goes on")
                finished = int(error.split(" of 64 points")[0].split()[-1])
                self.assertGreater(finished, 0)
                self.assertLess(finished, 64)
                self.assertEqual([name for name in self.names("points") if name.endswith(".part")], [])
                left = json.loads(self.run_sojourn("sweep", "s.toml", "-o", "points", "--dry-run", "--json").stdout)["missing"]
                self.assertEqual(left, 64 - finished)
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        self.run_sojourn("sweep", "s.toml", "-o", "straight")
        for folder in ("points", "straight"):
            self.run_sojourn("merge", folder, "-o", folder + ".h5")
        self.assertEqual((self.folder / "points.h5").read_bytes(), (self.folder / "straight.h5").read_bytes())

    def test_another_sweep_in_the_folder_is_refused(self):
        self.write("s.toml", "{ sobol = { samples = 8 } }")
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        before = {name: (self.folder / "points" / name).read_bytes() for name in self.names("points")}
        self.write("t.toml", "{ sobol = { samples = 16 } }")
        done = self.run_sojourn("sweep", "t.toml", "-o", "points", status=2)
        self.assertEqual(done.stderr, "sojourn: error: the folder points holds the points of another design, seed, key or plan\n"
                                      "hint: name another folder with -o: points of two sweeps must not mix\n")
        scenario = self.folder / "coffee.toml"
        scenario.write_text(scenario.read_text().replace("odds = 18.0", "odds = 17.0"))
        done = self.run_sojourn("sweep", "s.toml", "-o", "points", status=2)
        self.assertIn("the points of another scenario", done.stderr)
        manifest = self.folder / "points" / "sweep.json"
        manifest.write_text(manifest.read_text().replace('"sojourn_version": "', '"sojourn_version": "9.'))
        done = self.run_sojourn("merge", "points", "-o", "all.h5", status=2)
        self.assertIn("the points in points are of Sojourn 9.", done.stderr)
        manifest.unlink()
        done = self.run_sojourn("sweep", "s.toml", "-o", "points", status=2)
        self.assertIn("holds files of points, but no sweep.json", done.stderr)
        after = {name: (self.folder / "points" / name).read_bytes() for name in self.names("points")}
        del before["sweep.json"]
        self.assertEqual(before, after)
        self.assertFalse((self.folder / "all.h5").exists())

    def test_merge_refuses_gaps_doubles_and_strangers(self):
        self.write("s.toml", "{ sobol = { samples = 128 } }")
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        files = [self.folder / "points" / name for name in self.names("points") if name.startswith("points-")]

        def refused(text):
            done = self.run_sojourn("merge", "points", "-o", "all.h5", status=2)
            self.assertIn(text, done.stderr)
            self.assertFalse((self.folder / "all.h5").exists())

        kept = files[3].read_bytes()
        files[3].unlink()
        refused("2 of 128 points are missing in points: 6 to 7\n")
        shutil.copy(files[4], files[3])
        refused("this file holds points 8 to 9, and not those that its name says")
        files[3].write_bytes(kept)
        copy = files[3].with_name("copy.h5")
        copy.write_bytes(kept)
        refused("the folder points holds copy.h5, which belongs not to its sweep")
        copy.unlink()
        self.write("t.toml", "{ sobol = { samples = 128 } }", more="seed = 2\n")
        self.run_sojourn("sweep", "t.toml", "-o", "others", "--shard", "1/64")
        stranger = next(self.folder.glob("others/points-000000-*.h5"))
        whole = files[0].read_bytes()
        shutil.copy(stranger, files[0])
        refused("this file does not hold points of this sweep")
        files[0].write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
        refused("its bytes do not match the checksum in its last line")
        # Who knows how to seal a file can put other values in it; not unseen where the design says which they are.
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        done = self.run_sojourn("merge", "points", "-o", "points/all.h5", status=2)
        self.assertIn("lies in the folder of the points", done.stderr)
        done = self.run_sojourn("merge", ".", "-o", "all.h5", status=2)
        self.assertIn("it is not that of a sweep", done.stderr)
        self.run_sojourn("merge", "points", "-o", "all.h5")
        # A link is called by its own name.
        (self.folder / "latest").symlink_to("points")
        self.assertIn("latest.h5", self.run_sojourn("merge", "latest").stderr)

    def test_foreign_files_are_never_replaced(self):
        self.write("s.toml", "{ sobol = { samples = 8 } }")
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        file = self.folder / "points" / self.names("points")[0]
        for content in (b"my thesis\n", b"\x89HDF\r\n\x1a\nnot ours"):
            file.write_bytes(content)
            done = self.run_sojourn("sweep", "s.toml", "-o", "points", status=2)
            self.assertIn("exists and was not written by Sojourn", done.stderr)
            self.assertEqual(file.read_bytes(), content)
        (self.folder / "all.h5").write_text("mine")
        file.unlink()
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        self.run_sojourn("merge", "points", "-o", "all.h5", status=2)
        self.assertEqual((self.folder / "all.h5").read_text(), "mine")
        (self.folder / "all.csv").write_text("point,mine\n")
        self.run_sojourn("merge", "points", "-o", "good.h5", "--csv", "all.csv", status=2)
        self.assertEqual((self.folder / "all.csv").read_text(), "point,mine\n")
        self.assertFalse((self.folder / "good.h5").exists())
        (self.folder / "file").write_text("no folder")
        self.assertIn("is not a folder", self.run_sojourn("sweep", "s.toml", "-o", "file", status=2).stderr)

    def test_csv_is_tidy(self):
        self.write("s.toml", "{ table = \"points.csv\" }", vary="")
        (self.folder / "points.csv").write_text("touchpoint.drink.quality.mean,scenario.horizon\n0.3,3 months\n0.7,6 months\n")
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        self.run_sojourn("merge", "points", "-o", "all.h5", "--csv", "all.csv")
        self.run_sojourn("merge", "points", "-o", "all.h5", "--csv", "all.csv")  # its own may be replaced
        with open(self.folder / "all.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(row["point"], row["plan"], row["replication"]) for row in rows],
                         [(point, plan, rep) for point in "01" for plan in ("baseline", "mend-what-counts") for rep in "01"])
        with h5py.File(self.folder / "all.h5") as file:
            for row in rows:
                at = (int(row["point"]), int(row["plan"] != "baseline"), int(row["replication"]))
                self.assertEqual(float(row["npv"]), file["npv"][at])
                retained = float(row["retention_365"]) if row["retention_365"] else numpy.nan
                numpy.testing.assert_equal(retained, file["retention_365"][at])
            self.assertEqual(file["scenario.horizon"].attrs["long_name"].decode(), "scenario.horizon: 0 = 3 months, 1 = 6 months")
            self.assertEqual(list(file["scenario.horizon"]), [0.0, 1.0])

    def test_series_are_kept_on_request(self):
        self.write("s.toml", "{ sobol = { samples = 4 } }", more="series = true\n")
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        self.run_sojourn("merge", "points", "-o", "all.h5")
        series = xarray.open_dataset(self.folder / "all.h5", group="series")
        self.assertEqual(series.customers.dims, ("point", "plan", "replication", "persona", "time"))
        points = xarray.open_dataset(self.folder / "all.h5")
        share = series.customers.sum("persona")[..., -1] / 200
        numpy.testing.assert_allclose(share.values, points.customers.values, rtol=0.2)  # of who arrived, a little fewer
        self.write("t.toml", "{ grid = {} }", more="series = true\n", vary='[[vary]]\nkey = "scenario.horizon"\nvalues = ["3 months", "6 months"]\n')
        done = self.run_sojourn("sweep", "t.toml", "-o", "others", "--threads", 1, status=2)
        self.assertIn("t.toml: error: series = true, but point 1 has other windows than point 0", done.stderr)

    def test_sensitivity(self):
        self.write("s.toml", "{ morris = { trajectories = 10, levels = 4 } }")
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        self.run_sojourn("merge", "points", "-o", "all.h5")
        found = json.loads(self.run_sojourn("sensitivity", "all.h5", "--json").stdout)
        self.assertEqual([(f["metric"], f["plan"], f["baseline"]) for f in found["figures"]],
                         [("npv", "baseline", None), ("retained", "baseline", None), ("npv", "mend-what-counts", "baseline"),
                          ("retained", "mend-what-counts", "baseline")])
        baseline = found["figures"][0]["keys"]
        # No improvement acts in the baseline; what one drinks does.
        self.assertEqual(baseline["improvement.*.effect.quality"]["mu_star"], {"value": 0.0, "low": 0.0, "high": 0.0, "resolved": False})
        self.assertTrue(baseline["touchpoint.drink.quality.mean"]["mu_star"]["resolved"])
        text = self.run_sojourn("sensitivity", "all.h5", "--by", "npv", "--plan", "baseline").stdout
        self.assertNotIn("This sweep is by", text)
        self.assertRegex(text, r"(?m)^  improvement\.\*\.effect\.quality .* no effect at any point$")
        self.write("t.toml", "{ saltelli = { samples = 8 } }")
        self.run_sojourn("sweep", "t.toml", "-o", "few")
        self.run_sojourn("merge", "few", "-o", "few.h5")
        text = self.run_sojourn("sensitivity", "few.h5", "--by", "time_to_purchase", "--plan", "baseline").stdout
        self.assertEqual(text.count("no effect at any point\n"), 3)  # what one drinks comes after the first purchase
        self.assertIn("Intervals of fewer than 32 samples miss more often than 5 %.\n", text)
        self.assertIn('did you mean "retained"?', self.run_sojourn("sensitivity", "all.h5", "--by", "retaned", status=2).stderr)
        self.assertIn("holds points of a sweep, not a run", self.run_sojourn("run", "all.h5", status=2).stderr)
        self.run_sojourn("run", "coffee.toml", "--customers", 100, "--replications", 2, "-o", "run.h5", "--quiet")
        self.assertIn("holds a run, not the points of a sweep", self.run_sojourn("sensitivity", "run.h5", status=2).stderr)
        # Whatever is named in the wrong place is called what it is.
        cut = (self.folder / "all.h5").read_bytes()[:9000]
        (self.folder / "cut.h5").write_bytes(cut)
        for words, *command in (("holds points of a sweep, not a run", "map", "coffee.toml", "--results", "all.h5", "-o", "x.svg"),
                                ("this is not an HDF5 file", "map", "coffee.toml", "--results", "coffee.toml", "-o", "x.svg"),
                                ("it is cut short, with 9000 bytes of ", "run", "cut.h5"),
                                ("it is cut short, with 9000 bytes of ", "sensitivity", "cut.h5"),
                                ("sojourn merge puts them into one file", "run", "points"),
                                ("this is a folder, not the file of a merged sweep", "sensitivity", "points"),
                                ("this is not the file of a merged sweep", "sensitivity", "coffee.toml"),
                                ("this is a file, not the folder of a sweep", "merge", "coffee.toml"),
                                ("sojourn sensitivity and sojourn explore take a sweep that is merged", "merge", "all.h5"),
                                ("this is a sweep file, not a scenario", "check", "s.toml"),
                                ("this is a scenario, not a sweep file", "sweep", "coffee.toml", "-o", "x")):
            with self.subTest(" ".join(command)):
                said = self.run_sojourn(*command, status=2).stderr
                self.assertIn(words, said)
                self.assertIn("hint: ", said)
        self.assertFalse((self.folder / "x.svg").exists() or (self.folder / "x").exists())

    def test_where_a_plan_wins(self):
        """The gain does not depend on the price, so that the plan wins below one price: counted again from the file itself."""
        vary = ('[[vary]]\nkey = "improvement.barista-course.cost.once"\nfrom = 0\nto = 12000\n'
                '[[vary]]\nkey = "touchpoint.drink.quality.mean"\nfrom = 0.45\nto = 0.55\n')
        self.write("s.toml", "{ sobol = { samples = 128 } }", customers=400, replications=5, vary=vary)
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        self.run_sojourn("merge", "points", "-o", "all.h5")
        found = json.loads(self.run_sojourn("sensitivity", "all.h5", "--json", "-o", "where.svg").stdout)
        self.assertEqual((found["design"], found["figures"]), ("sobol", []))
        [pair] = found["boxes"]
        self.assertEqual((pair["plan"], pair["against"], pair["goal"], pair["points"]), ("mend-what-counts", "baseline", {"npv": 1.0}, 128))
        points = xarray.open_dataset(self.folder / "all.h5")
        gains = points.npv.sel(plan="mend-what-counts").values - points.npv.sel(plan="baseline").values
        mean, half = gains.mean(axis=1), 2.7764451 * gains.std(axis=1, ddof=1) / 5 ** 0.5  # Student's t with 4 degrees of freedom
        wins, losses = mean > half, mean < -half
        self.assertEqual((pair["better_at"], pair["worse_at"], pair["not_told_at"]), (wins.sum(), losses.sum(), 128 - wins.sum() - losses.sum()))
        self.assertGreater(pair["better_at"], 10)
        self.assertGreater(pair["worse_at"], 10)
        for side, labels, limit in (("better", wins, "below"), ("worse", losses, "above")):
            box = pair[side]
            self.assertTrue(box["told"])
            self.assertLessEqual(box["chance"], 0.05)
            price = [each for each in box["limits"] if each["key"] == "improvement.barista-course.cost.once"]
            self.assertEqual([limit in each for each in price], [True])
            self.assertEqual(price[0]["kept"], 1.0)
            self.assertLess(price[0]["quasi_p"], 1e-6)
            inside = numpy.ones(128, bool)
            for each in box["limits"]:
                values = points[each["key"]].values
                inside &= values < each["below"] if "below" in each else values > each["above"]
            self.assertEqual((box["points_inside"], box["wins_inside"]), (inside.sum(), (inside & labels).sum()))
            self.assertAlmostEqual(box["density"], (inside & labels).sum() / inside.sum())
            self.assertAlmostEqual(box["coverage"], (inside & labels).sum() / labels.sum())
            self.assertGreater(2 * box["wins_inside"] / (box["points_inside"] + labels.sum()), 0.8)
        points.close()
        text = self.run_sojourn("sensitivity", "all.h5", COLUMNS="300").stdout
        self.assertIn("This sweep is by sobol: it tells where one plan beats another. How much each key matters is told of sweeps by morris or saltelli.", text)
        self.assertRegex(text, r"mend-what-counts beats baseline in \d+ % of the points where improvement.barista-course.cost.once < \d+.*: "
                               r"covers \d+ % of its wins\.")
        self.assertEqual(json.loads(self.run_sojourn("sensitivity", "all.h5", "--json", "--threads", 1).stdout), found)
        drawing = (self.folder / "where.svg").read_text()
        xml.etree.ElementTree.fromstring(drawing)
        self.assertEqual(drawing.count('class="box"'), 2)
        # The price does not move who is kept: there is nothing to tell by that, and one plan alone wins nothing.
        kept = json.loads(self.run_sojourn("sensitivity", "all.h5", "--by", "retained", "--json").stdout)["boxes"][0]
        for side in ("better", "worse"):
            for each in (kept[side] or {"limits": []})["limits"]:
                self.assertNotEqual((each["key"], kept[side]["told"]), ("improvement.barista-course.cost.once", True))
        for words, *arguments in (("cannot beat itself", "--plan", "baseline", "--against", "baseline"),
                                  ("nothing of one plan alone", "--plan", "baseline"),
                                  ("did you mean", "--against", "mend-what-count"),
                                  ("end the name in .svg", "-o", "where.png")):
            self.assertIn(words, self.run_sojourn("sensitivity", "all.h5", *arguments, status=2).stderr)

    def test_dry_runs_write_nothing(self):
        self.write("s.toml", "{ sobol = { samples = 8 } }")
        before = self.names(".")
        text = self.run_sojourn("sweep", "s.toml", "-o", "points", "--dry-run").stdout
        self.assertIn("Points      8 in 8 files; 8 are missing\n", text)
        whole = json.loads(self.run_sojourn("sweep", "s.toml", "-o", "points", "--dry-run", "--json").stdout)
        for command in ("run", "compare"):
            said = json.loads(self.run_sojourn(command, "coffee.toml", "--customers", 5000, "--dry-run", "--json").stdout)
            self.assertEqual(set(said), {"visits", "core_hours", "bytes"})
        self.assertEqual(self.names("."), before)
        # As many visits as were foretold, to a fifth: 8 points, 2 plans, 2 replications of 200 customers.
        self.run_sojourn("sweep", "s.toml", "-o", "points")
        self.run_sojourn("merge", "points", "-o", "all.h5")
        with h5py.File(self.folder / "all.h5") as file:
            self.assertLess(abs(file["events"][:].sum() / whole["visits"] - 1.0), 0.5)

    def test_a_point_that_is_no_scenario_is_named(self):
        vary = ('[[vary]]\nkey = "persona.commuter.share"\nvalues = [0.6, 0.7]\n'
                '[[vary]]\nkey = "persona.neighbour.share"\nvalues = [0.4, 0.3]\n')
        self.write("s.toml", "{ grid = {} }", vary=vary)
        self.assertIn("s.toml:10:16: error: shares of the personas sum to 1.1", self.run_sojourn("sweep", "s.toml", status=2).stderr)
        # Of a table whole lines are tried, so that keys may depend on one another.
        self.write("t.toml", "{ table = \"points.csv\" }", vary="", customers=20)
        lines = ["0.6,0.4", "0.5,0.5"] * 100
        lines[199] = "0.6,0.5"
        header = "persona.commuter.share,persona.neighbour.share\n"
        (self.folder / "points.csv").write_text(header + "\n".join(lines) + "\n")
        self.assertIn("points.csv:201:5: error: shares of the personas sum to 1.1", self.run_sojourn("sweep", "t.toml", status=2).stderr)
        self.assertFalse((self.folder / "t").exists())
        lines[199], lines[80] = lines[0], lines[199]  # not among those that are tried: found when it is simulated
        (self.folder / "points.csv").write_text(header + "\n".join(lines) + "\n")
        done = self.run_sojourn("sweep", "t.toml", "--threads", 1, status=2)
        self.assertIn("sojourn: point 80 of 200 is no valid scenario: persona.commuter.share = 0.6, persona.neighbour.share = 0.5", done.stderr)
        # What was finished before is kept.
        self.assertEqual(json.loads(self.run_sojourn("sweep", "t.toml", "--dry-run", "--json").stdout)["missing"], 200 - 80)


class Refused(unittest.TestCase):
    maxDiff = None

    def test_corpus(self):
        files = sorted(BAD.glob("*.toml"))
        self.assertGreater(len(files), 5)
        for path in files:
            if path.stem == "scenario":
                continue
            with self.subTest(path.name):
                done = refuse(path)
                self.assertEqual(done.stderr.decode(), path.with_suffix(".expected").read_text(encoding="utf-8"))
                self.assertEqual(done.returncode, 2)


def refuse(path):
    before = sorted(BAD.iterdir())
    done = subprocess.run([SOJOURN, "sweep", path.name], cwd=BAD, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, env=PLAIN,
                          check=False)
    if sorted(BAD.iterdir()) != before:
        raise AssertionError(f"{path.name}: something was written")
    return done


if __name__ == "__main__":
    if "--update" in sys.argv:
        for wrong in sorted(BAD.glob("*.toml")):
            if wrong.stem != "scenario":
                wrong.with_suffix(".expected").write_bytes(refuse(wrong).stderr)
    else:
        unittest.main()
