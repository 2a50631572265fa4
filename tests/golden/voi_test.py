"""`sojourn voi`: the value of information of somebody else's draws, as text and as JSON."""

import json
import os
import random
import statistics
import subprocess
import tempfile
import unittest
from pathlib import Path

SOJOURN = os.environ["SOJOURN"]


class VoiTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        draw = random.Random(3)
        share = [draw.betavariate(4, 6) for _ in range(800)]
        gain = [100.0 * x - 45.0 for x in share]
        self.best = statistics.mean(max(0.0, g) for g in gain) - max(0.0, statistics.mean(gain))
        self.write("inputs.csv", "takers,colour", [(x, draw.random()) for x in share])
        self.write("worth.csv", 'keep,"new page, fast"', [(0.0, g) for g in gain])

    def write(self, name, header, lines):
        self.folder.joinpath(name).write_text(header + "\n" + "".join(f"{a},{b}\n" for a, b in lines))

    def voi(self, *words, status=0):
        done = subprocess.run([SOJOURN, "voi", *map(str, words)], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def test_the_loss_of_the_best_choice(self):
        found = json.loads(self.voi("inputs.csv", "worth.csv", "--json").stdout)
        self.assertEqual((found["draws"], found["best"]), (800, "keep"))
        self.assertAlmostEqual(found["evpi"]["mean"], self.best, places=9)
        # One input decides alone: it is worth as much as all; the other is not told from nothing.
        self.assertAlmostEqual(found["evppi"]["takers"]["mean"], self.best, delta=0.02 * self.best)
        self.assertTrue(found["evppi"]["takers"]["shown"])
        self.assertFalse(found["evppi"]["colour"]["shown"])
        self.assertAlmostEqual(found["choices"]["keep"]["expected_loss"], found["evpi"]["mean"], places=9)
        self.assertAlmostEqual(sum(choice["chance_best"] for choice in found["choices"].values()), 1.0, places=9)
        self.assertNotIn("evsi", found)
        text = self.voi("inputs.csv", "worth.csv").stdout
        self.assertIn("keep is worth most in the mean." if found["best_shown"] else
                      "These draws do not tell which is worth most: keep is ahead in the mean, which may be chance.",
                      " ".join(text.split()))
        self.assertRegex(text, r"(?m)^  colour +(nothing|below [^ ]+, not told from 0)$")
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_a_survey(self):
        asked = ["inputs.csv", "worth.csv", "--people", 1000, "--survey", "takers", "--fixed-cost", 50, "--cost-per-answer", 5, "--most-answers", 500]
        found = json.loads(self.voi(*asked, "--json").stdout)["evsi"]
        self.assertEqual([survey["answers"] for survey in found["surveys"]], [10, 20, 50, 100, 200, 500])
        for survey in found["surveys"]:
            self.assertAlmostEqual(survey["net"], 1000 * survey["mean"] - 50 - 5 * survey["answers"], places=6)
        self.assertEqual(found["best"], max(found["surveys"], key=lambda survey: survey["net"])["answers"])
        self.assertIn(f"{found['best']} answers net most", self.voi(*asked).stdout)
        # Asking costs more than it tells.
        dear = asked[:-3] + [1e6, "--most-answers", 500]
        self.assertIsNone(json.loads(self.voi(*dear, "--json").stdout)["evsi"]["best"])
        self.assertIn("No survey of these sizes is worth its cost.", self.voi(*dear).stdout)

    def test_what_cannot_be_told(self):
        self.write("short.csv", "keep,go", [(0.0, 1.0)] * 799)
        self.write("one.csv", "keep,go", [(0.0, 1.0)] * 3)
        self.folder.joinpath("alone.csv").write_text("keep\n" + "1\n" * 800)
        self.folder.joinpath("words.csv").write_text("keep,go\n1,2\n1,two\n")
        for words, said in ((("inputs.csv", "short.csv"), "inputs.csv has 800 draws, short.csv has 799"),
                            (("inputs.csv", "alone.csv"), "a decision needs two choices or more"),
                            (("one.csv", "one.csv"), "there are 3 draws at which all is defined"),
                            (("inputs.csv", "words.csv"), 'words.csv:3:3: error: "two" is not a number'),
                            (("inputs.csv", "worth.csv", "--survey", "taker"), 'did you mean "takers"?'),
                            (("inputs.csv", "worth.csv", "--sd", "2"), "--sd requires --survey"),
                            (("none.csv", "worth.csv"), "none.csv: error: there is no such file")):
            with self.subTest(words):
                done = self.voi(*words, status=2)
                self.assertIn(said, done.stderr)
                self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
