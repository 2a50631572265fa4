"""Money that differs by the same in every replication, as compare, its JSON, the page and optimize tell it; and what nobody met."""

import re
import unittest

from program import ProgramTest

HEAD = """schema = 1
[scenario]
title = "Sure money"
horizon = "1 year"
customers = 1000
replications = 10
[[persona]]
id = "all"
share = 1.0
starts = { look = 1.0 }
arrives = { uniform = ["0 days", "100 days"] }
[[touchpoint]]
id = "look"
stage = "consideration"
next = [ { to = "desk", odds = 1, after = "1 day" }, { to = "lost", odds = 1, heard = -0.5 } ]
[[touchpoint]]
id = "lost"
stage = "consideration"
end = "lost"
[[touchpoint]]
id = "desk"
stage = "purchase"
revenue = 5
DESK
next = [ { to = "rare", probability = CHANCE }, { to = "home", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "rare"
stage = "retention"
next = [ { to = "home", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "home"
stage = "retention"
revenue_per_month = 10
next = [ { to = "gone", odds = 1, after = { exponential = { mean = "200 days" } } } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[plan]]
id = "plan"
name = "The plan"
improvements = ["change"]
[[improvement]]
id = "change"
"""
FEE = 'target = { touchpoint = "look" }\neffect = { revenue = "+3" }\n'
TALK = '[word_of_mouth]\nnetwork = { random = { contacts = 8 } }\npromoter_rate = "0.2 per month"\ndetractor_rate = "0.2 per month"\n'
POOL = '[[pool]]\nid = "agents"\nservers = 20\ncost_per_hour = 30\n'


def scenario(change, more="", desk="", chance="0.00001"):
    return HEAD.replace("DESK", desk).replace("CHANCE", chance) + change + more


class SureMoney(ProgramTest):
    def told(self, text):
        """What is said of the plan: the first sentence, the figure and verdict of JSON, the page's row, and what optimize says."""
        (self.folder / "sure.toml").write_text(text)
        said = self.json("compare", "sure.toml", "-o", "sure.h5", "--force")
        plan = said["plans"]["plan"]
        self.sojourn("report", "sure.h5", "-o", "sure.html", "--force")
        page = (self.folder / "sure.html").read_text()
        row = re.search(r'<tr[^>]*>(?:(?!</tr>).)*The plan.*?</tr>', page[page.index('class="verdicts"'):], re.S).group()
        buy = self.json("optimize", "sure.toml", "--budget", "10000")
        return {"sentence": said["answer"][0], "npv": plan["difference"]["npv"], "verdict": plan["verdict"]["worth"], "parts": plan["contributions"]["npv"],
                "row": re.sub(r"<[^>]+>", " ", row), "optimize": buy["answer"], "bought": [one["id"] for one in buy["best"]["improvements"]]}

    def test_a_fee_for_all_pays(self):
        for talk in ("", TALK):
            told = self.told(scenario(FEE, talk))
            npv = told["npv"]
            self.assertAlmostEqual(npv["mean"], 3000, delta=1e-6)
            self.assertGreater(npv["low"], 2500)
            self.assertLess(npv["low"], 2950)
            self.assertAlmostEqual(npv["high"] - 3000, 3000 - npv["low"], delta=1e-6)
            self.assertLess(npv["p_holm"], 0.001)
            self.assertEqual(told["verdict"], "better")
            self.assertRegex(told["sentence"], r"^The plan pays: \+3,000 EUR of net present value \(95 %: \+2,\d+ to \+3,\d+\)\.$")
            self.assertIn("pays", told["row"])
            self.assertEqual(told["bought"], ["change"])
            self.assertTrue(told["optimize"].startswith("Buy “change”"), told["optimize"])
            self.assertNotIn("few people", told["optimize"])

    def test_a_server_whom_nobody_needs_loses(self):
        told = self.told(scenario('target = { pool = "agents" }\neffect = { servers = "+1" }\n', POOL, 'pool = "agents"\nhandle_time = "5 minutes"'))
        hours = 365.25 * 24 * 30
        self.assertAlmostEqual(told["npv"]["mean"], -hours, delta=1)
        self.assertLess(told["npv"]["high"], -hours + 500)
        self.assertGreater(told["npv"]["high"], -hours + 50)
        self.assertEqual(told["verdict"], "worse")
        # Ends that three digits do not tell apart have more of them.
        self.assertRegex(told["sentence"], r"^The plan loses money: -263 k EUR of net present value \(95 %: -263,\d\d\d to -262,\d\d\d\)\.$")
        self.assertIn("loses", told["row"])
        self.assertEqual(told["bought"], [])
        self.assertIn("nothing that EUR 10.0 k buys is better than buying nothing", told["optimize"])

    def test_a_cost_without_an_effect_loses(self):
        told = self.told(scenario('target = { touchpoint = "rare" }\neffect = { quality = "+0.3" }\ncost = { once = 5_000, per_month = 100 }\n', chance="0"))
        self.assertAlmostEqual(told["npv"]["mean"], -6200, delta=1)
        self.assertLess(told["npv"]["high"], -5800)
        self.assertEqual(told["verdict"], "worse")
        self.assertTrue(told["sentence"].startswith("The plan loses money: -6,200 EUR"), told["sentence"])
        # What is paid whatever happens is exact, what people move is not.
        paid, earned = (told["parts"]["by_kind"][kind] for kind in ("investment", "revenue"))
        self.assertEqual(paid["low"], paid["high"])
        self.assertLess(earned["low"], earned["high"])
        self.assertEqual(told["bought"], [])

    def test_a_fee_that_nobody_met_is_no_sure_nothing(self):
        told = self.told(scenario('target = { touchpoint = "rare" }\neffect = { revenue = "+300" }\n'))
        npv = told["npv"]
        self.assertEqual(npv["mean"], 0)
        # One of 100,000 who come, half of whom buy: 300 of them a thousand people is 1.50.
        self.assertLess(npv["low"], 1.5)
        self.assertGreater(npv["high"], 1.5)
        self.assertEqual(npv["p"], 1)
        self.assertEqual(told["verdict"], "same")
        self.assertRegex(told["sentence"], r"^The plan is worth as much as the baseline, to within \d+ EUR of net present value \(95 %\)\.$")
        self.assertEqual(told["bought"], [])
        # Nor does optimize say that nothing else is better.
        self.assertIn("is better than this one by more than", " ".join(self.sojourn("optimize", "sure.toml", "--budget", "10000", "--full").stdout.split()))

    def test_its_twin_that_many_met_is_told(self):
        told = self.told(scenario('target = { touchpoint = "rare" }\neffect = { revenue = "+300" }\n', chance="0.2"))
        self.assertEqual(told["verdict"], "better")
        self.assertGreater(told["npv"]["sd"], 0)

    def test_a_fee_too_small_for_those_who_were_simulated_is_open(self):
        told = self.told(scenario(FEE.replace("+3", "+0.05")))
        self.assertEqual(told["verdict"], "open")
        self.assertIn("which may be undone by people so rare that none was simulated; simulate about ", told["sentence"])
        self.assertIn("but people so rare that none was simulated may undo it", told["optimize"])

    def test_a_fee_for_all_beside_one_that_few_pay_pays(self):
        rare = '[[improvement]]\nid = "rare"\ntarget = { touchpoint = "rare" }\neffect = { revenue = "+100" }\n'
        text = scenario(FEE, rare, chance="0.0004").replace('["change"]', '["change", "rare"]')
        told = self.told(text)
        self.assertGreater(told["npv"]["mean"], 3000)
        self.assertEqual(told["verdict"], "better")
        self.assertNotIn("few people", told["optimize"])


if __name__ == "__main__":
    unittest.main()
