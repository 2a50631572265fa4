"""Content, needs and personalisation through the whole program: figures, files, single lives, overrides, what check says."""

import math
import os
import shutil
import unittest
from pathlib import Path

import h5py
import numpy

from program import ProgramTest

SCENARIOS = Path(os.environ["SOJOURN_SOURCE"]).resolve() / "scenarios"
MESSAGE = SCENARIOS / "right-message.toml"
SMALL = ["--customers", 3000, "--replications", 2]


class ContentTest(ProgramTest):
    def content(self, *words):
        return {name: figure["mean"] for name, figure in self.json("run", MESSAGE, *SMALL, *words)["touchpoints"]["message"]["content"].items()}

    def test_personalisation_moves_fit_between_its_ends(self):
        """Of one persona at a time, over windows and horizons: fit is the mixture of two cosines, matches are the chance itself."""
        only = {"saver": (0.9 / math.hypot(0.9, 0.1),) * 2, "family": (0.2 / math.hypot(0.8, 0.2), 0.8 / math.hypot(0.8, 0.2)),
                "busy": (0.1 / math.hypot(0.9, 0.1), 0.9 / math.hypot(0.9, 0.1))}
        for persona, (default, best) in only.items():
            shares = [word for other in only for word in ("--set", f"persona.{other}.share={1 if other == persona else 0}")]
            for chance, window, horizon in [(0, "1 week", "1 year"), (0.3, "1 month", "6 months"), (1, "5 days", "9 months")]:
                with self.subTest(persona=persona, chance=chance):
                    found = self.content(*shares, "--set", f"touchpoint.message.personalisation={chance}", "--set", f"scenario.window={window}", "--horizon", horizon)
                    self.assertAlmostEqual(found["fit"], default + chance * (best - default), delta=0.02 if chance == 0.3 else 1e-6)
                    self.assertAlmostEqual(found["matched"], chance if best > default else 1.0, delta=0.02 if chance == 0.3 else 0.0)
                    self.assertAlmostEqual(found["mistargeted"], 1 - chance if default < 0.5 else 0.0, delta=0.02 if chance == 0.3 else 0.0)

    def test_needs_and_themes_can_be_set(self):
        plain = self.content()
        self.assertLess(self.content("--set", "persona.saver.needs.price=0.05")["fit"], plain["fit"] - 0.1)
        self.assertLess(self.content("--set", "touchpoint.message.content[0].theme.price=0.0")["fit"], plain["fit"] - 0.1)
        shutil.copy(MESSAGE, self.folder / "base.toml")
        (self.folder / "variant.toml").write_text('[scenario]\nbase = "base.toml"\n\n[[persona]]\nid = "saver"\nneeds = { advice = 1.0 }\n\n'
                                                  '[[touchpoint]]\nid = "message"\npersonalisation = 1.0\n')
        found = self.json("run", "variant.toml", *SMALL)["touchpoints"]["message"]["content"]
        self.assertEqual(found["matched"]["mean"], 1.0)

    def test_without_weight_or_content_nothing_changes(self):
        text = MESSAGE.read_text()
        start = text.index("[[improvement]]")
        bare = "\n".join(line for line in text[:start].splitlines() if not line.startswith(("content", "personalisation", "needs")))
        (self.folder / "bare.toml").write_text(bare)
        (self.folder / "light.toml").write_text(text[:start].replace("fit_weight = 0.4", "fit_weight = 0.0"))
        (self.folder / "shown.toml").write_text(text[:start])
        bare, light, shown = (self.json("run", name, *SMALL) for name in ("bare.toml", "light.toml", "shown.toml"))
        self.assertEqual(light["metrics"], bare["metrics"])
        self.assertEqual(light["by_persona"], bare["by_persona"])
        self.assertNotEqual(shown["metrics"], bare["metrics"])
        self.assertNotIn("content", bare["touchpoints"]["message"])
        self.assertIn("content changes nothing", self.sojourn("check", "light.toml").stderr)
        self.assertIn("0 warnings", self.sojourn("check", MESSAGE).stdout)

    def test_the_file_and_the_page_tell_what_was_seen(self):
        self.sojourn("compare", MESSAGE, *SMALL, "-o", "message.h5")
        with h5py.File(self.folder / "message.h5") as file:
            touchpoints = [name.decode() for name in file["touchpoint"][:]]
            visits, matched, fit = (file[name][:] for name in ("visits", "matched", "touch_fit"))
            self.assertEqual(matched.shape, (5, 2, 3, len(touchpoints)))
            at = touchpoints.index("message")
            self.assertTrue((matched[..., at] <= visits[..., at]).all())
            self.assertTrue((matched[:, :, 0, at] == visits[:, :, 0, at]).all())  # savers get what fits them best
            self.assertTrue(numpy.isnan(fit[..., touchpoints.index("lives")]).all())
            self.assertTrue((file["mistargeted"][:, :, 0, at] == 0).all())
        found = self.json("compare", MESSAGE, *SMALL)
        self.assertEqual(self.json("compare", "message.h5")["plans"], found["plans"])
        plans = {name: plan["touchpoints"]["message"]["content"] for name, plan in found["plans"].items()}
        self.assertAlmostEqual(plans["better-text"]["matched"]["mean"], plans["baseline"]["matched"]["mean"], delta=0.03)
        self.assertGreater(plans["right-person"]["matched"]["mean"], plans["baseline"]["matched"]["mean"] + 0.1)
        self.assertLess(plans["right-person"]["mistargeted"]["mean"], plans["baseline"]["mistargeted"]["mean"] - 0.1)
        self.sojourn("report", "message.h5", "-o", "message.html", "--quiet")
        self.assertIn("share of visits at which the content shown was the best fit", (self.folder / "message.html").read_text())
        text = self.sojourn("compare", "message.h5", "--full").stdout
        self.assertIn("worse than none", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertIn("best fit", self.sojourn("run", MESSAGE, *SMALL).stdout)

    def test_scenarios_side_by_side_where_one_has_more_content(self):
        text = MESSAGE.read_text()[:MESSAGE.read_text().index("[[improvement]]")]
        lines = text.splitlines()
        offer = lines.index('id      = "offer"')
        less = lines[:offer] + [line for line in lines[offer:] if not line.startswith(("content", "personalisation"))]
        (self.folder / "less.toml").write_text("\n".join(less))
        (self.folder / "more.toml").write_text(text + '\n[[touchpoint]]\nid = "extra"\nstage = "retention"\ncontent = [ { theme = { price = 1.0 } } ]\n'
                                               'next = [ { to = "lives", odds = 1 } ]\n')
        plans = self.json("compare", "less.toml", "more.toml", "--customers", 500, "--replications", 2)["plans"]
        self.assertEqual(len(plans), 2)
        fits = [plan["touchpoints"]["offer"]["content"]["fit"]["mean"] for plan in plans.values()]
        self.assertIsNone(fits[0])  # nothing was shown
        self.assertGreater(fits[1], 0.5)

    def test_a_life_tells_what_was_seen(self):
        told = "".join(self.sojourn("trace", MESSAGE, "--customer", number, "--plan", "right-person", "--quiet").stdout for number in range(8))
        self.assertRegex(told, r"Sees the default, content 1, on price: fit 0\.99, the best there is\.")
        self.assertRegex(told, r"Sees the default, content 1, on price: fit 0\.\d\d \(content \d would fit 0\.\d\d\), worse than none\.")
        self.assertRegex(told, r"Sees content [23], on (advice|service): fit 0\.9\d, the best there is\.")


if __name__ == "__main__":
    unittest.main()
