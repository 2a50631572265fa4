"""Pools from the scenario file to every output: what servers cost, how long people wait, who is turned away, in text, JSON, file and page."""

import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy

SOJOURN = os.environ.get("SOJOURN", "build/sojourn")

# A Tuesday. Agents work 8 hours on weekdays, and two more on Saturdays; somebody who knows more is there around the clock.
SCENARIO = """\
schema = 1

[scenario]
title = "A line with shifts"
start = 2026-09-01
horizon = "14 days"
window = "1 day"
customers = 3000
replications = 4
discount = 0.05

[[persona]]
id = "caller"
share = 0.9
starts = { call = 1 }
arrives = { uniform = ["0 days", "13 days"] }
priority = 1
traits.patience = "10 minutes"

[[persona]]
id = "regular"
share = 0.1
starts = { call = 1 }
arrives = { uniform = ["0 days", "13 days"] }
traits.patience = "10 minutes"

[[pool]]
id = "agents"
name = "Agents"
servers = { mon-fri = { "08:00-12:00" = 3, "10:00-16:00" = 2 }, sat = { "09:00-11:00" = 2 } }
cost_per_hour = 30.0

[[pool]]
id = "expert"
name = "The expert"
servers = 1
cost_per_hour = 50.0

[[touchpoint]]
id = "call"
name = "Calls"
stage = "purchase"
pool = ["agents", "expert"]
handle_time = { lognormal = { median = "6 minutes", sigma = 0.6 } }
answer_within = "1 minute"
room = 4
cost = 1.0
next = [
  { to = "gone", odds = 1, after = "1 hour" },
  { to = "gone", on = "gave-up", after = "1 hour" },
  { to = "call", on = "turned-away", after = { exponential = { mean = "2 hours" } } },
]

[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"

[[improvement]]
id = "one-more"
name = "One more agent"
target = { pool = "agents" }
effect = { servers = "+1" }

[[plan]]
id = "more"
name = "One more agent"
improvements = ["one-more"]
"""

# Hours of agents in the fourteen days: ten weekdays of 3 x 4 + 2 x 6, two Saturdays of 2 x 2; and when they are open.
AGENT_HOURS, OPEN_HOURS, ALL_HOURS = 10 * (3 * 4 + 2 * 6) + 2 * 2 * 2, 10 * 8 + 2 * 2, 14 * 24


class Pools(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.scenario = self.folder / "line.toml"
        self.scenario.write_text(SCENARIO, encoding="utf-8")

    def run_well(self, *arguments):
        done = subprocess.run([SOJOURN, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_pay(self):
        found = json.loads(self.run_well("compare", self.scenario, "--json", "-o", "out.h5"))
        plans = found["plans"]
        pay = 30.0 * AGENT_HOURS + 50.0 * ALL_HOURS
        with h5py.File(self.folder / "out.h5") as file:
            visits = file["cost_to_serve"][()].sum(axis=(2, 3))  # plan, replication: what calls cost
            staff = file["staff_cost"][()].sum(axis=2)
            horizon = file["horizon/cost_to_serve"][()]
        self.assertTrue(numpy.allclose(staff[0], pay))
        self.assertTrue(numpy.allclose(staff[1], pay + 30.0 * OPEN_HOURS))
        self.assertFalse(numpy.allclose(staff[1], pay + 30.0 * ALL_HOURS))  # the twin: paid around the clock
        self.assertTrue(numpy.allclose(horizon, visits + staff))
        self.assertAlmostEqual(plans["baseline"]["metrics"]["cost_to_serve"]["mean"], horizon[0].mean(), delta=1e-6)
        # Nobody earns anything, so the value is the discounted cost; shifts are early and late alike in the two weeks.
        npv = plans["baseline"]["metrics"]["npv"]["mean"]
        self.assertLess(abs(npv + horizon[0].mean()), 0.002 * horizon[0].mean())
        self.assertGreater(npv, -horizon[0].mean())
        # Parts of the difference add up, and pay is one of them.
        parts = plans["more"]["contributions"]["npv"]
        for kind in ("by_persona", "by_kind"):
            whole = plans["more"]["difference"]["npv"]["mean"]
            self.assertAlmostEqual(sum(part["mean"] for part in parts[kind].values()), whole, delta=1e-9 * (1 + abs(whole)))
            self.assertLess(abs(parts[kind]["staff"]["mean"] + 30.0 * OPEN_HOURS), 0.002 * 30.0 * OPEN_HOURS)
        # Of what a plan costs to serve, pay is told apart.
        self.assertAlmostEqual(plans["more"]["staff_cost"] - plans["baseline"]["staff_cost"], 30.0 * OPEN_HOURS, delta=1e-6)
        self.assertIn("EUR 2,520 more pay of servers with One more agent", " ".join(self.run_well("compare", self.scenario).split()))
        self.assertRegex(self.run_well("compare", self.scenario, "--full"), r"of that, pay of servers +EUR 24.2 k +\+2,520")
        # clv: of all with the pay, of personas without.
        clv = plans["baseline"]["metrics"]["clv"]["mean"]
        self.assertAlmostEqual(clv * 3000, npv, delta=1e-6 * abs(npv))
        self.assertLess(abs(plans["baseline"]["by_persona"]["caller"]["clv"]["mean"]), 5.0)

    def test_what_an_extra_customer_costs(self):
        """Plans that are paid by the hour alone invest nothing: no price of an extra customer, not 0. One that may keep nobody more is told as such."""
        scenarios = Path(os.environ["SOJOURN_SOURCE"]) / "scenarios"
        few = ("--customers", "2000", "--replications", "3", "-o", "out.h5")
        plans = json.loads(self.run_well("compare", scenarios / "service-line.toml", *few, "--json"))["plans"]
        self.assertEqual([plan["metrics"]["investment"]["mean"] for plan in plans.values()], [0.0] * 3)
        self.assertEqual([plan["cost_per_extra_customer"]["mean"] for plan in plans.values()], [None] * 3)
        text = re.sub(r"\s+", " ", self.run_well("compare", scenarios / "service-line.toml", *few, "--full"))
        self.assertNotIn("EUR 0.00 (EUR 0.00 to EUR 0.00)", text)
        self.assertIn("The pay of servers is in the cost to serve and the value of all, not in those of single personas or places.", text)
        # On a screen of 80 columns no plan is left out for a word about the pay of servers.
        self.assertNotIn("more plan", self.run_well("compare", scenarios / "contact-centre.toml", "-o", "out.h5"))
        text = re.sub(r"\s+", " ", self.run_well("compare", scenarios / "contact-centre.toml", *few, "--full"))
        self.assertRegex(text, r"customer kept - EUR [\d.]+ \(may be chance\)")
        self.assertRegex(text, r"customer kept EUR [\d.]+ \(EUR [\d.]+ to EUR [\d.]+\)")  # of a plan that is told to keep more

    def test_figures_everywhere(self):
        found = json.loads(self.run_well("run", self.scenario, "--json", "-o", "out.h5"))
        call = found["touchpoints"]["call"]
        wait = call["wait_days"]
        self.assertLess(0.0, wait["mean"])
        self.assertLessEqual(wait["median"], wait["p90"])
        self.assertLess(wait["p90"], wait["p95"])
        self.assertAlmostEqual(call["answer_within_days"], 1 / 1440)
        for share in ("service_level", "abandonment", "turned_away", "utilisation"):
            self.assertTrue(0.0 < call[share] < 1.0, share)
        with h5py.File(self.folder / "out.h5") as file:
            self.assertEqual([name.decode() for name in file["pool"][()]], ["agents", "expert"])
            busy = file["pool_utilisation"][0].mean(axis=0)
            for pool, share in zip(("agents", "expert"), busy):
                self.assertAlmostEqual(found["pools"][pool]["utilisation"], share)
            # Together they work what they worked apart.
            hours = numpy.array([AGENT_HOURS, ALL_HOURS])
            self.assertAlmostEqual(call["utilisation"], (busy * hours).sum() / hours.sum())
            for name, figure in (("wait_median", wait["median"]), ("wait_p90", wait["p90"]), ("wait_p95", wait["p95"]),
                                 ("service_level", call["service_level"]), ("abandonment", call["abandonment"]),
                                 ("turned_away", call["turned_away"]), ("utilisation", call["utilisation"])):
                self.assertEqual(file["queues"][name][0, 0], figure, name)
                self.assertTrue(numpy.isnan(file["queues"][name][0, 1]), name)
            came = file["queue_came"][0, :, 0].sum()
            self.assertAlmostEqual(call["turned_away"], file["queue_turned_away"][0, :, 0].sum() / came)
            self.assertAlmostEqual(call["service_level"], file["queue_in_time"][0, :, 0].sum() / came)
        text = self.run_well("run", self.scenario)
        self.assertIn("turned away", text)
        self.assertIn("The pay of servers is in the cost to serve and the value of all, not in those of single personas", " ".join(text.split()))
        unpaid = self.run_well("run", self.scenario, "--set", "pool.agents.cost_per_hour=0", "--set", "pool.expert.cost_per_hour=0")
        self.assertNotIn("pay of servers", " ".join(unpaid.split()))
        self.assertRegex(text, r"by pool, servers busy")
        self.assertRegex(text, r"Agents +\d")
        compared = json.loads(self.run_well("compare", self.scenario, "--json"))["plans"]
        self.assertEqual(compared["baseline"]["touchpoints"]["call"]["wait_days"]["p95"], wait["p95"])
        self.assertLess(compared["more"]["touchpoints"]["call"]["turned_away"], call["turned_away"])

    def test_the_page_says_what_the_run_said(self):
        """The page is made from the file alone."""
        compared = json.loads(self.run_well("compare", self.scenario, "--json", "-o", "out.h5"))["plans"]
        self.assertRegex(self.run_well("compare", self.scenario, "--full"), r"by queue +plan +wait")
        self.run_well("report", "out.h5", "-o", "page.html")
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        touchpoints, _ = json.JSONDecoder().raw_decode(page, page.index('"touchpoints":') + len('"touchpoints":'))
        column = {each["name"]: c for c, each in enumerate(touchpoints["columns"])}
        for k, plan in enumerate(("baseline", "more")):
            call = compared[plan]["touchpoints"]["call"]
            for name, figure in (("wait_p95", call["wait_days"]["p95"]), ("service_level", call["service_level"]),
                                 ("turned_away", call["turned_away"]), ("utilisation", call["utilisation"])):
                self.assertAlmostEqual(touchpoints["cells"][k][0][column[name]][0], figure, delta=1e-5 * figure)
            self.assertRegex(touchpoints["cells"][k][0][column["utilisation"]][3], r"^\d+\.\d %$")
        self.assertIn('and EUR 2,520 more pay of servers</span>', page)
        self.assertAlmostEqual(json.loads(re.search(r'"staff_cost":([0-9.]+)', page).group(1)), compared["baseline"]["staff_cost"], delta=1.0)
        self.assertIn('"length":', page)  # who stands in line, over time

    def test_idle_and_saturated_servers_are_named(self):
        def cautions(*changes):
            options = [word for change in changes for word in ("--set", change)]
            return " ".join(json.loads(self.run_well("run", self.scenario, "--json", *options))["cautions"])
        self.assertNotIn("of their time", cautions())
        self.assertRegex(cautions("pool.expert.servers=200"), r"The servers of The expert work [0-4]\.\d % of their time")
        self.assertRegex(cautions("touchpoint.call.handle_time=0.5", "scenario.horizon=12"), r"The servers of The expert work (98|99|100)\.\d % of their time")

    def test_pay_decides(self):
        """One agent is too few for whom a sale of 12 depends on; whether a second one pays is a matter of wages."""
        text = re.sub(r"servers = \{.*\}", "servers = 1", SCENARIO).replace('["agents", "expert"]', '"agents"').replace("cost = 1.0\n", "revenue = 12.0\n")
        text = re.sub(r'\[\[pool\]\]\nid = "expert".*?\n\n', "", text, flags=re.S)
        for wage, bought in ((1.0, ["one-more"]), (300.0, [])):  # the second is the twin
            self.scenario.write_text(text.replace("cost_per_hour = 30.0", f"cost_per_hour = {wage}"), encoding="utf-8")
            optimum = json.loads(self.run_well("optimize", self.scenario, "--budget", 1000, "--json"))
            self.assertEqual([each["id"] for each in optimum["best"]["improvements"]], bought)
        ranked = json.loads(self.run_well("rank", self.scenario, "--json"))
        self.assertIn("call", json.dumps(ranked))


if __name__ == "__main__":
    unittest.main()
