"""`compare` in full: its JSON adds up, --precision gives the numbers of one long run, --threshold gives the exit status."""

import csv
import io
import json
import os
import re
import subprocess
import unittest
from pathlib import Path

import h5py

from program import ProgramTest

SOJOURN = os.environ.get("SOJOURN", "build/sojourn")
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")) / "scenarios"
TELECOM = SCENARIOS / "telecom.toml"
COFFEE = SCENARIOS / "coffee.toml"
SMALL = ["--customers", "2000", "--horizon", "1 year"]


class Compare(ProgramTest):
    environment = {"COLUMNS": "400"}  # sentences on one line

    def ends(self, *words):
        return self.sojourn(*words, status=None)

    def compare(self, *arguments):
        return json.loads(self.sojourn("compare", TELECOM, *SMALL, "--replications", 3, "--json", *arguments).stdout)

    def difference(self, *arguments):
        plans = json.loads(self.sojourn("compare", *arguments, "--json").stdout)["plans"]
        return {plan: {metric: (cell["mean"], cell["low"], cell["high"]) for metric, cell in found["difference"].items()}
                for plan, found in plans.items()}

    def test_several_files_are_paired_as_plans_of_one_scenario_are(self):
        """A plan whose results lie in a file of their own has the same differences; its intervals rest on samples alone."""
        few = ["--customers", 1000, "--replications", 3]
        for name, plan, seed in (("before", "baseline", 1), ("care", "care-first", 1), ("stranger", "care-first", 2)):
            self.sojourn("run", TELECOM, *few, "--seed", seed, "--plan", plan, "--quiet", "-o", f"{name}.h5")
        beside = self.difference("before.h5", "care.h5")["care"]
        whole = self.difference(TELECOM, *few, "--seed", 1, "--plans", "care-first", "-o", "whole.h5")["care-first"]
        self.assertNotEqual(whole["npv"][0], 0.0)
        for metric, (mean, low, high) in whole.items():
            with self.subTest(metric):
                self.assertEqual(beside[metric][0], mean)
        self.assertEqual(beside["npv"], whole["npv"])
        # The twin: another seed is another luck, and is refused.
        done = self.ends("compare", "before.h5", "stranger.h5")
        self.assertEqual(done.returncode, 2)
        self.assertIn("before and stranger do not share their luck: they have the seeds 1 and 2", done.stderr)

    def test_a_variant_may_have_another_journey(self):
        """Its own touchpoint is one that the base never visits; names, one plan alone, and thresholds."""
        (self.folder / "café.toml").write_text(COFFEE.read_text(encoding="utf-8"), encoding="utf-8")
        (self.folder / "same.toml").write_text('schema = 1\n[scenario]\nbase = "café.toml"\n', encoding="utf-8")
        (self.folder / "variant.toml").write_text(
            'schema = 1\n[scenario]\nbase = "café.toml"\n[[touchpoint]]\nid = "terrace"\nstage = "retention"\n'
            'next = [{ to = "terrace", odds = 1, after = "1 day" }]\n', encoding="utf-8")
        few = ["--customers", 500, "--replications", 2]
        found = self.difference("café.toml", "same.toml", "variant.toml", *few)
        self.assertIn("variant/baseline", found)
        for name in ("same", "variant"):
            for metric, cell in found[f"{name}/baseline"].items():
                self.assertIn(cell[0], (0.0, None), metric)
        self.assertEqual(found["same/mend-what-counts"]["npv"], found["mend-what-counts"]["npv"])
        self.assertNotEqual(found["mend-what-counts"]["npv"][0], 0.0)
        chosen = self.difference("café.toml", "variant.toml", *few, "--plans", "variant/mend-what-counts")
        self.assertEqual(list(chosen), ["baseline", "variant/mend-what-counts"])
        self.assertEqual(self.ends("compare", "café.toml", "same.toml", *few, "--threshold", "retained>=0.9999").returncode, 1)
        self.assertEqual([path.name for path in self.folder.glob("*.h5")], [])

    def test_a_comparison_of_several_files_is_kept(self):
        for name, plan in (("before", "baseline"), ("care", "care-first")):
            self.sojourn("run", TELECOM, "--customers", 200, "--replications", 2, "--plan", plan, "--quiet", "-o", f"{name}.h5")
        files = ["before.h5", "care.h5"]
        self.sojourn("compare", *files, "-o", "both.csv", "--quiet")
        self.assertEqual((self.folder / "both.csv").read_text(), self.sojourn("compare", *files, "--format", "csv").stdout)
        said = self.sojourn("compare", *files, "--json", "-o", "both.json").stdout
        self.assertEqual((self.folder / "both.json").read_text(), said)
        self.sojourn("compare", *files, "--quiet", "-o", "both.md")
        self.assertIn("| against the baseline |", (self.folder / "both.md").read_text().replace("  ", " "))
        for name in ("both.csv", "both.json", "both.md"):
            self.sojourn("compare", *files, "--quiet", "-o", name)  # its own may be replaced
            (self.folder / name).write_text("mine\n")
            done = self.ends("compare", *files, "-o", name)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertEqual((self.folder / name).read_text(), "mine\n")
        self.assertEqual(self.ends("compare", *files, "-o", "care.h5").returncode, 2)

    def test_several_files_are_refused_by_name(self):
        self.sojourn("run", COFFEE, "--customers", 100, "--replications", 2, "--quiet", "-o", "c.h5")
        for words, *arguments in (("two files are called c", "c.h5", "c.h5"),
                                  ('cannot keep a comparison of several files as "x.h5"', "c.h5", COFFEE, "-o", "x.h5"),
                                  ("whose numbers stand", "c.h5", COFFEE, "--customers", 100),
                                  ("customers 100 and", "c.h5", COFFEE),
                                  ("a plan is named", "c.h5", COFFEE, "--threshold", "baseline:npv>=0")):
            with self.subTest(words):
                done = self.ends("compare", *arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn(words, done.stderr)

    def test_a_plan_that_stands_in_two_files_is_told_to_be_the_same(self):
        for name in ("one", "two"):
            (self.folder / f"{name}.toml").write_text(COFFEE.read_text(encoding="utf-8"), encoding="utf-8")
        few = ("--customers", 1000, "--replications", 4)
        said = self.sojourn("compare", "one.toml", "two.toml", *few).stdout
        self.assertIn("; two/Mend what guests remember has the same effects: either will do.", said)
        for plans, best, same in (((), True, ["two/mend-what-counts"]), (("--plans", "mend-what-counts,mend-the-weakest"), True, [])):
            goal = self.json("compare", "one.toml", "two.toml", *few, *plans)["goal"]
            self.assertEqual((goal["leader"], goal["leader_is_best"], goal["same_as_leader"]), ("mend-what-counts", best, same))
        self.assertNotIn("may be worth as much", said)
        self.assertNotIn("may keep as many", said)

    def test_all_that_keeps_files_apart_is_told_at_once(self):
        """Of every file, and once what to do about it; what only follows from something else is not told."""
        for name, *options in (
                ("a", "--horizon", "10 weeks", "--customers", 100),
                ("b", "--horizon", "10 weeks", "--customers", 100, "--seed", 7, "--set", "scenario.window=3", "--set",
                 "scenario.discount=0.5"),
                ("c", "--horizon", "5 weeks", "--customers", 200, "--seed", 7)):
            self.sojourn("run", COFFEE, "--replications", 2, *options, "--quiet", "-o", f"{name}.h5")
        done = self.ends("compare", "a.h5", "b.h5", "c.h5")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(
            done.stderr,
            "sojourn: error: a and b do not share their luck: they have the seeds 42 and 7; windows in days of 7 and 3; the "
            "discounts 0 and 0.5. a and c do not share their luck: they have the seeds 42 and 7; customers 100 and 200; "
            "horizons in days of 70 and 35\n"
            "hint: run them again with one --seed, --customers and --horizon; set scenario.window and scenario.discount in "
            "all\n")

    def test_nothing_is_simulated_of_files_that_cannot_be_compared(self):
        """A day of work is asked for: whatever is wrong with the second file, or with the plans, is told before it."""
        (self.folder / "a.toml").write_text(COFFEE.read_text(encoding="utf-8"), encoding="utf-8")
        (self.folder / "b.toml").write_text('schema = 1\n[scenario]\nbase = "a.toml"\nseed = 7\ndiscount = 0.5\n')
        (self.folder / "c.toml").write_text('schema = 1\n[scenario]\nbase = "a.toml"\nhorison = 7\n')
        (self.folder / "d.toml").write_text('schema = 1\n[scenario]\nbase = "a.toml"\n')
        for words, *arguments in (
                ("a and b do not share their luck: they have the seeds 42 and 7; the discounts 0 and 0.5", "a.toml", "b.toml"),
                ("horison", "a.toml", "c.toml"), ("two files are called a", "a.toml", "a.toml"),
                ('there is no plan "nobody"', "a.toml", "d.toml", "--plans", "nobody")):
            with self.subTest(words):
                done = self.ends("compare", *arguments, "--customers", "2e9", "--replications", 100)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(words, done.stderr)

    def test_json(self):
        result = self.compare()
        care = result["plans"]["care-first"]
        gain = care["difference"]["retained"]
        self.assertEqual(gain["p"] < 0.05, not gain["low"] <= 0 <= gain["high"])
        self.assertGreaterEqual(gain["p_holm"], gain["p"])
        for metric, kinds in care["contributions"].items():
            for kind, parts in kinds.items():
                with self.subTest(metric=metric, kind=kind):
                    whole = care["difference"][metric]["mean"]
                    self.assertAlmostEqual(sum(part["mean"] for part in parts.values()), whole, delta=1e-9 * (1 + abs(whole)))
        self.assertIn("young-pro", care["contributions"]["npv"]["by_persona"])
        self.assertIn("retention", care["contributions"]["retained"]["by_stage"])
        for way in ("overall", "outcome", "satisfaction"):
            shares = care["winners_and_losers"][way]
            self.assertAlmostEqual(sum(shares[k]["mean"] for k in ("better", "same", "worse")), 1.0)
        outcome = care["winners_and_losers"]["outcome"]
        self.assertAlmostEqual(outcome["better"]["mean"] - outcome["worse"]["mean"], gain["mean"])
        for metric in ("retained", "npv", "nps"):
            self.assertAlmostEqual(sum(result["best"][metric]["chance"].values()), 1.0)
            self.assertEqual(len(result["best"][metric]["pairs"]), 6)
        bill = result["plans"]["clear-bill"]
        self.assertLess(bill["payback_earliest"], bill["payback_days"])
        self.assertTrue(bill["payback_latest"] is None or bill["payback_days"] < bill["payback_latest"])

    def test_no_plan_leads_by_luck(self):
        # The same plan twice over: none of the two can be shown to keep most.
        text = COFFEE.read_text(encoding="utf-8") + """
[[improvement]]
id = "hair"
target = { touchpoint = "drink" }
effect = { quality = "+0.002" }
cost = { once = 1 }
[[plan]]
id = "hair"
improvements = ["hair"]
"""
        (self.folder / "hair.toml").write_text(text, encoding="utf-8")
        done = self.sojourn("compare", "hair.toml", "--plans", "hair", "--customers", 300, "--replications", 1)
        self.assertNotRegex(done.stdout, "hair (keeps|is worth) (most|more)|hair pays")
        self.assertRegex(done.stdout, "No plan is shown to (keep more customers|pay)|hair keeps as many customers as the baseline")
        result = json.loads(self.sojourn("compare", "hair.toml", "--plans", "hair", "--customers", 300, "--replications", 1, "--json").stdout)
        kept = result["plans"]["hair"]["difference"]["retained"]
        self.assertLess(kept["low"], kept["high"])  # never without width
        self.assertGreaterEqual(kept["p"], 0.05)

    def test_payback_is_never_before_the_income(self):
        # 50 are paid on day 0, 100 earned after 300 days, 50 paid again in the second year.
        (self.folder / "pay.toml").write_text("""schema = 1
[scenario]
title = "Pay first"
horizon = "2 years"
window = "1 year"
customers = 100
replications = 1
discount = 0.1
[[persona]]
id = "all"
share = 1.0
starts = { door = 1.0 }
[[touchpoint]]
id = "door"
stage = "purchase"
next = [ { to = "fair", odds = 1, after = "300 days" } ]
[[touchpoint]]
id = "fair"
stage = "retention"
next = [ { to = "home", odds = 1, after = "300 days" } ]
[[touchpoint]]
id = "home"
stage = "retention"
next = [ { to = "door", odds = 1, after = "5000 days" } ]
[[improvement]]
id = "earn"
target = { touchpoint = "fair" }
effect = { revenue = "+1" }
cost = { once = 50 }
[[improvement]]
id = "again"
target = { touchpoint = "home" }
effect = { cost = "+0.5" }
[[plan]]
id = "both"
improvements = ["earn", "again"]
""", encoding="utf-8")
        plan = json.loads(self.sojourn("compare", "pay.toml", "--json").stdout)["plans"]["both"]
        # Counted as it is paid, the money is back after a year; with interest it never is, and the plan loses.
        self.assertEqual((plan["payback_days"], plan["payback_undiscounted_days"]), (None, 365.25))
        self.assertLess(plan["difference"]["npv"]["mean"], 0)
        self.assertIn("not within the horizon (day 366 before discounting)", self.sojourn("compare", "pay.toml", "--full").stdout)
        # Its twin: without interest it is back by the end of the first window, not on the day of the investment.
        plan = json.loads(self.sojourn("compare", "pay.toml", "--set", "scenario.discount=0", "--json").stdout)["plans"]["both"]
        self.assertEqual(plan["payback_days"], 365.25)
        self.assertIn("by day 366", self.sojourn("compare", "pay.toml", "--set", "scenario.discount=0", "--full").stdout)

    def test_people_who_came_together_leave_the_count_together(self):
        starts = 'starts = { early = 0.2, mid = 0.3, late = 0.1, stay = 0.4 }'
        text = f"""schema = 1
[scenario]
title = "Ties"
horizon = "400 days"
window = "10 days"
customers = 20_000
replications = 1
[[persona]]
id = "p"
share = 0.5
{starts}
[[persona]]
id = "q"
share = 0.5
arrives = "370.5 days"
{starts}
"""
        for name, days in (("early", 30), ("mid", 90), ("late", 365), ("stay", 5000)):
            text += f'[[touchpoint]]\nid = "{name}"\nstage = "purchase"\nnext = [ {{ to = "gone", odds = 1, after = "{days} days" }}, ' \
                    f'{{ to = "gone", odds = 1, after = "{days} days" }} ]\n'
        text += '[[touchpoint]]\nid = "gone"\nstage = "retention"\nend = "churned"\n'
        (self.folder / "ties.toml").write_text(text, encoding="utf-8")
        metrics = json.loads(self.sojourn("run", "ties.toml", "--json", "-o", "ties.h5").stdout)["metrics"]
        self.assertAlmostEqual(metrics["retention_90"]["mean"], 0.5, delta=0.02)  # half counts give .544
        self.assertAlmostEqual(metrics["retention_365"]["mean"], 0.4, delta=0.02)
        for name, right in (("retention_90", 0.5), ("retention_365", 0.4)):
            self.assertTrue(metrics[name]["low"] <= right <= metrics[name]["high"], name)
        with h5py.File(self.folder / "ties.h5") as file:
            exits = [name.decode() if isinstance(name, bytes) else name for name in file["exit"][()]]
        self.assertEqual(len(set(exits)), len(exits))
        self.assertEqual(exits[:2], ["early -> gone", "early -> gone #2"])

    def test_file_has_winners_and_losers(self):
        self.compare("-o", "all.h5")
        with h5py.File(self.folder / "all.h5") as file:
            counts, customers, prospects = file["fortunes"][()], file["customers"][()], file["prospects"][()]
            self.assertEqual([name.decode() if isinstance(name, bytes) else name for name in file["fate"][()]],
                             ["gained", "kept", "without", "given_up"])
        self.assertEqual(counts.shape, (4, 3, 4, 4, 3))
        self.assertTrue((counts[..., 0:2, :].sum(axis=(-2, -1)) == customers[..., -1]).all())
        self.assertTrue((counts[0, ..., 1:3, 1].sum() == counts[0].sum()))
        self.assertEqual(prospects.shape[0], 4)
        self.sojourn("run", TELECOM, *SMALL, "--replications", 2, "-o", "one.h5")
        with h5py.File(self.folder / "one.h5") as file:
            self.assertNotIn("fortunes", file)

    def test_one_customer_is_told_in_the_singular(self):
        for words in (["compare"], ["compare", "--full"], ["run"], ["rank"], ["compare", "--dry-run"]):
            said = self.sojourn(*words, TELECOM, "--customers", 1, "--replications", 1, "--set", "scenario.market=1").stdout
            with self.subTest(" ".join(words)):
                self.assertIn("1 customer", said)
                self.assertNotRegex(said, r"\b1 (customers|people|replications)\b")

    def test_text_says_the_answer_first(self):
        asked = ["compare", TELECOM, *SMALL, "--replications", 3]
        short, full = self.sojourn(*asked).stdout.splitlines(), self.sojourn(*asked, "--full").stdout
        self.assertRegex(short[2], "is worth most|pays: |No plan is shown to pay|No plan pays")  # the goal is net present value
        self.assertRegex(short[3], "keeps (most|more) customers: ")  # most: where it is shown of all plans
        self.assertIn(short[2], full)
        for part in ("customer by customer", "chance of being best", "Left at retention", "Holm 1979", "Promoters per start"):
            self.assertIn(part, full)
            self.assertNotIn(part, "\n".join(short))

    def test_a_dozen_lines_of_80_columns(self):
        for scenario in (TELECOM, COFFEE, SCENARIOS / "gym.toml", SCENARIOS / "b2b-software.toml"):
            with self.subTest(scenario.name):
                asked = ["compare", scenario, "--customers", 400, "--replications", 2]
                lines = subprocess.run([SOJOURN, *map(str, asked)], cwd=self.folder, capture_output=True, text=True, check=True,
                                       env={**os.environ, "COLUMNS": "80"}).stdout.splitlines()
                self.assertLessEqual(len(lines), 12)
                self.assertLessEqual(max(map(len, lines)), 80)
                full = subprocess.run([SOJOURN, *map(str, asked), "--full"], cwd=self.folder, capture_output=True, text=True, check=True,
                                      env={**os.environ, "COLUMNS": "80"}).stdout.splitlines()
                self.assertGreater(len(full), 12)
                self.assertLessEqual(max(map(len, full)), 80)

    def test_verdicts_are_the_same_everywhere(self):
        asked = ["compare", TELECOM, *SMALL, "--replications", 3]
        said = json.loads(self.sojourn(*asked, "--json").stdout)
        short = self.sojourn(*asked).stdout
        rows = {row["plan"]: row for row in csv.DictReader(io.StringIO(self.sojourn(*asked, "--format", "csv").stdout)) if row["metric"] == "npv"}
        words = {"better": "pays", "worse": "loses", "open": "open", "same": "no change"}
        for sentence in said["answer"]:
            self.assertIn(sentence, short)
        for identity, plan in list(said["plans"].items())[1:]:
            self.assertRegex(short, rf"(?m)^ +{re.escape(plan['name'])} +{words[plan['verdict']['worth']]}\b")
            self.assertEqual(rows[identity]["verdict"], plan["verdict"]["worth"])
            self.assertEqual(float(rows[identity]["difference"]), plan["difference"]["npv"]["mean"])
            gain = plan["difference"]["npv"]
            told = gain["p_holm"] < 0.05
            self.assertEqual(plan["verdict"]["worth"], ("better" if gain["mean"] > 0 else "worse") if told else "open")
            self.assertEqual(plan["payback_days"] is not None, gain["mean"] >= 0)
        self.assertEqual(said["goal"]["weights"], {"npv": 1.0})

    def test_the_goal_decides(self):
        # Over its 24 months, the plan that keeps most customers is not the one that is worth most (README.md).
        asked = ["compare", TELECOM, "--customers", 2000, "--replications", 3, "--json", "--set"]

        def leader(goal, figure):
            said = json.loads(self.sojourn(*asked, f"scenario.goal={goal}").stdout)
            self.assertEqual(said["goal"]["leader"], max(said["plans"], key=lambda name: figure(said["plans"][name])))
            return said["goal"]["leader"], said

        first, kept = leader("retained", lambda plan: plan["difference"]["retained"]["mean"])
        self.assertEqual(first, "care-first")
        self.assertRegex(kept["answer"][0], "^Care first keeps (most|more) customers")
        other, worth = leader("npv", lambda plan: plan["difference"]["npv"]["mean"])
        self.assertNotEqual(other, first)
        self.assertNotIn("customers", worth["answer"][0])
        both = json.loads(self.sojourn(*asked, "scenario.goal={ npv = 1, nps = 1e5 }").stdout)
        for plan in both["plans"].values():
            self.assertAlmostEqual(plan["goal"]["mean"], plan["difference"]["npv"]["mean"] + 1e5 * plan["difference"]["nps"]["mean"], delta=1.0)
        self.assertNotEqual(kept["goal"]["label"], both["goal"]["label"])

    def test_wrong_layouts(self):
        for arguments, said in ((["--format", "cvs"], 'there is no such format; did you mean "csv"?'), (["--format", "md", "--json"], "do not go together")):
            done = self.ends("compare", COFFEE, *arguments)
            self.assertEqual((done.returncode, done.stdout, list(self.folder.iterdir())), (2, "", []))
            self.assertIn(said, done.stderr)

    def test_precision_is_one_long_run(self):
        for command, scenario, goal in (("compare", TELECOM, "retained=0.004"), ("run", COFFEE, "retention=0.01")):
            with self.subTest(command=command):
                done = self.sojourn(command, scenario, "--customers", 400, "--seed", 5, "--replications", 2, "--precision", goal, "--json",
                                     "-o", "precise.h5")
                result = json.loads(done.stdout)
                self.assertGreaterEqual(result["replications"], 10)
                self.assertIn("Replications were added up to %d" % result["replications"], done.stderr)
                metric, half = goal.split("=")
                plans = [plan["difference"] for plan in result["plans"].values()] if command == "compare" else [result["metrics"]]
                for figures in plans:
                    self.assertLessEqual((figures[metric]["high"] - figures[metric]["low"]) / 2, float(half))
                self.sojourn(command, scenario, "--customers", 400, "--seed", 5, "--replications", result["replications"], "-o", "plain.h5")
                self.assertEqual((self.folder / "precise.h5").read_bytes(), (self.folder / "plain.h5").read_bytes())
                self.sojourn("run", "precise.h5", "-o", "again.h5")
                self.assertEqual((self.folder / "precise.h5").read_bytes(), (self.folder / "again.h5").read_bytes())

    def test_precision_that_is_there_adds_nothing(self):
        self.sojourn("run", COFFEE, "--replications", 1, "--precision", "retention=0.5", "-o", "a.h5")
        self.sojourn("run", COFFEE, "--replications", 1, "-o", "b.h5")
        self.assertEqual((self.folder / "a.h5").read_bytes(), (self.folder / "b.h5").read_bytes())

    def test_precision_out_of_reach(self):
        done = self.ends("run", COFFEE, "--customers", 300, "--replications", 2, "--precision", "retention=1e-7", "-o", "a.h5")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "sojourn: error: --precision retention=1e-07 was not reached: the half-width is .* after [0-9]+ "
                                      "replications; about .* are needed, and at most 1000 are run\nhint: ")
        self.assertTrue((self.folder / "a.h5").exists())

    def test_thresholds(self):
        run = ["run", COFFEE, "--customers", 500, "--replications", 2, "-o", "a.h5"]
        self.sojourn(*run, "--threshold", "retention>=0.01", "--threshold", "retention < 100 %")
        done = self.ends(*run, "--threshold", "retention>=0.99", "--threshold", "conversion>0")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"(?m)^sojourn: threshold missed: retention of baseline is 0\.\d+ \(95 %: .* to .*\), not >= 0\.99")
        self.assertNotIn("conversion", done.stderr)
        compare = ["compare", TELECOM, *SMALL, "--replications", 3, "-o", "c.h5"]
        self.sojourn(*compare, "--threshold", "care-first:+retained>=0")
        done = self.ends(*compare, "--threshold", "+npv>=1e15", "--quiet")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("threshold missed: npv of"), 3)
        self.assertIn("npv of care-first less the baseline's is", done.stderr)
        # Amounts are written as in scenarios and as the tables have them.
        self.sojourn(*compare, "--threshold", "care-first:npv>=-1bn", "--threshold", "care-first:npv<1.5bn", "--precision", "npv=900M", "--quiet")
        self.assertEqual(self.ends(*compare, "--threshold", "care-first:npv>=10bn", "--quiet").returncode, 1)

    def test_wrong_goals(self):
        for arguments, said in (
                (["run", COFFEE, "--threshold", "retention>=70"], "retention is between 0 and 1\nhint: write 70 % or 0.7"),
                (["compare", COFFEE, "--threshold", "+retained>=-5"], "a difference of retained is between -1 and 1\nhint: write -5 % or -0.05"),
                (["compare", COFFEE, "--threshold", "nps<=200"], "nps is between -100 and 100\nhint: "),
                (["run", COFFEE, "--precision", "retained=1"], "so that any interval is that narrow\nhint: write 1 % or 0.01"),
                (["run", COFFEE, "--threshold", "retension>=0.7"], 'there is no metric "retension"; did you mean "retention"?\nhint: metrics: '),
                (["run", COFFEE, "--threshold", "retention=0.7"], "this compares with none of"),
                (["run", COFFEE, "--threshold", "retention>=much"], '"much" is not a number'),
                (["run", COFFEE, "--threshold", "npv>=1,000"], "write 1_000 or 1000; decimals stand behind a point"),
                (["run", COFFEE, "--precision", "nps=0,5"], "write 0.5"),
                (["optimize", COFFEE, "--budget", "1,250"], "write 1_250 or 1250; decimals stand behind a point"),
                (["optimize", COFFEE, "--budget", "1,5M"], "2M or 1.5bn"),
                (["run", COFFEE, "--threshold", "+retention>=0"], "a difference to the baseline is what compare gives"),
                (["compare", TELECOM, "--threshold", "care-frist:nps>=0"], 'there is no plan "care-frist"; did you mean "care-first"?'),
                (["compare", TELECOM, "--plans", "clear-bill", "--threshold", "care-first:nps>=0"], 'plan "care-first" is not compared'),
                (["run", COFFEE, "--precision", "retention"], 'this has no "="'),
                (["run", COFFEE, "--precision", "retention=0"], "the half-width must be above 0"),
                (["run", COFFEE, "--precision", "retention=nan"], '"nan" is not a number'),
                (["run", COFFEE, "--precision", "nbs=1"], 'there is no metric "nbs"; did you mean "nps"?'),
                (["run", COFFEE, "--precision", "nps=1", "--control-variate"], "do not go together")):
            with self.subTest(arguments[2:]):
                done = self.ends(*arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(said, done.stderr)
                self.assertIn("\nhint: ", done.stderr)
                self.assertEqual((done.stdout, list(self.folder.iterdir())), ("", []))


if __name__ == "__main__":
    unittest.main()
