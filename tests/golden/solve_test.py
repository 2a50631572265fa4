"""`sojourn solve` as users and scripts see it: the figures of `run`, in its names, without luck."""

import json
import math
import os
import unittest
from pathlib import Path

from program import ProgramTest

SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")).resolve() / "scenarios"


class Solve(ProgramTest):
    def told(self, *words):
        return self.sojourn(*words).stdout

    def outside(self, run, solved, z=5.0):
        """The metrics of a run that are further from the solution than z standard errors."""
        found = []
        for name, figure in solved.items():
            other = run[name]
            if figure["mean"] is None or other["mean"] is None:
                continue
            self.assertLessEqual(figure["low"], figure["mean"] + 1e-12, name)
            self.assertLessEqual(figure["mean"], figure["high"] + 1e-12, name)
            error = z * other["sd"] / math.sqrt(40) + 1e-5 * max(1.0, abs(figure["mean"]))  # rare events have no sd
            if not figure["low"] - error <= other["mean"] <= figure["high"] + error:
                found.append(name)
        return found

    def test_run_finds_what_solve_says(self):
        gym = SCENARIOS / "gym.toml"
        solved = json.loads(self.told("solve", gym, "--json"))
        run = json.loads(self.told("run", gym, "--replications", "40", "--customers", "5000", "--json"))
        self.assertEqual(list(solved["metrics"]), list(run["metrics"]))
        given = {name for name, figure in solved["metrics"].items() if figure["mean"] is not None}
        self.assertEqual(given, set("prospects lost customers churned conversion retention retained revenue cost_to_serve investment npv clv "
                                    "time_to_purchase visits".split()))
        self.assertEqual(self.outside(run["metrics"], solved["metrics"]), [])
        for persona, figures in solved["by_persona"].items():
            figures = {name: figure for name, figure in figures.items() if name in run["by_persona"][persona]}
            self.assertGreater(len(figures), 20)
            self.assertEqual(self.outside(run["by_persona"][persona], figures), [])
        # The twin: another plan's solution is not this run's.
        other = json.loads(self.told("solve", gym, "--plan", "longer-trial", "--json"))
        self.assertIn("conversion", self.outside(run["metrics"], other["metrics"]))

    def test_json(self):
        solved = json.loads(self.told("solve", SCENARIOS / "gym.toml", "--json"))
        self.assertEqual((solved["plan"], solved["horizon_days"], solved["exact"]), ("baseline", 365.25, False))
        self.assertAlmostEqual(sum(solved["long_run"]["ends"].values()), 1.0)
        self.assertAlmostEqual(solved["long_run"]["buys"], solved["metrics"]["conversion"]["mean"], 6)
        self.assertEqual({exit["from"] for exit in solved["exits"]}, {"ask", "trial", "join", "train", "pause"})
        windows = solved["windows"]
        self.assertEqual(len(windows["end_days"]), 53)
        for series in (windows["customers"], windows["occupancy"]["pause"]):
            self.assertEqual({len(values) for values in series.values()}, {53})
        self.assertAlmostEqual(windows["customers"]["mean"][-1], solved["metrics"]["retained"]["mean"])
        shares = [windows[name]["mean"][-1] for name in ("prospects", "lost", "customers", "churned")]
        self.assertAlmostEqual(sum(shares), 1.0)

    def test_text(self):
        text = self.told("solve", SCENARIOS / "gym.toml")
        for words in ("In closed form", "Conversion ", "New Year's resolution", "if the horizon never came", "Ever buy", "Bounds are certain"):
            self.assertIn(words, text)
        self.assertNotIn("nan", text)

    def test_a_results_file_is_solved_too(self):
        self.told("run", SCENARIOS / "gym.toml", "--customers", "100", "--horizon", "60 days", "-o", "gym.h5")
        self.assertEqual(json.loads(self.told("solve", "gym.h5", "--json"))["horizon_days"], 60.0)

    def test_control_variate(self):
        arguments = ("run", SCENARIOS / "coffee.toml", "--customers", "1000", "--json", "--control-variate")
        result = json.loads(self.told(*arguments))
        control = result["control_variate"]
        self.assertNotIn("nps", control)
        for name in ("retention", "npv", "visits"):
            figure, plain = control[name], result["metrics"][name]
            self.assertEqual(set(figure), {"mean", "low", "high", "variance_ratio", "net_ratio"})
            self.assertGreater(figure["variance_ratio"], 1.5, name)
            self.assertLess(figure["high"] - figure["low"], plain["high"] - plain["low"], name)
            self.assertLess(abs(figure["mean"] - plain["mean"]), plain["high"] - plain["low"], name)
        self.assertEqual(result["twin"]["without"], ["slopes (they are 0 in the twin)"])
        # It is a second opinion on the run, not another run: the same file, the same plain figures.
        plain = json.loads(self.told(*arguments[:-1], "-o", "plain.h5"))
        self.assertEqual(plain["metrics"], result["metrics"])
        self.assertEqual((self.folder / "plain.h5").read_bytes(), (self.folder / "coffee.h5").read_bytes())


if __name__ == "__main__":
    unittest.main()
