"""Surveys and solved problems through the whole program: figures, parts of the gap, files, windows, horizons, numbers of people."""

import json
import os
import re
import unittest
from pathlib import Path

import h5py
import numpy

from program import ProgramTest

SCENARIOS = Path(os.environ["SOJOURN_SOURCE"]).resolve() / "scenarios"
PARTS = ["visits", "coverage", "sampling", "response", "noise"]


class SurveysTest(ProgramTest):
    def check_survey(self, survey):
        """What must be true of any survey, whatever the scenario."""
        gap, true = survey["gap"], survey["true"]
        self.assertAlmostEqual(sum(gap[part]["mean"] for part in PARTS), gap["mean"], places=9)
        self.assertAlmostEqual(survey["measured"]["mean"] - true["mean"], gap["mean"], places=9)
        chain = [true["mean"]] + [true[whose]["mean"] for whose in ("visits", "covered", "invited", "answered")] + [survey["measured"]["mean"]]
        for part, before, after in zip(PARTS, chain, chain[1:]):
            self.assertAlmostEqual(gap[part]["mean"], after - before, places=9)
        self.assertAlmostEqual(survey["answered"]["mean"] / survey["invited"]["mean"], survey["response_rate"]["mean"], places=9)
        for shares in ("share", "weighted"):
            self.assertAlmostEqual(sum(answer[shares] for answer in survey["answers"].values()), 1.0, places=9)
        value = {"nps": lambda a: 100 * (a >= 9) - 100 * (a <= 6)}.get(survey["asks"], lambda a: a)
        mean = {by: sum(value(int(a)) * answer[by] for a, answer in survey["answers"].items()) for by in ("share", "weighted")}
        self.assertAlmostEqual(mean["share"], survey["measured"]["mean"], places=9)
        self.assertAlmostEqual(mean["weighted"], survey["weighted"]["propensity"]["mean"], places=9)

    def test_the_parts_add_up_over_windows_horizons_and_people(self):
        beliefs = []
        for window, horizon, customers in [("1 week", "6 months", 3000), ("1 month", "1 year", 8000), ("3 months", "2 years", 2000), ("2 days", "100 days", 5000)]:
            found = self.json("run", SCENARIOS / "perception-gap.toml", "--customers", customers, "--replications", 3, "--horizon", horizon,
                                  "--set", f"scenario.window={window}")
            for survey in found["surveys"].values():
                self.check_survey(survey)
            # Asked at intervals, everybody is covered: there is nothing to visit, and where is asked makes no difference but chance.
            relation = found["surveys"]["relationship"]
            self.assertEqual(relation["gap"]["visits"]["mean"], 0.0)
            self.assertEqual(relation["gap"]["noise"]["mean"], 0.0)
            beliefs.append(found["surveys"]["branch"])
        # The finding does not hang on the window.
        for belief in beliefs:
            self.assertGreater(belief["gap"]["mean"], 60.0)

    def test_what_the_company_believes_and_what_customers_say(self):
        found = self.json("run", SCENARIOS / "perception-gap.toml")
        answers = found["surveys"]["branch"]["answers"]
        believed = answers["9"]["share"] + answers["10"]["share"]
        self.assertAlmostEqual(believed, 0.80, delta=0.04)
        self.assertAlmostEqual(found["metrics"]["promoters"]["mean"], 0.08, delta=0.02)
        # The company's own interval never holds what is true.
        self.assertEqual(found["surveys"]["branch"]["interval"]["cover"], 0.0)
        self.assertLess(found["surveys"]["branch"]["interval"]["half_width"], 3.0)
        # Weights by the chance to answer take that part of the gap away, and only that.
        branch = found["surveys"]["branch"]
        self.assertAlmostEqual(branch["weighted"]["propensity"]["mean"] - branch["gap"]["noise"]["mean"], branch["true"]["invited"]["mean"], delta=3.0)

    def test_who_posts_is_not_who_is_there(self):
        groups = "".join(
            f'[[persona]]\nid = "{name}"\nshare = {share}\nstarts = {{ buys = 1 }}\ntraits.satisfaction = {satisfied}\n'
            f"traits.response_propensity = {logit}\n"
            for name, share, satisfied, logit in [("dissatisfied", 0.2, 0.2, -2.7515353), ("indifferent", 0.3, 0.6, -1.2083112), ("satisfied", 0.5, 0.9, -0.7537718)])
        (self.folder / "posts.toml").write_text(
            'schema = 1\n[scenario]\ntitle = "Who posts"\nhorizon = "40 days"\ncustomers = 20_000\nreplications = 5\n'
            "[behaviour]\nmemory = 0\nrecommend_sd = 0\n" + groups +
            '[[touchpoint]]\nid = "buys"\nstage = "purchase"\nnext = [ { to = "buys", odds = 1, after = "10 days" } ]\n'
            '[[survey]]\nid = "post"\nafter = "buys"\n')
        for extra in ([], ["--set", "scenario.window=3 days"], ["--horizon", "95 days", "--customers", 9000]):
            post = self.json("run", "posts.toml", *extra)["surveys"]["post"]
            self.check_survey(post)
            self.assertAlmostEqual(post["response_rate"]["mean"], 0.241, delta=0.004)
            for name, mix, share in [("dissatisfied", 0.0498, 0.2), ("indifferent", 0.2863, 0.3), ("satisfied", 0.6639, 0.5)]:
                self.assertAlmostEqual(post["by_persona"][name]["answered"], mix, delta=0.006)
                self.assertAlmostEqual(post["by_persona"][name]["weighted"], share, delta=0.012)
            self.assertAlmostEqual(post["weighted"]["persona"]["mean"], post["true"]["mean"], delta=1e-6)
        # The twin: everybody answers alike.
        twin = self.json("run", "posts.toml", *[word for name in ("dissatisfied", "indifferent", "satisfied") for word in ("--set", f"persona.{name}.traits.response_propensity=-1.147")])
        self.assertGreater(twin["surveys"]["post"]["by_persona"]["dissatisfied"]["answered"], 0.19)

    def test_a_survey_that_annoys_nobody_changes_nothing_else(self):
        text = (SCENARIOS / "telecom.toml").read_text()
        asks = '\n[[survey]]\nid = "s"\nafter = "call-support"\nfatigue = 0.5\n[[survey]]\nid = "r"\nevery = "90 days"\n'
        small = ["--customers", 2000, "--replications", 2]
        (self.folder / "plain.toml").write_text(text)
        (self.folder / "asks.toml").write_text(text + asks)
        (self.folder / "annoys.toml").write_text(text + asks.replace("fatigue = 0.5", "annoyance = 0.1"))
        plain, asked, annoyed = (self.json("run", name, *small) for name in ("plain.toml", "asks.toml", "annoys.toml"))
        self.assertEqual(asked["metrics"], plain["metrics"])
        self.assertEqual(asked["by_persona"], plain["by_persona"])
        self.assertNotEqual(annoyed["metrics"], plain["metrics"])
        self.assertNotIn("surveys", plain)

    def test_the_file_holds_what_was_measured_and_what_is_true(self):
        small = ["--customers", 2000, "--replications", 2]
        self.sojourn("run", SCENARIOS / "perception-gap.toml", *small, "-o", "gap.h5")
        with h5py.File(self.folder / "gap.h5") as file:
            self.assertEqual([name.decode() for name in file["survey"][:]], ["branch", "relationship"])
            shape = (1, 2, 2, file["time"].shape[0])
            for name in ("survey_invited", "survey_answered", "survey_score", "true_score"):
                self.assertEqual(file[name].shape, shape, name)
            invited, answered = file["survey_invited"][:], file["survey_answered"][:]
            self.assertTrue((answered <= invited).all())
            customers = file["customers"][:].sum(axis=2)
            promoters, detractors = file["promoters"][:].sum(axis=2), file["detractors"][:].sum(axis=2)
            numpy.testing.assert_allclose(file["true_score"][:, :, 1], 100.0 * (promoters - detractors) / customers, rtol=1e-12)
            self.assertEqual(file["surveys/cover"].shape, (1, 2))
        found = self.json("run", SCENARIOS / "perception-gap.toml", *small)
        self.assertEqual(int(invited.sum(axis=(0, 1, 3))[0]), round(found["surveys"]["branch"]["invited"]["mean"] * 4000))
        # A file repeats the run, and a page is made of it alone.
        again = self.json("run", "gap.h5")
        self.assertEqual(again["surveys"], found["surveys"])
        self.sojourn("report", "gap.h5", "-o", "gap.html", "--quiet")
        page = (self.folder / "gap.html").read_text()
        self.assertIn("What the company believes", page)
        self.assertIn("Branch survey", page)

    def test_clicked_is_not_solved(self):
        small = ["--customers", 4000, "--replications", 4]
        found = json.loads(self.sojourn("compare", SCENARIOS / "printer-support.toml", *small, "--json", "--quiet").stdout)
        base, clicks, helps = (found["plans"][plan] for plan in ("baseline", "more-clicks", "more-help"))
        for plan, share in ((base, 0.2), (clicks, 0.2), (helps, 0.53)):
            article = plan["touchpoints"]["article"]["solved"]
            self.assertEqual(article["logged"]["mean"], 1.0)
            self.assertAlmostEqual(article["true"]["mean"], share, delta=0.03)
        self.assertAlmostEqual(base["touchpoints"]["calls"]["solved"]["true"]["mean"], 0.75, delta=0.02)
        self.assertNotIn("solved", base["touchpoints"].get("prints", {}))
        # The log's favourite keeps fewer owners, an article that helps keeps more.
        self.assertLess(clicks["difference"]["retained"]["high"], 0.0)
        self.assertGreater(helps["difference"]["retained"]["low"], 0.0)
        text = self.sojourn("compare", SCENARIOS / "printer-support.toml", *small, "--full").stdout
        self.assertIn("problems solved", text)
        self.assertIn("Was this article helpful?", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_what_rules_do_is_on_the_page_and_on_the_map(self):
        # The improvement of the plan that is on all the year begins on day 60, that of the rule whenever the rule says.
        text = (SCENARIOS / "closed-loop.toml").read_text().replace('ramp   = { linear = "3 weeks" }', 'start  = "60 days"\nramp   = { linear = "3 weeks" }')
        (self.folder / "loop.toml").write_text(text)
        self.sojourn("compare", "loop.toml", "--customers", 600, "--replications", 2, "--quiet", "-o", "loop.h5")
        self.sojourn("report", "loop.h5", "--fast", "-o", "loop.html", "--quiet")
        page = (self.folder / "loop.html").read_text()
        self.assertIn("<dt>Rule Alarm of the survey</dt><dd>switches on Extra technicians when nps of survey How was it? is below -10 in 2 windows running, "
                      "with 20 answers or more in each, until it is above 10", page)
        self.assertIn("goes by the rule Alarm of the survey", page)
        maps = dict(re.findall(r'<svg data-plan="([^"]*)"(.*?)</svg>', page, re.DOTALL))
        self.assertEqual({plan: "by rule" in svg for plan, svg in maps.items()}, {"baseline": False, "all-year": False, "on-alarm": True})
        self.assertEqual({plan: 'class="ring' in svg for plan, svg in maps.items()}, {"baseline": False, "all-year": True, "on-alarm": True})
        data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])
        begins = {name["name"]: name["of"] for moment in data["moments"] for name in moment["names"]}
        self.assertEqual(begins, {"A fault in the network": None, "Extra technicians": [1]})
        svg = self.sojourn("map", "loop.toml", "--plan", "on-alarm", "-o", "loop.svg") and (self.folder / "loop.svg").read_text()
        self.assertIn("by rule", svg)

    def test_no_line_of_a_life_is_wider_than_the_terminal(self):
        for words in (["telecom.toml", "--plan", "care-first", "--customer", 4], ["closed-loop.toml", "--plan", "on-alarm", "--customer", 3]):
            told = self.sojourn("trace", SCENARIOS / words[0], *words[1:], "--quiet").stdout
            self.assertGreater(max(map(len, told.splitlines())), 70)
            self.assertLessEqual(max(map(len, told.splitlines())), 80)
            self.assertLessEqual(max(map(len, self.sojourn("check", SCENARIOS / words[0]).stdout.splitlines()[1:])), 80)

    def test_a_life_tells_when_it_was_asked(self):
        told = " ".join(self.sojourn("trace", SCENARIOS / "perception-gap.toml", "--customer", 1, "--quiet").stdout.split())
        self.assertRegex(told, r"asked by Relationship survey, would answer with a chance of \d")
        told = "".join(self.sojourn("trace", SCENARIOS / "printer-support.toml", "--customer", number, "--quiet").stdout for number in range(6))
        self.assertIn("The problem is not solved.", told)

    def test_what_is_not_built_or_makes_no_sense_is_refused(self):
        text = (SCENARIOS / "coffee.toml").read_text()
        for survey, said in [('every = "30 days"\nasks = "csat"\n', "csat asks about a visit"),
                             ('every = "30 days"\nafter = "drink"\n', "both every and visits set off the survey"),
                             ('after = "drink"\nannoyance = 2\n', "annoyance is 2, but must be between 0 and 1")]:
            (self.folder / "wrong.toml").write_text(text + '\n[[survey]]\nid = "s"\n' + survey)
            self.assertIn(said, self.sojourn("run", "wrong.toml", status=2).stderr)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["wrong.toml"])


if __name__ == "__main__":
    unittest.main()
