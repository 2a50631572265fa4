"""The program keeps its promises: equal bits at any thread count, repeatable results files, clean streams and exit statuses."""

import json
import math
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import h5py

SOJOURN = os.environ.get("SOJOURN", "build/sojourn")
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")) / "scenarios"
SHIPPED = sorted(path for path in SCENARIOS.rglob("*.toml") if not path.stem.endswith("-sweep"))
SMALL = ["--customers", "3000", "--replications", "3"]


def sojourn(*arguments, folder, **options):
    return subprocess.run([SOJOURN, *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False, **options)


class Promises(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def run_well(self, *arguments):
        done = sojourn(*arguments, folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def same(self, a, b):
        done = subprocess.run(["h5diff", a, b], cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode == 0

    def test_threads_change_no_bit(self):
        # One replication is 32 batches of customers, so that seven threads have something to disagree about.
        # Lessons are made of what the others have.
        for scenario in [path for path in SHIPPED if path.parent.name != "lessons"]:
            if "not simulated by this version" in self.run_well("check", scenario).stdout:
                continue
            with self.subTest(scenario.name):
                size = ["--customers", "70000", "--replications", "1", "--horizon", "1 year"]
                for threads in (1, 2, 7):
                    self.run_well("run", scenario, *size, "--threads", threads, "-o", f"t{threads}.h5")
                self.assertTrue(self.same("t1.h5", "t2.h5"))
                self.assertTrue(self.same("t1.h5", "t7.h5"))
                one, seven = (self.folder / name for name in ("t1.h5", "t7.h5"))
                self.assertEqual(one.read_bytes(), seven.read_bytes())

    def test_another_seed_is_another_file(self):
        """The twin of the test above: the comparison can fail."""
        for seed in (1, 2):
            self.run_well("run", SCENARIOS / "coffee.toml", *SMALL, "--seed", seed, "-o", f"s{seed}.h5")
        self.assertFalse(self.same("s1.h5", "s2.h5"))

    def test_a_results_file_repeats_itself(self):
        for command, changes in (("run", ["--plan", "care-first"]), ("compare", []),
                                 ("run", ["--set", "touchpoint.first-bill.quality.mean=0.7", "--horizon", "300 days"])):
            with self.subTest(command=command, changes=changes):
                self.run_well(command, SCENARIOS / "telecom.toml", *SMALL, *changes, "-o", "first.h5")
                self.run_well("run", "first.h5", "-o", "again.h5")
                self.assertTrue(self.same("first.h5", "again.h5"))
                self.assertEqual((self.folder / "first.h5").read_bytes(), (self.folder / "again.h5").read_bytes())

    def test_a_plan_alone_is_the_plan_in_a_comparison(self):
        alone = json.loads(self.run_well("run", SCENARIOS / "telecom.toml", *SMALL, "--plan", "digital-push", "--json").stdout)
        among = json.loads(self.run_well("compare", SCENARIOS / "telecom.toml", *SMALL, "--json").stdout)
        self.assertEqual(alone["metrics"], among["plans"]["digital-push"]["metrics"])

    def test_json_alone_on_stdout(self):
        done = self.run_well("run", SCENARIOS / "telecom.toml", *SMALL, "--json")
        result = json.loads(done.stdout)
        self.assertEqual((result["plan"], result["customers"], result["replications"], result["seed"]), ("baseline", 3000, 3, 42))
        self.assertAlmostEqual(result["horizon_days"], 730.5)
        self.assertGreater(result["events"], 9000)
        metrics = result["metrics"]
        for name in ("prospects lost customers churned conversion retention retained retention_90 retention_365 nps promoters passives "
                     "detractors satisfaction expectation effort revenue cost_to_serve investment npv clv time_to_purchase visits "
                     "repeats heard_positive heard_negative").split():
            self.assertEqual(set(metrics[name]), {"mean", "low", "high", "sd", "effective_people"}, name)
            self.assertLessEqual(metrics[name]["low"], metrics[name]["mean"], name)
        shares = sum(metrics[name]["mean"] for name in ("prospects", "lost", "customers", "churned"))
        self.assertAlmostEqual(shares, 1.0)
        self.assertAlmostEqual(metrics["nps"]["mean"], 100 * (metrics["promoters"]["mean"] - metrics["detractors"]["mean"]))
        self.assertEqual(set(result["touchpoints"]["first-bill"]), {"visits", "repeats", "quality", "satisfaction", "effort", "wait_days",
                                                                 "revenue_per_person", "cost_per_person"})
        self.assertIn("retention", result["by_persona"]["senior"])

    def test_compare_json(self):
        result = json.loads(self.run_well("compare", SCENARIOS / "telecom.toml", *SMALL, "--json").stdout)
        self.assertEqual(list(result["plans"]), ["baseline", "clear-bill", "care-first", "digital-push"])
        care = result["plans"]["care-first"]
        self.assertGreater(care["difference"]["retention"]["low"], 0.0)
        gain = care["metrics"]["retention"]["mean"] - result["plans"]["baseline"]["metrics"]["retention"]["mean"]
        self.assertAlmostEqual(care["difference"]["retention"]["mean"], gain)
        self.assertGreater(care["investment"], 0)
        self.assertIsNone(result["plans"]["baseline"]["roi"])
        self.assertGreater(result["pairing"]["retention"], 2.0)

    def test_one_replication_has_intervals_over_batches(self):
        result = json.loads(self.run_well("run", SCENARIOS / "coffee.toml", "--replications", "1", "--json").stdout)
        retention = result["metrics"]["retention"]
        half = (retention["high"] - retention["low"]) / 2
        # 32 batches: the half width is near 2.04 standard errors of a share.
        bought = result["metrics"]["conversion"]["mean"] * result["customers"]
        expected = 2.04 * math.sqrt(retention["mean"] * (1 - retention["mean"]) / bought)
        self.assertGreater(half, 0.5 * expected)
        self.assertLess(half, 2.0 * expected)

    def test_undefined_is_null(self):
        result = json.loads(self.run_well("run", SCENARIOS / "coffee.toml", *SMALL, "--horizon", "30 days", "--json").stdout)
        self.assertIsNone(result["metrics"]["retention_365"]["mean"])

    def test_coupled_customers_have_no_interval_from_one_replication(self):
        result = json.loads(self.run_well("run", SCENARIOS / "b2b-software.toml", "--customers", "2000", "--replications", "1",
                                          "--json").stdout)
        self.assertIsNone(result["metrics"]["retention"]["low"])
        self.assertGreater(result["metrics"]["account_retention"]["mean"], 0.0)
        kept = [segment["account_retention"]["mean"] for segment in result["by_account_segment"].values()]
        self.assertEqual(len(kept), 3)
        self.assertLess(min(kept), result["metrics"]["account_retention"]["mean"])
        self.assertGreater(max(kept), result["metrics"]["account_retention"]["mean"])

    def test_the_market_leaves_its_traces(self):
        """Waits, messages, referrals and accounts are in the results file where the scenario has them, and only there."""
        small = ["--customers", "3000", "--replications", "2"]
        for scenario in ("contact-centre", "retail-word-of-mouth", "b2b-software"):
            self.run_well("run", SCENARIOS / f"{scenario}.toml", *small, "-o", f"{scenario}.h5")
        with h5py.File(self.folder / "contact-centre.h5") as file:
            call = [id.decode() for id in file["touchpoint"][:]].index("call")
            self.assertGreater(file["queue_wait"][0, :, call].max(), 0.0)
            self.assertGreater(file["gave_up"][0, :, :, call].sum(), 0)
            self.assertNotIn("accounts", file)
        with h5py.File(self.folder / "retail-word-of-mouth.h5") as file:
            self.assertGreater(file["heard_positive"][:].sum(), 0)
            self.assertGreater(file["horizon/referred"][:].min(), 0.0)
            self.assertNotIn("queue_wait", file)
        with h5py.File(self.folder / "b2b-software.h5") as file:
            self.assertEqual(file["accounts"].shape[2], len(file["account_segment"]))
            self.assertTrue((file["accounts_customers"][:] <= file["accounts_bought"][:]).all())
            self.assertGreater(file["accounts_bought"][..., -1].sum(), 0)

    def test_interrupted_keeps_what_was_finished(self):
        process = subprocess.Popen([SOJOURN, "run", str(SCENARIOS / "telecom.toml"), "--replications", "4000", "--customers", "20000",
                                    "-o", "cut.h5"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130, error)
        with h5py.File(self.folder / "cut.h5") as cut:
            numbers, customers = cut["replication"][:], cut["customers"][:]
        self.assertGreater(len(numbers), 0)
        self.assertLess(len(numbers), 4000)
        # What was kept is what a whole run has at those replications.
        self.run_well("run", SCENARIOS / "telecom.toml", "--replications", int(numbers.max()) + 1, "--customers", "20000", "-o", "whole.h5")
        with h5py.File(self.folder / "whole.h5") as whole:
            self.assertTrue((whole["customers"][:][:, numbers] == customers).all())

    def test_a_lost_summary_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([SOJOURN, "run", str(SCENARIOS / "coffee.toml"), *SMALL, "--json"], cwd=self.folder, stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)

    def test_history_tells_what_made_the_file(self):
        def history(name):
            with h5py.File(self.folder / name) as file:
                return file.attrs["history"].decode() if isinstance(file.attrs["history"], bytes) else str(file.attrs["history"])
        telecom = SCENARIOS / "telecom.toml"
        self.run_well("run", telecom, *SMALL, "--plan", "clear-bill", "-o", "a.h5")
        self.assertEqual(history("a.h5"), "sojourn run telecom.toml --customers 3000 --replications 3 --plan clear-bill")
        self.run_well("run", "a.h5", "--plan", "care-first", "--seed", "7", "-o", "b.h5")
        self.assertEqual(history("b.h5"), "sojourn run telecom.toml --customers 3000 --replications 3 --seed 7 --plan care-first")
        self.run_well("compare", "a.h5", "--plans", "care-first, clear-bill", "-o", "c.h5")
        self.assertEqual(history("c.h5"), "sojourn compare telecom.toml --customers 3000 --replications 3 --plans care-first,clear-bill")
        self.run_well("compare", "c.h5", "-o", "d.h5")
        self.assertTrue(self.same("c.h5", "d.h5"))

    def test_no_progress_bar_off_a_terminal(self):
        done = self.run_well("run", SCENARIOS / "coffee.toml", *SMALL)
        self.assertNotIn("\r", done.stderr)
        self.assertNotIn("\033", done.stdout + done.stderr)

    def test_command_line_mistakes(self):
        for arguments, expected in (
            ([], "no command given"),
            (["rnu"], 'there is no command "rnu"; did you mean "run"?'),
            (["run", "x.toml", "--replicatons", "3"], 'sojourn run has no option "--replicatons"; did you mean "--replications"?'),
            (["run", SCENARIOS / "coffee.toml", "extra"], 'unexpected argument "extra"'),
            (["run", SCENARIOS / "coffee.toml", "--threads", "0"], "--threads"),
            (["run", SCENARIOS / "coffee.toml", "--plan", "mend-the-weakst"], 'did you mean "mend-the-weakest"?'),
            (["map", SCENARIOS / "coffee.toml", "-o", "map.png"], ".svg, .html or .dot"),
            (["new", "comented"], 'did you mean "commented"?'),
        ):
            with self.subTest(arguments):
                done = sojourn(*arguments, folder=self.folder)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(expected, done.stderr)
                self.assertEqual(done.stdout, "")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_scenario_is_never_overwritten(self):
        (self.folder / "my.toml").write_text((SCENARIOS / "coffee.toml").read_text())
        done = sojourn("run", "my.toml", *SMALL, "-o", "my.toml", folder=self.folder)
        self.assertEqual(done.returncode, 2)
        (self.folder / "notes").write_text("mine")
        self.assertEqual(sojourn("run", "my.toml", *SMALL, "-o", "notes", folder=self.folder).returncode, 2)
        self.assertEqual((self.folder / "notes").read_text(), "mine")
        self.assertEqual((self.folder / "my.toml").read_text(), (SCENARIOS / "coffee.toml").read_text())
        done = sojourn("new", "-o", "my.toml", folder=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("exists already", done.stderr)

    def test_help_has_examples(self):
        self.assertIn("Examples:", self.run_well("--help").stdout)
        for command in ("run", "compare", "check", "map", "new"):
            self.assertIn("Example", self.run_well(command, "--help").stdout)
        self.assertRegex(self.run_well("--version").stdout, r"^sojourn \d+\.\d+\.\d+\n$")

    def test_templates_run(self):
        for template in ("minimal", "commented"):
            with self.subTest(template):
                self.run_well("new", template, "-o", f"{template}.toml")
                self.assertIn("no errors, 0 warnings", self.run_well("check", f"{template}.toml").stdout)
                self.run_well("run", f"{template}.toml", *SMALL)

    def test_every_shipped_scenario_checks_clean(self):
        self.assertGreaterEqual(len(SHIPPED), 3)
        for scenario in SHIPPED:
            with self.subTest(scenario.name):
                self.assertIn("no errors, 0 warnings", self.run_well("check", scenario).stdout)


if __name__ == "__main__":
    unittest.main()
