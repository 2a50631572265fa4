"""The company's own map against the journey, and what silos cost, through the whole program."""

import json
import math
import os
import unittest
from pathlib import Path

from program import ProgramTest

SCENARIOS = Path(os.environ["SOJOURN_SOURCE"]).resolve() / "scenarios"

# From `start` three ways with the shares .6, .3 and .1; `way` leads on to `gone` or back to `start`.
JOURNEY = """
schema = 1
[scenario]
title = "Moves"
horizon = "1 year"
customers = {customers}
replications = {replications}
window = "{window}"
seed = {seed}
[[persona]]
id = "all"
share = 1.0
starts = {{ start = 1.0 }}
[[touchpoint]]
id = "start"
stage = "awareness"
next = [
  {{ to = "way", odds = 6, after = "1 day" }},
  {{ to = "other", odds = 1, after = "2 days" }},
  {{ to = "other", odds = 2, after = "5 days" }},
  {{ to = "gone", odds = 1, after = "1 day" }},
]
[[touchpoint]]
id = "way"
stage = "consideration"
next = [ {{ to = "gone", odds = 1, after = "1 day" }} ]
[[touchpoint]]
id = "other"
stage = "consideration"
next = [ {{ to = "way", odds = 1, after = "1 day" }} ]
[[touchpoint]]
id = "gone"
stage = "selection"
end = "lost"
"""


def assumed(*moves):
    return "".join(f'[[assumed]]\nfrom = "{start}"\nto = "{to}"\nshare = {share}\n' for start, to, share in moves)


def entropy(shares):
    return -sum(p * math.log2(p) for p in shares if p > 0.0)


def divergence(p, q):
    return entropy([(a + b) / 2 for a, b in zip(p, q)]) - (entropy(p) + entropy(q)) / 2


class AssumedTest(ProgramTest):
    def write(self, text):
        (self.folder / "moves.toml").write_text(text, encoding="utf-8")
        return "moves.toml"

    def found(self, map_of_company, customers=20000, replications=8, window="1 month", seed=7):
        scenario = self.write(JOURNEY.format(customers=customers, replications=replications, window=window, seed=seed) + map_of_company)
        return json.loads(self.sojourn("map", scenario, "--assumed", "--json", "--quiet", "--force").stdout)

    def close(self, estimate, value, times=2.0):
        """Within twice the half-width of a 95 % interval: chance alone misses it once in 10,000."""
        return abs(estimate["mean"] - value) <= times * (estimate["high"] - estimate["low"]) / 2

    def test_divergence_is_that_of_the_true_shares_whatever_the_window_and_the_number_of_people(self):
        # The map leaves 5 % open, and draws no way to `other`: .35 elsewhere is in fact .3.
        belief = assumed(("start", "way", 0.85), ("start", "gone", 0.1), ("way", "gone", 1.0))
        exact = divergence([0.85, 0.1, 0.05], [0.6, 0.1, 0.3])
        twin = divergence([0.6, 0.1, 0.3], [0.6, 0.1, 0.3])
        for customers, window, seed in [(20000, "1 month", 1), (3000, "1 day", 2), (50000, "1 year", 3)]:
            found = self.found(belief, customers, window=window, seed=seed)
            start = found["touchpoints"]["start"]
            self.assertTrue(self.close(start["divergence"], exact), start["divergence"])
            self.assertFalse(self.close(start["divergence"], twin), "the twin, a map that is right, must not pass")
            self.assertTrue(start["told"])
            self.assertAlmostEqual(start["open"], 0.05)
            self.assertIsNone(start["next"]["other"]["assumed"])
            self.assertTrue(self.close(start["next"]["other"]["share"], 0.3))
            self.assertFalse(start["next"]["gone"]["told"], "a share that is right is told from nothing")
            # Nobody drew start -> other and other -> way: .3 + .3 of 1 + .9 + .3 moves a person.
            self.assertTrue(self.close(found["undrawn"], 0.6 / 2.2), found["undrawn"])
            self.assertFalse(found["touchpoints"]["other"]["on_map"])
            self.assertEqual(found["paths"][0]["touchpoints"], ["start", "other", "way"])
            self.assertEqual(found["journeys"], found["journeys_on_map"] + found["paths"][0]["journeys"])

    def test_a_map_that_is_right_is_told_from_nothing(self):
        belief = assumed(("start", "way", 0.6), ("start", "other", 0.3), ("start", "gone", 0.1), ("way", "gone", 1.0), ("other", "way", 1.0))
        told = 0
        for seed in range(1, 9):
            found = self.found(belief, 2000, seed=seed)
            told += any(at.get("told", False) for at in found["touchpoints"].values())
            self.assertLess(found["divergence"]["mean"], 2e-3)
            self.assertEqual(found["undrawn"]["mean"], 0.0)
            self.assertEqual((found["paths"], found["journeys"]), ([], found["journeys_on_map"]))
        # Each misses with 5 %: three of eight by chance in 6 of 1,000.
        self.assertLess(told, 3)

    def test_one_replication_tells_nothing(self):
        found = self.found(assumed(("start", "way", 1.0)), 500, replications=1)
        self.assertIsNone(found["touchpoints"]["start"]["divergence"]["low"])
        self.assertFalse(found["touchpoints"]["start"]["told"])
        words = self.sojourn("map", "moves.toml", "--assumed", "--force").stdout
        self.assertIn("add --replications 10", words)

    def test_a_move_that_cannot_be_is_drawn_and_marked(self):
        found = self.found(assumed(("start", "start", 0.4), ("start", "way", 0.6)))
        imagined = found["touchpoints"]["start"]["next"]["start"]
        self.assertEqual((imagined["exists"], imagined["assumed"], imagined["share"]["mean"]), (False, 0.4, 0.0))
        # Nobody ever takes it: certain, though no replication differs from another. A share that is right is not told.
        self.assertTrue(imagined["told"])
        self.assertFalse(self.found(assumed(("way", "gone", 1.0)))["touchpoints"]["way"]["told"])
        self.found(assumed(("start", "start", 0.4), ("start", "way", 0.6)))
        picture = (self.folder / "moves.svg").read_text(encoding="utf-8")
        self.assertIn("believed 40 %", picture)
        self.assertIn("not drawn", picture)
        self.assertIn("map alone", picture)

    def test_results_say_the_same_as_the_run(self):
        found = self.found(assumed(("start", "way", 0.9)))
        self.sojourn("run", "moves.toml", "--quiet")
        again = json.loads(self.sojourn("map", "moves.h5", "--assumed", "--json", "-o", "again.svg").stdout)
        self.assertEqual({**again, "file": ""}, {**found, "file": ""})

    def test_what_is_wrong_is_said(self):
        plain = JOURNEY.format(customers=100, replications=1, window="1 month", seed=1)
        self.write(plain)
        self.assertIn("[[assumed]]", self.sojourn("map", "moves.toml", "--assumed", status=2).stderr)
        self.assertFalse((self.folder / "moves.svg").exists())
        for moves, words in [([("gone", "start", 0.5)], "an end: nobody moves on"), ([("start", "way", 0.7), ("start", "gone", 0.4)], "sum to more than 1"),
                             ([("start", "way", 0.7), ("start", "way", 0.1)], "another assumed move"), ([("start", "nowhere", 0.7)], "nowhere"),
                             ([("start", "way", 1.2)], "between 0 and 1")]:
            self.write(plain + assumed(*moves))
            problems = self.sojourn("check", "moves.toml", status=2).stderr
            self.assertIn(words, problems)
            self.assertIn("1 error", problems)


class SilosTest(ProgramTest):
    def silos(self, *words):
        return json.loads(self.sojourn("optimize", *words, "--silos", "--json", "--quiet").stdout)

    def test_teams_buy_by_their_own_goals_and_the_company_pays_for_it(self):
        found = self.silos(SCENARIOS / "bank-silos.toml", "--budget", "1M", "--customers", 2000, "--replications", 4)
        bought = {team: [one["id"] for one in said["improvements"]] for team, said in found["teams"].items()}
        self.assertEqual(bought["marketing"], ["bold-promise"])
        self.assertEqual(bought["service"], ["short-calls"])
        self.assertEqual(found["between"], ["one-file"])
        self.assertTrue(found["cost_is_clear"])
        self.assertAlmostEqual(found["cost"]["mean"], found["common"]["gain"]["mean"] - found["silos"]["gain"]["mean"], places=3)
        for team in found["teams"].values():
            self.assertEqual(team["budget"], 250_000)
        # What is bought together is what each bought, and a plan of just that gains as much on the same luck.
        together = [one["id"] for one in found["silos"]["improvements"]]
        self.assertEqual(sorted(together), sorted(sum(bought.values(), [])))
        shared = json.loads(self.sojourn("compare", SCENARIOS / "bank-silos.toml", "--customers", 2000, "--replications", 4, "--seed", found["seed"], "--json", "--quiet",
                                         "--set", f"plan.silos.improvements={json.dumps(together)}", "--plans", "silos", "-o", "x.h5").stdout)
        self.assertAlmostEqual(shared["plans"]["silos"]["difference"]["npv"]["mean"], found["silos"]["gain"]["mean"], places=2)

    def test_teams_with_the_common_goal_lose_only_what_lies_between_them(self):
        same = [word for team in ("marketing", "sales", "service", "operations") for word in ("--set", f"team.{team}.goal=npv")]
        found = self.silos(SCENARIOS / "bank-silos.toml", "--budget", "4M", "--customers", 1000, "--replications", 4, "--never", "one-file", *same)
        self.assertEqual(found["silos"]["improvements"], found["common"]["improvements"])
        self.assertEqual(found["cost"]["mean"], 0.0)
        self.assertFalse(found["cost_is_clear"])
        self.assertIn("cost nothing", found["answer"])

    def test_what_cannot_be_asked_is_said(self):
        bank = SCENARIOS / "bank-silos.toml"
        for words, said in [(["--must", "one-file"], "--must and --silos"), (["--team", "sales=2M"], "more than the budget")]:
            self.assertIn(said, self.sojourn("optimize", bank, "--budget", "1M", "--silos", *words, status=2).stderr)
        self.assertIn("no team has a goal", self.sojourn("optimize", SCENARIOS / "telecom.toml", "--budget", "1M", "--silos", status=2).stderr)
        self.assertIn("goal", self.sojourn("check", bank, "--set", "team.sales.goal=happiness", status=2).stderr)


if __name__ == "__main__":
    unittest.main()
