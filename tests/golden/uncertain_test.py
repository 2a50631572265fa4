"""`sojourn compare --uncertain`: forecasts and the value of knowing more, from a scenario that says what its author does not know."""

import csv
import json
import os
import unittest
from pathlib import Path

from program import ProgramTest

GYM = Path(os.environ["SOJOURN_SOURCE"]) / "scenarios/gym.toml"


class UncertainTest(ProgramTest):
    def compare(self, *words, status=0):
        return self.sojourn("compare", GYM, "--uncertain", "--customers", 500, "--draws", 128, "--no-progress", *words, status=status)

    def test_the_gym(self):
        text = self.compare("--json").stdout
        self.assertEqual(text, self.compare("--json", "--threads", 1).stdout)
        found = json.loads(text)["uncertain"]
        self.assertEqual(found["draws"], 128)
        self.assertEqual(set(found["forecast"]), {"npv", "retained", "nps"})
        self.assertEqual(set(found["inputs"]), {"improvement.three-weeks.effect.delay", "touchpoint.train.next[2].odds", "touchpoint.train.next[1].odds"})
        self.assertEqual(found["inputs"]["touchpoint.train.next[1].odds"]["why"], "the same members")
        for plan in ("baseline", "longer-trial"):
            forecast = found["forecast"]["npv"][plan]
            self.assertLess(forecast["low"], forecast["mean"])
            self.assertLess(forecast["mean"], forecast["high"])
            # What one does not know is more than the chance of a year.
            self.assertGreater(forecast["sd_inputs"], forecast["sd_chance"])
        self.assertAlmostEqual(sum(found["chance_best"].values()), 1.0, places=9)
        # Of the best it is the same but for what overfitting adds, which is taken off.
        best = found["best"]
        self.assertLessEqual(found["evpi"]["mean"], found["expected_loss"][best] + 1e-9)
        for value in found["evppi"].values():
            self.assertGreaterEqual(value["mean"], 0.0)
            self.assertLessEqual(value["mean"], found["evpi"]["mean"] + 1e-9)
        self.assertEqual(list(self.folder.iterdir()), [])
        # Inputs that are known make no spread.
        by = json.loads(self.compare("--json", "--by", "retained").stdout)["uncertain"]
        self.assertEqual(by["by"], "retained")
        self.assertLess(by["evpi"]["mean"], 1.0)

    def test_inputs_have_the_words_of_the_sliders(self):
        text = " ".join(self.compare().stdout.split())
        self.assertIn("A trial of three weeks: delay", text)
        self.assertIn("Trains for a month: to Cancels, odds", text)
        self.assertNotIn("train.next[2].odds", text)

    def test_a_plan_beyond_the_budget_of_a_quarter_is_told_so(self):
        """What is paid per visit is known by simulation alone."""
        budget = ("--set", "scenario.start=2026-09-07", "--set", "budget.per_quarter=4_000")
        text = " ".join(self.compare(*budget).stdout.split())
        self.assertRegex(text, r"A longer trial is worth most in the mean\. But A longer trial spends EUR [\d,.]+( k)? in 20\d\d Q[1-4] in the mean of the draws, of a budget of EUR 4,000\.")
        found = json.loads(self.compare("--json", *budget).stdout)["uncertain"]["over_budget"]
        self.assertEqual(list(found), ["longer-trial"])
        self.assertGreater(found["longer-trial"]["spent"], 4000)
        self.assertNotIn("over_budget", json.loads(self.compare("--json", *budget[:2], "--set", "budget.per_quarter=4_000_000").stdout)["uncertain"])

    def test_a_goal_of_several_figures_decides(self):
        goal = ("--set", "scenario.goal={ npv = 1, nps = 300 }")
        found = json.loads(self.compare("--json", *goal).stdout)["uncertain"]
        self.assertEqual(found["by"], "goal")
        forecast = found["forecast"]
        for plan in ("baseline", "longer-trial"):
            self.assertAlmostEqual(forecast["goal"][plan]["mean"], forecast["npv"][plan]["mean"] + 300 * forecast["nps"][plan]["mean"], places=5)
        self.assertNotAlmostEqual(found["expected_loss"]["baseline"], json.loads(self.compare("--json").stdout)["uncertain"]["expected_loss"]["baseline"])
        text = self.compare(*goal).stdout
        self.assertIn("The goal is npv + 300 x nps.", text)
        self.assertIn("by the goal", text)
        self.assertEqual(json.loads(self.compare("--json", "--by", "npv", *goal).stdout)["uncertain"]["by"], "npv")
        ranked = self.sojourn("rank", GYM, "--customers", 500, "--no-progress", *goal).stdout
        self.assertIn("the goal of the scenario is npv + 300 x nps", " ".join(ranked.split()))

    def test_draws_as_a_table(self):
        """The table has what the JSON is made of; one that Sojourn did not write is never replaced."""
        found = json.loads(self.compare("--json", "--csv", "draws.csv").stdout)["uncertain"]
        rows = list(csv.DictReader((self.folder / "draws.csv").read_text(encoding="utf-8").splitlines()))
        self.assertEqual(len(rows), 128 * 2 * 2)
        keys = list(found["inputs"])
        self.assertEqual(list(rows[0])[:3 + len(keys)], ["draw", "plan", "replication", *keys])
        npv = {}
        for row in rows:
            npv.setdefault(row["plan"], []).append(float(row["npv"]))
        for plan, values in npv.items():
            self.assertAlmostEqual(sum(values) / len(values), found["forecast"]["npv"][plan]["mean"], places=6)
        key = "improvement.three-weeks.effect.delay"
        swing = found["swing"][key]
        lead = sorted((float(one[key]), sum(float(row["npv"]) * (1 if row["plan"] == found["best"] else -1) for row in rows if row["draw"] == one["draw"]) / 2)
                      for one in rows[::4])
        self.assertAlmostEqual(swing["low"], sum(value for _, value in lead[:25]) / 25, places=6)
        self.assertAlmostEqual(swing["high"], sum(value for _, value in lead[-25:]) / 25, places=6)
        self.assertTrue(swing["shown"])
        self.compare("--quiet", "--csv", "draws.csv")  # its own table is replaced
        (self.folder / "draws.csv").write_text("not Sojourn's\n", encoding="utf-8")
        self.assertIn("draws.csv", self.compare("--csv", "draws.csv", status=2).stderr)
        self.assertEqual((self.folder / "draws.csv").read_text(encoding="utf-8"), "not Sojourn's\n")

    def test_surveys(self):
        key = "improvement.three-weeks.effect.delay"
        text = self.compare("--survey", key, "--sd", 20, "--cost-per-answer", 1).stdout
        self.assertIn(f"A survey of {key}:", text)
        found = json.loads(self.compare("--survey", key, "--sd", 20, "--cost-per-answer", 1, "--json").stdout)["uncertain"]["evsi"]
        self.assertEqual(found["input"], key)
        self.assertLessEqual(max(one["mean"] for one in found["surveys"]), 1000)
        self.assertIn("did you mean", self.compare("--survey", "improvement.three-weeks.effect.dealy", status=2).stderr)

    def test_in_words(self):
        text = self.compare().stdout
        for words in ("128 draws of 3 uncertain inputs, 2 replications each of 500 customers", "best in", "To know all inputs before choosing (EVPI): ",
                      "95 % of what may come lies between the two"):
            self.assertIn(words, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_what_is_wrong_is_told_by_check(self):
        text = GYM.read_text()
        for old, new, said in (
                ('key   = "touchpoint.train.next[2].odds"', 'key   = "touchpoint.trane.next[2].odds"', 'there is no "trane" in touchpoint'),
                ("correlation = 0.5", "correlation = 1.5", "correlation is 1.5, but must be 1 or less"),
                ('group = "loyalty"', 'group = "loyality"', 'did you mean "loyalty"?'),
                ("{ shape = 16, mean = 0.4 }", "{ shape = -16, mean = 0.4 }", "shape of "),
                ("lognormal = { median = 50, sigma = 0.5 }", "", "this [[uncertain]] has no distribution"),
                ('key       = "improvement.three-weeks.effect.delay"', 'key = "scenario.seed"', "a setting of the simulation, not of the world")):
            with self.subTest(new):
                self.assertIn(old, text)
                self.folder.joinpath("gym.toml").write_text(text.replace(old, new, 1))
                done = self.sojourn("check", "gym.toml", status=2)
                self.assertIn(said, done.stderr)
                self.assertRegex(done.stderr, r"(?m)^gym\.toml:\d+:\d+: error: ")
                self.assertIn(said, self.sojourn("compare", "gym.toml", "--uncertain", status=2).stderr)

    def test_places_in_a_variant_are_those_of_the_joined_text(self):
        self.folder.joinpath("gym.toml").write_text(GYM.read_text())
        self.folder.joinpath("variant.toml").write_text('schema = 1\n[scenario]\nbase = "gym.toml"\n[[uncertain]]\nkey = "touchpoint.trane.quality.mean"\n'
                                                        "uniform = [0.2, 0.4]\n")
        self.assertRegex(self.sojourn("check", "variant.toml", status=2).stderr, r"(?m)^variant\.toml \(joined with its base\):\d+:\d+: error: ")

    def test_a_group_of_one_is_told(self):
        self.folder.joinpath("gym.toml").write_text(GYM.read_text().replace('group = "loyalty"\n', "", 1))
        self.assertIn('one [[uncertain]] alone names uncertain_group "loyalty"', self.sojourn("check", "gym.toml").stderr)

    def test_other_commands_say_what_to_use_instead(self):
        for command, *more in (("rank",), ("optimize", "--budget", "5000"), ("run",)):
            with self.subTest(command):
                done = self.sojourn(command, GYM, "--uncertain", *more, status=2)
                self.assertIn(f'sojourn {command} has no option "--uncertain"', done.stderr)
                self.assertIn("hint: only compare draws [[uncertain]] keys: sojourn compare SCENARIO --uncertain says", done.stderr)

    def test_options(self):
        for words, said in ((("--draws", 128), "--draws requires --uncertain"), (("--by", "npv"), "--by requires --uncertain"),
                            (("--uncertain", "-o", "x.h5"), "excludes"), (("--uncertain", "--by", "retaned"), 'did you mean "retained"?'),
                            (("--uncertain", "--by", "visits"), "neither more nor less")):
            with self.subTest(words):
                self.assertIn(said, self.sojourn("compare", GYM, *words, status=2).stderr)
        coffee = GYM.with_name("coffee.toml")
        self.assertIn("the scenario says of no key that it is uncertain", self.sojourn("compare", coffee, "--uncertain", status=2).stderr)


if __name__ == "__main__":
    unittest.main()
