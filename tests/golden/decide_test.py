"""`sojourn rank`, `optimize` and `trace` as users and scripts see them."""

import csv
import io
import itertools
import json
import os
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml
from datetime import datetime
from pathlib import Path

SOJOURN = Path(os.environ.get("SOJOURN", "build/sojourn")).resolve()
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")).resolve() / "scenarios"
COFFEE, TELECOM, GYM = SCENARIOS / "coffee.toml", SCENARIOS / "telecom.toml", SCENARIOS / "gym.toml"


def costs_of(parts):
    """The k-th improvement costs 1000 (k + 1)."""
    return [1000 * (k + 1) for k in range(parts)]


TILL = """[[touchpoint]]
id = "till"
stage = "purchase"
revenue = 100
next = [ { to = "home", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "home"
stage = "retention"
end = "churned"
[[touchpoint]]
id = "gone"
stage = "awareness"
end = "lost"
"""


def shop(parts, levels="", chance=0.5, costs=None):
    """Signs in a row, each passed with its own chance, then a till: every effect is known in closed form."""
    costs = costs or costs_of(parts)
    text = """schema = 1
[scenario]
title = "A row of signs"
start = 2026-01-01
horizon = "60 days"
window = "10 days"
customers = 4000
replications = 8
market = 100_000
[[persona]]
id = "all"
share = 1.0
starts = { s0 = 1.0 }
[[team]]
id = "front"
[[team]]
id = "back"
"""
    for k in range(parts):
        to = f"s{k + 1}" if k + 1 < parts else "till"
        text += f"""[[touchpoint]]
id = "s{k}"
stage = "awareness"
team = "{'front' if k % 2 == 0 else 'back'}"
next = [ {{ to = "gone", probability = {1 - chance}, after = "1 day" }}, {{ to = "{to}", odds = 1, after = "1 day" }} ]
"""
    text += TILL
    for k in range(parts):
        # The chance of passing rises from `chance` to 1 - (1 - chance) * (1 - 0.05 * (k + 1)).
        text += f"""[[improvement]]
id = "mend-s{k}"
target = {{ touchpoint = "s{k}" }}
effect = {{ probability = "-{5 * (k + 1)}%" }}
cost = {{ once = {costs[k]} }}
{levels}
"""
    return text


def truth(parts, chosen, costs=None, chance=0.8, market=100_000, price=100):
    """The net present value of `chosen`, {sign: level}, over buying nothing."""
    passed = 1.0
    for k in range(parts):
        passed *= 1 - (1 - chance) * (1 - 0.05 * (k + 1) * chosen.get(k, 0.0))
    return market * price * (passed - chance**parts) - sum((costs or costs_of(parts))[k] * level for k, level in chosen.items())


class Decide(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def run_(self, *arguments):
        return subprocess.run([SOJOURN, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, check=False, env={**os.environ, "COLUMNS": "400"})  # sentences on one line

    def sojourn(self, *arguments):
        done = self.run_(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused(self, *arguments):
        done = self.run_(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn("sojourn: error: ", done.stderr)
        self.assertIn("\nhint: ", done.stderr)
        return done.stderr

    def write(self, text, name="shop.toml"):
        (self.folder / name).write_text(text, encoding="utf-8")
        return name


class FirstLines(Decide):
    def check(self, text):
        lines = text.splitlines()
        self.assertLessEqual(len(lines), 12)
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertIn("--full", lines[-1] + lines[-2])

    def test_a_dozen_lines_of_80_columns(self):
        narrow = {**os.environ}
        narrow.pop("COLUMNS", None)
        for scenario in ("coffee", "telecom", "retail-word-of-mouth"):
            for command in (["rank"], ["optimize", "--budget", "1M"]):
                with self.subTest(scenario=scenario, command=command[0]):
                    asked = [SOJOURN, *command, str(SCENARIOS / f"{scenario}.toml"), "--customers", "300", "--replications", "3"]
                    done = subprocess.run(asked, cwd=self.folder, capture_output=True, text=True, check=False, env=narrow)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.check(done.stdout)
                    full = subprocess.run([*asked, "--full"], cwd=self.folder, capture_output=True, text=True, check=False, env=narrow)
                    with self.assertRaises(AssertionError):
                        self.check(full.stdout)

    def test_formats(self):
        few = [COFFEE, "--customers", 500, "--replications", 3]
        rows = list(csv.DictReader(io.StringIO(self.sojourn("rank", *few, "--format", "csv"))))
        said = json.loads(self.sojourn("rank", *few, "--json"))
        self.assertEqual([row["touchpoint"] for row in rows], list(said["touchpoints"]))
        for row in rows:
            self.assertEqual(float(row["score"]), said["touchpoints"][row["touchpoint"]]["score"])
        rows = list(csv.DictReader(io.StringIO(self.sojourn("optimize", *few, "--budget", 5000, "--format", "csv"))))
        said = json.loads(self.sojourn("optimize", *few, "--budget", 5000, "--json"))
        self.assertEqual([float(row["gain"]) for row in rows], [choice["gain"]["mean"] for choice in said["choices"]])
        self.assertIn("|---|---:|", self.sojourn("rank", *few, "--format", "md"))


class Goal(Decide):
    def test_rank_and_optimize_go_by_the_scenarios_goal(self):
        few = [COFFEE, "--customers", 1000, "--replications", 3, "--json"]
        goal = ["--set", "scenario.goal=nps"]
        for command, asked in ((["rank"], ["--by", "nps"]), (["optimize", "--budget", 5000], ["--goal", "nps"])):
            with self.subTest(command[0]):
                found = [json.loads(self.sojourn(*command, *few, *more)) for more in (goal, asked, [], [*goal, asked[0], "npv"])]
                by_goal, by_option, by_default, by_both = [[one["touchpoints"] if command[0] == "rank" else (one["goal"], one["choices"])] for one in found]
                self.assertEqual(by_goal, by_option)
                self.assertNotEqual(by_goal, by_default)
                self.assertEqual(by_default, by_both)  # the option decides

    def test_a_goal_of_several_figures_is_that_of_optimize(self):
        few = [COFFEE, "--customers", 1000, "--replications", 3, "--json", "--budget", 5000]
        found = json.loads(self.sojourn("optimize", *few, "--set", "scenario.goal={ npv = 1, nps = 20 }"))
        self.assertEqual(found["goal"], {"npv": 1.0, "nps": 20.0})
        self.assertEqual(found["choices"], json.loads(self.sojourn("optimize", *few, "--goal", "npv:1,nps:20"))["choices"])


class Rank(Decide):
    def test_where_hardly_anybody_comes_is_not_the_weakest(self):
        # Of those at the first sign so many go on to the second, the worst by far; the mark is 0.05 visits per person.
        for share, weakest in ((0.03, "s0"), (0.3, "s1")):
            text = shop(2, chance=share).replace('id = "s1"\n', 'id = "s1"\nquality = 0.05\n').replace('id = "s0"\n', 'id = "s0"\nquality = 0.4\n')
            found = json.loads(self.sojourn("rank", self.write(text), "--json"))
            self.assertLess(found["touchpoints"]["s1"]["score"], found["touchpoints"]["s0"]["score"])
            self.assertEqual(found["weakest"], weakest)

    def test_the_weakest_is_not_the_one_worth_fixing(self):
        few = ["--customers", 4000, "--replications", 5]
        ranking = json.loads(self.sojourn("rank", COFFEE, *few, "--json"))
        self.assertEqual((ranking["weakest"], ranking["worth_fixing"]), ("queue", "drink"))
        self.assertGreater(ranking["lead"]["low"], 0)
        scores = {name: each["score"] for name, each in ranking["touchpoints"].items()}
        self.assertEqual(min(scores, key=scores.get), "queue")
        self.assertEqual(next(iter(ranking["touchpoints"])), "drink")
        text = self.sojourn("rank", COFFEE, *few, "--full")
        self.assertIn("The weakest touchpoint is Queues and orders", text)
        self.assertIn("the one worth fixing is Drinks", text)
        self.assertIn("nobody buys without it", text)
        # The twin: where guests remember the queue and not the drink, the weakest is the one.
        twin = COFFEE.read_text(encoding="utf-8").replace("effort  = 0.5 ", "weight = 8.0\neffort  = 0.5 ").replace("weight  = 2.0", "weight  = 0.0")
        ranking = json.loads(self.sojourn("rank", self.write(twin), *few, "--by", "retained", "--json"))
        self.assertEqual((ranking["weakest"], ranking["worth_fixing"]), ("queue", "queue"))

    def test_without_money_who_is_kept_decides(self):
        few = ["--customers", 300, "--replications", 1, "--json"]
        gap = SCENARIOS / "perception-gap.toml"
        self.assertEqual(json.loads(self.sojourn("rank", gap, *few))["by"], "retained")
        self.assertEqual(json.loads(self.sojourn("rank", gap, "--set", "touchpoint.hotline.cost=4", *few))["by"], "npv")

    def test_nothing_stands_out_of_noise(self):
        # Twenty touchpoints that are all alike: whichever leads does so by luck.
        text = shop(20).split("[[improvement]]")[0]
        for k in range(20):
            to = f"s{k + 1}" if k < 19 else "till"
            text = text.replace(f'{{ to = "gone", probability = 0.5, after = "1 day" }}, {{ to = "{to}", odds = 1, after = "1 day" }}',
                                f'{{ to = "gone", odds = 1, after = "1 day" }}, {{ to = "{to}", odds = 20, after = "1 day", satisfaction = 1.0 }}')
        name, few = self.write(text), ["--customers", 3000, "--replications", 3]
        ranking = json.loads(self.sojourn("rank", name, *few, "--json"))
        self.assertEqual((ranking["worth_fixing"], ranking["weakest"]), (None, None))
        self.assertIsNotNone(ranking["leader"])
        self.assertGreater(ranking["as_good"] + (not ranking["gain_is_clear"]), 0)
        said = self.sojourn("rank", name, *few, "--full")
        self.assertIn("No single touchpoint stands out", said)
        self.assertRegex(said, "about [0-9,]+ (customers|replications) to tell|too little to tell")
        self.assertNotIn("the one worth fixing", said)
        self.assertEqual(ranking["answer"].splitlines()[0], said.splitlines()[3])
        # The twin: where satisfaction matters at one of them alone, it stands out.
        weak = text.replace(", satisfaction = 1.0", ", satisfaction = 4.0", 1).replace(", satisfaction = 1.0", "")
        ranking = json.loads(self.sojourn("rank", self.write(weak, "weak.toml"), "--customers", 9000, "--replications", 1, "--json"))
        self.assertEqual((ranking["worth_fixing"], ranking["leader"]), ("s0", "s0"))

    def test_a_delay_is_called_so_and_a_handling_time_where_people_queue(self):
        """Nobody waits at an exit: a wait is one in a line."""
        text = shop(2).replace('id = "s1"\n', 'id = "s1"\nservers = 500\nhandle_time = "5 minutes"\n', 1).replace(
            "market = 100_000\n", "").replace("customers = 4000", "customers = 400")
        sizes = ["--quality", 0, "--effort", 0, "--delay", 0.3, "--traffic", 0]
        name = self.write(text)
        found = json.loads(self.sojourn("rank", name, *sizes, "--json"))
        self.assertEqual(found["standard_improvement"], {"quality": 0, "effort": 0, "delay": 0.3, "traffic": 0})
        self.assertEqual([list(found["touchpoints"][place]["shifts"]) for place in ("s0", "s1")], [["delay"], ["handle_time"]])
        for layout in ([], ["--full"], ["--format", "csv"], ["--format", "md"]):
            said = self.sojourn("rank", name, *sizes, *layout)
            self.assertIn("delay -30 %", said)
            self.assertNotIn("wait -", said)
        self.assertIn("handling time -30 %", self.sojourn("rank", name, *sizes))

    def test_gains_are_those_of_a_plan_that_does_the_same(self):
        plan = '\n[[improvement]]\nid = "same"\ntarget = { touchpoint = "drink" }\neffect = { quality = "+0.1" }\n' \
               '\n[[plan]]\nid = "same"\nimprovements = ["same"]\n'
        name = self.write(COFFEE.read_text(encoding="utf-8") + plan)
        few = ["--customers", 2000, "--replications", 4, "--json"]
        ranked = json.loads(self.sojourn("rank", name, *few))["touchpoints"]["drink"]["shifts"]["quality"]
        compared = json.loads(self.sojourn("compare", name, "--plans", "same", *few))["plans"]["same"]["difference"]
        for metric in ("retained", "nps", "npv"):
            # Compare has the interval of a share from the people whom the plan changes.
            for end in ("mean",) if metric == "retained" else ("mean", "low", "high"):
                self.assertAlmostEqual(ranked["difference"][metric][end], compared[metric][end], 5)
        self.assertNotAlmostEqual(ranked["difference"]["retained"]["mean"], 0.0)
        self.assertAlmostEqual(ranked["per_unit"]["nps"], ranked["difference"]["nps"]["mean"] / 0.1)

    def test_what_solve_says(self):
        # Exits that nothing bends: a shift's gain is the difference of two closed forms.
        spread = 'odds = 1, after = { exponential = { mean = "%d days" } }'
        text = shop(2).replace("probability = 0.5", "odds = 1").replace('to = "till", odds = 1, after = "1 day"', 'to = "till", ' + spread % 30)
        text = text.replace('to = "s1", odds = 1, after = "1 day"', 'to = "s1", ' + spread % 10)
        for lever, target, effect in (("delay", 'touchpoint = "s1"', 'delay = "-20%"'), ("traffic", 'exit_to = "s1"', 'odds = "+20%"')):
            text = text.split("[[improvement]]")[0] + f"""[[improvement]]
id = "same"
target = {{ {target} }}
effect = {{ {effect} }}
[[plan]]
id = "same"
improvements = ["same"]
"""
            name = self.write(text)
            known = [json.loads(self.sojourn("solve", name, "--plan", plan, "--json"))["metrics"]["conversion"]["mean"]
                     for plan in ("baseline", "same")]
            ranking = json.loads(self.sojourn("rank", name, "--by", "conversion", "--replications", 30, "--json"))
            second = ranking["touchpoints"]["s1"]
            gain = second["shifts"][lever]["difference"]["conversion"]
            error = 5 * gain["sd"] / 30**0.5
            self.assertLess(error, 0.5 * (known[1] - known[0]))
            self.assertAlmostEqual(gain["mean"], known[1] - known[0], delta=error)
            self.assertGreater(abs(gain["mean"] - 2 * (known[1] - known[0])), error)  # the twin: twice the shift is another answer
            self.assertEqual(second["shifts"]["quality"]["difference"]["conversion"]["mean"], 0.0)
            self.assertEqual((ranking["worth_fixing"], second["must_pass"], second["on_purchase"]), ("s1", 1.0, "enabler"))
            self.assertAlmostEqual(second["reach"], 0.5, delta=0.05)
        # Less waiting at the first sign, where less is waited, gains less: solve says by how much.
        name = self.write(text.split("[[improvement]]")[0] + """[[improvement]]
id = "first"
target = { touchpoint = "s0" }
effect = { delay = "-20%" }
[[improvement]]
id = "second"
target = { touchpoint = "s1" }
effect = { delay = "-20%" }
[[plan]]
id = "first"
improvements = ["first"]
[[plan]]
id = "second"
improvements = ["second"]
""")
        known = {plan: json.loads(self.sojourn("solve", name, "--plan", plan, "--json"))["metrics"]["conversion"]["mean"]
                 for plan in ("baseline", "first", "second")}
        ranking = json.loads(self.sojourn("rank", name, "--by", "conversion", "--replications", 30, "--json"))
        for place, plan in (("s0", "first"), ("s1", "second")):
            gain = ranking["touchpoints"][place]["shifts"]["delay"]["difference"]["conversion"]
            self.assertAlmostEqual(gain["mean"], known[plan] - known["baseline"], delta=5 * gain["sd"] / 30**0.5)
        self.assertGreater(known["second"], known["first"])
        self.assertEqual((ranking["worth_fixing"], ranking["runner_up"]), ("s1", "s0"))
        self.assertAlmostEqual(ranking["lead"]["mean"], known["second"] - known["first"], delta=ranking["lead"]["mean"] - ranking["lead"]["low"])

    def test_reach_is_a_column_or_said_to_be_missing(self):
        few = ("--customers", 300, "--replications", 2)
        for name, followed in (("insurer-book", True), ("closed-loop", False)):
            short, full = (" ".join(self.sojourn("rank", SCENARIOS / f"{name}.toml", *few, *more).split()) for more in ((), ("--full",)))
            self.assertEqual("score reach" in short, followed)
            self.assertEqual("visits reach" in full, followed)
            self.assertEqual("There is no reach: who ever comes where is not followed where customers act on one another." in full, not followed)

    def test_detours_and_barriers(self):
        # Two ways to the till, one of which loses most of those who take it.
        head = shop(1).split("[[touchpoint]]")[0].replace("s0 = 1.0", "door = 1.0")
        text = head + """[[touchpoint]]
id = "door"
stage = "awareness"
next = [ { to = "good", odds = 1, after = "1 day" }, { to = "bad", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "good"
stage = "consideration"
next = [ { to = "gone", probability = 0.1, after = "1 day" }, { to = "till", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "bad"
stage = "consideration"
next = [ { to = "gone", probability = 0.8, after = "1 day" }, { to = "till", odds = 1, after = "1 day" } ]
""" + TILL
        touchpoints = json.loads(self.sojourn("rank", self.write(text), "--by", "conversion", "--customers", 40_000, "--json"))["touchpoints"]
        self.assertEqual({name: each["on_purchase"] for name, each in touchpoints.items()},
                         {"door": None, "good": "enabler", "bad": "barrier", "till": None})
        self.assertEqual([touchpoints[name]["must_pass"] for name in ("door", "good", "bad", "till")], [1.0, 0.0, 0.0, 1.0])
        self.assertEqual(touchpoints["door"]["gates"], 1.0)
        # 20 % more odds for the bad way: 0.5 * 0.7 of all are kept less often by 1.2 / 2.2 - 1 / 2.
        change = touchpoints["bad"]["shifts"]["traffic"]["difference"]["conversion"]
        # `sd` is that of batches; the interval is some four standard errors wide.
        error = 5 * (change["high"] - change["low"]) / 4
        self.assertAlmostEqual(change["mean"], -0.7 * (1.2 / 2.2 - 0.5), delta=error)
        self.assertGreater(abs(change["mean"] + 0.8 * (1.2 / 2.2 - 0.5)), error)

    def test_errors(self):
        self.assertIn("cannot be ranked by \"npx\"", self.refused("rank", COFFEE, "--by", "npx"))
        self.assertIn("there is nothing to improve", self.refused("rank", COFFEE, "--quality", 0, "--effort", 0, "--delay", 0))
        self.assertIn("not possible", self.refused("rank", COFFEE, "--quality", 2))
        self.assertIn("did you mean", self.refused("rank", COFFEE, "--plan", "mend-the-weakestt"))


class Optimize(Decide):
    def best_by_hand(self, parts, budget, costs=None, levels=(1.0,), allowed=lambda chosen: True):
        costs = costs or costs_of(parts)
        every = [{k: level for k, level in enumerate(sizes) if level} for sizes in itertools.product((0.0, *levels), repeat=parts)]
        within = [chosen for chosen in every if sum(costs[k] * level for k, level in chosen.items()) <= budget and allowed(chosen)]
        return max(within, key=lambda chosen: truth(parts, chosen, costs)), len(within)

    @staticmethod
    def bought(choice):
        return {int(each["id"].removeprefix("mend-s")): each["level"] for each in choice["improvements"]}

    def test_the_best_of_256(self):
        # Every other improvement costs more than it can bring, whatever else is bought.
        costs = [1000, 80_000, 3000, 160_000, 5000, 250_000, 7000, 340_000]
        name = self.write(shop(8, chance=0.8, costs=costs))
        for budget in (sum(costs), 9000):
            best, possible = self.best_by_hand(8, budget, costs)
            found = json.loads(self.sojourn("optimize", name, "--budget", budget, "--json"))
            selection, gain = found["selection"], found["best"]["gain"]
            self.assertEqual((selection["possible"], selection["tried"]), (possible, possible))
            self.assertEqual(self.bought(found["best"]), best)
            missed = truth(8, best, costs) - truth(8, self.bought(found["best"]), costs)
            self.assertLessEqual(missed, selection["at_most_missed"] + 1e-6)
            self.assertAlmostEqual(gain["mean"], truth(8, best, costs), delta=2 * (gain["high"] - gain["low"]))
            self.assertLessEqual(found["best"]["investment"]["mean"], budget)
            frontier = [(point["investment"]["mean"], point["gain"]["mean"]) for point in found["frontier"]]
            self.assertEqual(frontier, sorted(frontier))
            self.assertEqual([gain for _, gain in frontier], sorted(gain for _, gain in frontier))
            if possible == 256:
                self.assertEqual(best, {0: 1.0, 2: 1.0, 4: 1.0, 6: 1.0})
                self.assertLessEqual(4 * selection["in_full"], possible)
                self.assertGreater(len(selection["rounds"]), 2)
                # The twins: the truth of the second best is another, and parts that multiply do not add up.
                self.assertGreater(abs(gain["mean"] - truth(8, {2: 1.0, 4: 1.0}, costs)), 2 * (gain["high"] - gain["low"]))
                alone = sum(truth(8, {k: 1.0}, costs) for k in best)
                interplay = found["interplay"]
                self.assertAlmostEqual(interplay["mean"], truth(8, best, costs) - alone, delta=2 * (interplay["high"] - interplay["low"]))

    def test_a_search_among_too_many(self):
        # 3^8 choices are more than are listed; neighbours lead to the best where parts help each other.
        name = self.write(shop(8, levels="levels = [0.5, 1.0]", chance=0.8).replace("customers = 4000", "customers = 2000"))
        for budget in (36_000, 30_000):
            found = json.loads(self.sojourn("optimize", name, "--budget", budget, "--json"))
            self.assertFalse(found["selection"]["counted"])
            self.assertLess(found["selection"]["tried"], 2000)
            best, _ = self.best_by_hand(8, budget, None, (0.5, 1.0))
            missed = truth(8, best) - truth(8, self.bought(found["best"]))
            self.assertLessEqual(missed, 0.01 * truth(8, best))
            self.assertGreater(truth(8, best) - truth(8, {k: 1.0 for k in range(7)}), 0.01 * truth(8, best))  # the twin

    def test_goals(self):
        few = ["--budget", "5M", "--customers", 5000, "--replications", 5, "--json"]
        def best(goal):
            return {each["id"] for each in json.loads(self.sojourn("optimize", TELECOM, *few, "--goal", goal))["best"]["improvements"]}
        self.assertEqual(best("npv"), {"plain-bill", "train-agents", "bold-campaign"})
        self.assertEqual(best("retention"), {"train-agents"})
        self.assertEqual(best("npv:1e-9,retention:100"), best("retention"))
        # Fewer lost before buying is better: only the campaign touches that.
        lost = json.loads(self.sojourn("optimize", TELECOM, *few, "--goal", "lost"))
        self.assertIn("bold-campaign", {each["id"] for each in lost["best"]["improvements"]})
        self.assertGreater(lost["best"]["gain"]["mean"], 0)
        self.assertLess(lost["best"]["difference"]["lost"]["mean"], 0)
        for goal, problem in (("npv:-1", "is no weight"), ("npv:1,npv:2", "named twice"), ("nvp", "did you mean \"npv\"?"),
                              ("account_retention", "the scenario has no accounts")):
            self.assertIn(problem, self.refused("optimize", TELECOM, *few, "--goal", goal))

    def test_indifference_adds_replications(self):
        name = self.write(shop(3, chance=0.8, costs=[64_000, 128_000, 192_000]).replace("customers = 4000", "customers = 500"))
        missed = [json.loads(self.sojourn("optimize", name, "--budget", 400_000, "--json", *more))["selection"]["at_most_missed"]
                  for more in ([], ["--indifference", 1000])]
        self.assertGreater(missed[0], 1000)
        self.assertLess(missed[1], missed[0])

    def test_what_visits_cost_counts(self):
        text = shop(3, chance=0.8).replace("cost = { once = 1000 }", "cost = { per_visit = 0.1 }")  # 100,000 visits: 10,000
        found = json.loads(self.sojourn("optimize", self.write(text), "--budget", 9000, "--json"))
        self.assertNotIn(0, self.bought(found["best"]))
        self.assertEqual(found["selection"]["over_budget"], 4)
        found = json.loads(self.sojourn("optimize", self.write(text), "--budget", 15_100, "--json"))
        self.assertEqual(found["selection"]["over_budget"], 0)

    def test_where_customers_act_on_one_another(self):
        found = json.loads(self.sojourn("optimize", SCENARIOS / "contact-centre.toml", "--budget", "10M", "--customers", 1000,
                                        "--set", "scenario.market=1000", "--replications", 4, "--json"))
        self.assertEqual({each["customers"] for each in found["selection"]["rounds"]}, {1000})
        self.assertEqual(found["selection"]["in_full"], found["selection"]["tried"])
        self.assertIn("One replication: no intervals, as customers act on one another.",
                      self.sojourn("rank", SCENARIOS / "contact-centre.toml", "--customers", 500, "--set", "scenario.market=500",
                                   "--replications", 1, "--full"))

    def test_limits_and_levels(self):
        name = self.write(shop(3, levels="levels = [0.5, 1.0]", chance=0.8))
        found = json.loads(self.sojourn("optimize", name, "--budget", "3k", "--team", "back=1k", "--must", "mend-s1", "--json"))
        bought = self.bought(found["best"])
        self.assertEqual(bought[1], 0.5)
        self.assertEqual(bought, self.best_by_hand(3, 3000, None, (0.5, 1.0), lambda chosen: chosen.get(1) == 0.5)[0])
        found = json.loads(self.sojourn("optimize", name, "--budget", 6000, "--never", "mend-s2", "--json"))
        self.assertEqual(self.bought(found["best"]), {0: 1.0, 1: 1.0})
        # A level is that fraction of effect and cost: half of the third improvement is 7.5 % for 1500.
        half = [choice for choice in json.loads(self.sojourn("optimize", name, "--budget", 6000, "--json"))["choices"]
                if self.bought(choice) == {2: 0.5}]
        self.assertEqual(half[0]["investment"]["mean"], 1500)
        self.assertAlmostEqual(half[0]["gain"]["mean"], truth(3, {2: 0.5}), delta=3 * (half[0]["gain"]["high"] - half[0]["gain"]["low"]))
        self.assertGreater(abs(half[0]["gain"]["mean"] - truth(3, {2: 1.0})), 3 * (half[0]["gain"]["high"] - half[0]["gain"]["low"]))

    def test_words(self):
        text = self.sojourn("optimize", COFFEE, "--budget", 5000, "--customers", 2000, "--replications", 4, "--full")
        self.assertIn("Buy “A course for the baristas”", text)
        self.assertIn("all 4 choices", text)
        self.assertIn("Selection error: with 95 %", text)
        self.assertIn("improvements = [", text)
        self.assertIn("As far as can be told, nothing that EUR 100 buys is better than buying nothing.\n",
                      self.sojourn("optimize", COFFEE, "--budget", 100, "--customers", 500))

    def test_errors(self):
        self.assertIn("is no amount of money", self.refused("optimize", COFFEE, "--budget", "lots"))
        self.assertIn("did you mean \"second-till\"?", self.refused("optimize", COFFEE, "--budget", 1, "--must", "second-tilt"))
        self.assertIn("what must be bought costs at least", self.refused("optimize", COFFEE, "--budget", 1, "--must", "second-till"))
        self.assertIn("must be bought and may never be",
                      self.refused("optimize", COFFEE, "--budget", 1, "--must", "second-till", "--never", "second-till"))
        self.assertIn("there is no metric", self.refused("optimize", COFFEE, "--budget", 1, "--goal", "npx"))
        self.assertIn("there is no team", self.refused("optimize", COFFEE, "--budget", 1, "--team", "x=1"))


class Trace(Decide):
    def log(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.sojourn("trace", *arguments), newline="")))

    def test_untouched_customers_live_the_same_life(self):
        lives = {}
        for plan in ("baseline", "mend-what-counts"):
            for row in self.log(COFFEE, "--plan", plan, "-n", 200):
                self.assertEqual(row.pop("plan"), plan)
                lives.setdefault(row["case"], {}).setdefault(plan, []).append(row)
        self.assertEqual(len(lives), 200)
        untouched = {case for case, both in lives.items()
                     if not any(row["activity"] == "drink" and float(row["day"]) >= 14 for row in both["baseline"])}
        self.assertGreater(len(untouched), 20)
        same = {case for case, both in lives.items() if both["baseline"] == both["mend-what-counts"]}
        self.assertLessEqual(untouched, same)
        self.assertGreater(len(lives) - len(same), 50)  # the plan does something

    def test_csv(self):
        rows = self.log(TELECOM, "-n", 50)
        self.assertEqual(len({row["case"] for row in rows}), 50)
        for row in rows:
            days = (datetime.fromisoformat(row["time"]) - datetime.fromisoformat("2026-01-01T00:00:00+00:00")).total_seconds() / 86400
            self.assertAlmostEqual(days, float(row["day"]), 5)
        for before, after in zip(rows, rows[1:]):
            if before["case"] == after["case"]:
                self.assertEqual(before["next"], after["activity"])
                self.assertLessEqual(before["time"], after["time"])

    def test_xes(self):
        self.sojourn("trace", TELECOM, "-n", 30, "-o", "log.xes")
        rows = self.log(TELECOM, "-n", 30)
        space = "{http://www.xes-standard.org/}"
        root = xml.parse(self.folder / "log.xes").getroot()
        self.assertEqual((root.tag, root.get("xes.version")), (space + "log", "1849.2016"))
        traces = root.findall(space + "trace")
        self.assertEqual(len(traces), 30)
        events = []
        for trace in traces:
            case = trace.find(f"{space}string[@key='concept:name']").get("value")
            for event in trace.findall(space + "event"):
                values = {child.get("key"): child.get("value") for child in event}
                events.append((case, values["concept:name"], values["time:timestamp"], values.get("quality", "")))
        self.assertEqual(events, [(row["case"], row["activity"], row["time"], row["quality"]) for row in rows])

    def test_one_life(self):
        told = self.sojourn("trace", COFFEE, "--customer", 3)
        self.assertIn("Customer 3 (", told)
        self.assertRegex(told, r"Could go to .* %")
        plan = self.sojourn("trace", COFFEE, "--plan", "mend-what-counts", "--customer", 3)
        self.assertIn("Where baseline and mend-what-counts part: ", plan)
        row = self.log(COFFEE, "-n", 10)
        visits = sum(1 for each in row if each["case"] == "3")
        self.assertEqual(sum(1 for line in told.splitlines() if line[:3].strip().isdigit()), visits)

    def test_where_customers_act_on_one_another(self):
        centre, software = SCENARIOS / "contact-centre.toml", SCENARIOS / "b2b-software.toml"
        # As many customers as shipped: fewer would be a smaller crowd for the same agents.
        rows = self.log(centre, "-n", 100, "--no-progress")
        self.assertTrue(any(float(row["wait_days"] or 0) > 0 for row in rows))
        gave_up = [row for row in rows if row["gave_up"] == "true"]
        self.assertGreater(len(gave_up), 0)
        self.assertTrue(all(float(row["wait_days"]) > 0 for row in gave_up))
        self.sojourn("trace", centre, "-n", 100, "--no-progress", "-o", "log.xes")
        self.assertEqual((self.folder / "log.xes").read_text(encoding="utf-8").count('key="gave_up" value="true"'), len(gave_up))
        self.assertFalse(any(float(row["wait_days"] or 0) > 0 for row in rows if row["activity"] != "call"))
        told = [self.sojourn("trace", software, "--customers", 1000, "--customer", k) for k in range(6)]
        self.assertTrue(any("Waits for the account to decide together. Goes to" in text for text in told))
        self.assertIn(", account 0) under Baseline", told[0])
        waiting = self.sojourn("trace", centre, "--customer", next(row["case"] for row in rows if row["gave_up"] == "true"))
        self.assertIn("Gives up waiting after", waiting)

    def test_a_life_that_the_plan_leaves_alone_points_to_one_that_it_changes(self):
        for customer in range(20):
            told = self.sojourn("trace", COFFEE, "--plan", "mend-what-counts", "--customer", customer)
            if "nowhere" in told:
                break
        other = told.split("The first whose life it changes is customer ")[1].split(".")[0]
        self.assertNotIn("nowhere", self.sojourn("trace", COFFEE, "--plan", "mend-what-counts", "--customer", other))

    def test_reasons_are_those_of_the_steps(self):
        races = ends = others = 0
        for customer in range(30):
            told = self.sojourn("trace", TELECOM, "--customer", customer)
            for line in told.splitlines():
                if "Goes to " not in line:
                    continue
                goes = line.split(" Goes to ")[1].rsplit(", ", 1)
                if "Whichever comes first: " in line:
                    races += 1
                    first = line.split("Whichever comes first: ")[1].split(" in ")[0]
                    self.assertTrue(goes[0].startswith(first), line)
                    self.assertIn(f"{goes[0]} in {goes[1].removeprefix('after ').rstrip('.')}", line)
                elif "so it ends." in line:
                    ends += 1
                    self.assertIn(goes[0], ("Goes elsewhere", "Has left"))
                else:
                    others += 1
                    self.assertNotIn(goes[0], ("Goes elsewhere", "Has left"))
        self.assertGreater(min(races, ends, others), 10)

    def test_where_lives_part_is_where_the_logs_differ(self):
        logs = [self.log(COFFEE, "--plan", plan, "-n", 40) for plan in ("baseline", "mend-what-counts")]
        parted = 0
        for case in sorted({row["case"] for row in logs[0]}, key=int):
            baseline, plan = [[{k: v for k, v in row.items() if k not in ("plan", "next")} for row in log if row["case"] == case] for log in logs]
            first = next((k for k, (a, b) in enumerate(zip(baseline, plan)) if a != b), None)
            told = self.sojourn("trace", COFFEE, "--plan", "mend-what-counts", "--customer", case)
            if first is None and len(baseline) == len(plan):
                self.assertIn("nowhere", told)
            elif "the first that is felt" in told:
                parted += 1
                self.assertIn(f"part: step {first + 1}, ", told)
        self.assertGreater(parted, 5)

    def test_errors(self):
        self.assertIn("there is no customer", self.refused("trace", COFFEE, "--customer", 10**9))
        self.assertIn("written as .csv or .xes", self.refused("trace", COFFEE, "-o", "log.txt"))
        self.assertEqual(list(self.folder.iterdir()), [])


class Help(Decide):
    def test_each_command_has_examples(self):
        for command in ("rank", "optimize", "trace"):
            text = self.sojourn(command, "--help")
            self.assertIn("Examples:\n  sojourn " + command, text)
            self.assertIn("sojourn " + command, self.sojourn("--help"))
            self.assertIn("has no option \"--quieet\"; did you mean \"--quiet\"?", self.refused(command, COFFEE, "--quieet"))


if __name__ == "__main__":
    unittest.main()
