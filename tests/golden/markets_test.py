"""Prices, levels, quarters and channels at the command line: JSON, text, `optimize`, `new`."""

import json
import os
import re
import tomllib
import unittest
from pathlib import Path

import h5py
import numpy

from program import ProgramTest

SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")).resolve() / "scenarios"
STREAMING = SCENARIOS / "streaming.toml"
SMALL = ("--customers", "2000", "--replications", "4")


class Markets(ProgramTest):
    def told(self, *words, status=0):
        done = self.sojourn(*words, status=status)
        return done.stdout if status == 0 else done.stderr

    def variant(self, old, new):
        text = STREAMING.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, old)
        (self.folder / "variant.toml").write_text(text.replace(old, new), encoding="utf-8")
        return "variant.toml"

    def test_channels_add_up(self):
        """Money by channel is that of the market where every touchpoint that pays has a channel; visits are those of its touchpoints."""
        for name in ("streaming.toml", "telecom.toml"):
            run = json.loads(self.told("run", SCENARIOS / name, *SMALL, "--json", "-o", "run.h5"))
            document = tomllib.loads((SCENARIOS / name).read_text(encoding="utf-8"))
            channel_of = {each["id"]: each.get("channel") for each in document["touchpoint"]}
            for metric, total in (("revenue_per_person", "revenue"), ("cost_per_person", "cost_to_serve")):
                by_channel = [each[metric]["mean"] * document["scenario"]["market"] for each in run["by_channel"].values()]
                self.assertAlmostEqual(sum(by_channel) / run["metrics"][total]["mean"], 1.0, delta=1e-9)  # everybody arrives
                self.assertGreater(max(by_channel) / run["metrics"][total]["mean"], 0.1)  # the twin: one channel left out is missed
            for channel, figures in run["by_channel"].items():
                visits = sum(run["touchpoints"][each]["visits"]["mean"] for each, own in channel_of.items() if own == channel)
                self.assertAlmostEqual(figures["visits"]["mean"], visits, delta=1e-9)
                self.assertEqual(set(figures), set(run["touchpoints"][next(iter(channel_of))]))

    def test_a_channel_that_is_closed_has_no_visits(self):
        event = '[[event]]\nid = "closed"\ntarget = { channel = "app" }\neffect = { traffic = "= 0" }\n'
        name = self.variant("[budget]\n", event + "[budget]\n")
        compared = json.loads(self.told("compare", name, *SMALL, "--json", "-o", "x.h5"))
        self.assertEqual(compared["plans"]["baseline"]["by_channel"]["app"]["visits"]["mean"], 0.0)
        self.assertGreater(compared["plans"]["baseline"]["by_channel"]["web"]["visits"]["mean"], 1.0)

    def test_text_tells_of_channels(self):
        text = self.told("run", STREAMING, *SMALL, "-o", "x.h5")
        self.assertRegex(text, r"by channel +visits +quality +satisfaction +effort +repeats +revenue")
        full = self.told("compare", STREAMING, *SMALL, "-o", "x.h5", "--full")
        self.assertRegex(full, r"by channel +plan +visits")
        self.assertRegex(full, r"app +Baseline +\d")

    def test_a_file_keeps_what_channels_are_made_of(self):
        with_money = json.loads(self.told("run", STREAMING, *SMALL, "--json", "-o", "x.h5"))
        with h5py.File(self.folder / "x.h5") as file:
            kept = {name: numpy.asarray(file["samples"][name]) for name in ("touch_revenue", "touch_cost_to_serve")}
        total = kept["touch_revenue"].sum() * 200_000 / 2000 / 4
        self.assertAlmostEqual(total / with_money["metrics"]["revenue"]["mean"], 1.0, delta=1e-9)
        self.assertNotAlmostEqual(kept["touch_cost_to_serve"].sum() / kept["touch_revenue"].sum(), 1.0, delta=0.1)

    def test_whether_the_journey_is_consistent(self):
        """Mending the worst place makes a journey more even, mending the best one less; nothing is said where customers are coupled."""
        compared = json.loads(self.told("compare", SCENARIOS / "coffee.toml", *SMALL, "--json", "-o", "x.h5"))["plans"]
        spread = {plan: each["appraisal_spread"]["within"] for plan, each in compared.items()}
        self.assertGreater(spread["baseline"]["low"], spread["mend-the-weakest"]["high"])
        self.assertLess(spread["baseline"]["high"], spread["mend-what-counts"]["low"])
        coupled = json.loads(self.told("run", SCENARIOS / "retail-word-of-mouth.toml", "--customers", 500, "--replications", 2, "--json", "-o", "y.h5"))
        self.assertNotIn("appraisal_spread", coupled)

    def test_new_writes_the_shipped_scenario(self):
        self.told("new", "streaming", "-o", "mine.toml")
        self.assertTrue((self.folder / "mine.toml").read_text(encoding="utf-8").endswith(STREAMING.read_text(encoding="utf-8")))
        self.told("check", "mine.toml")
        self.assertIn("streaming: prices, levels of an improvement, a rival", self.told("new", "nothing", status=2))

    def test_optimize_goes_by_the_quarters_of_the_scenario(self):
        spent = re.compile(r"No choice costs more than EUR (\S+) k in any calendar quarter")
        free = json.loads(self.told("optimize", STREAMING, *SMALL, "--json", "--set", "budget.per_quarter=1e9"))
        self.assertEqual(free["selection"]["possible"], 2 * 4 * 3)
        # Advertising and the search fall due in the last quarter of 2026: all or half of 120,000, and 150,000, are more than 200,000.
        tight = json.loads(self.told("optimize", STREAMING, *SMALL, "--json"))
        self.assertEqual(tight["budget_per_quarter"], 200_000)
        self.assertIsNone(tight["budget"])
        self.assertEqual(tight["selection"]["possible"], 2 * (4 * 3 - 2))
        for choice in tight["choices"]:
            levels = {each["id"]: each["level"] for each in choice["improvements"]}
            self.assertLessEqual(120_000 * levels.get("ads", 0) + 150_000 * levels.get("search", 0), 200_000)
        text = self.told("optimize", STREAMING, *SMALL, "--full", "--set", "budget.per_quarter=100_000", "--set", "improvement.ads.levels=[0.5]",
                            "--set", "plan.full-ads.improvements=[\"lower-price\"]", "--set", "plan.better-search.improvements=[\"lower-price\"]")
        self.assertEqual(spent.search(text)[1], "100")
        self.assertIn('{ id = "ads", level = 0.5 }', text)
        # Without a budget anywhere there is nothing to keep to.
        plain = self.variant("[budget]\nper_quarter = 200_000\n", "")
        self.assertIn("--budget is required", self.told("optimize", plain, status=2))

    def test_plans_beyond_a_quarter_are_refused(self):
        said = self.told("check", STREAMING, "--set", "budget.per_quarter=119_000", status=2)
        self.assertIn("spends 120000 in 2026 Q4, and the budget of a quarter is 119000", said)
        self.told("check", STREAMING, "--set", "budget.per_quarter=155_000")


if __name__ == "__main__":
    unittest.main()
