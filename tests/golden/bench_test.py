"""`sojourn-bench`: that it runs, that its figures are there, and that the kernels written by hand simulate the same process. Never how fast."""

import json
import os
import subprocess
import unittest
from pathlib import Path

BENCH = Path(os.environ["SOJOURN_BUILD"]) / "sojourn-bench"
MEANS = ["visits", "lost", "churned", "customers", "satisfaction", "expectation"]
STEPS = ["fetch", "draw", "experience", "record", "choose", "delay", "move"]


def bench(*words):
    return subprocess.run([BENCH, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False)


def differences(engine, bare, at):
    """What the two processes do not share: more than 5 % and more than a hundredth apart is no longer chance in 65,536 lives."""
    pairs = [(name, engine[name], bare[name]) for name in at]
    pairs += [(f"at {v}", a, b) for v, (a, b) in enumerate(zip(engine["at"], bare["at"]))] if "at" in bare else []
    return [pair for pair in pairs if abs(pair[1] - pair[2]) > 0.05 * pair[1] or abs(pair[1] - pair[2]) > 0.01 and pair[1] < 1]


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = bench("--quick", "--json", "--largest", "1e4")
        assert done.returncode == 0, done.stderr
        cls.figures = json.loads(done.stdout)

    def test_every_figure_is_there(self):
        figures = self.figures
        self.assertEqual(set(figures), {"machine", "visits_per_second", "compared", "process", "ticks_per_visit", "two_threads", "growth",
                                        "queues", "hazards", "surveys", "talk", "bytes_per_customer"})
        self.assertIn(figures["machine"]["vectors"], ("v2", "v3", "v4", "base"))
        for name in ("lock_step", "bare_inlined", "window_by_window", "one_customer", "chain", "bare_chain"):
            self.assertGreater(figures["visits_per_second"][name]["median"], 0, name)
            self.assertGreaterEqual(figures["visits_per_second"][name]["best"], figures["visits_per_second"][name]["median"], name)
        goals = {name: compared["goal"] for name, compared in figures["compared"].items()}
        self.assertEqual((goals["lock_step_of_bare"], goals["windows_of_lock_step"], goals["chain_rate"]), (0.5, 0.7, None))  # the loop for plain chains is gone, and its goal
        for who in ("engine", "bare_inlined", "chain", "bare_chain"):
            self.assertEqual(list(figures["ticks_per_visit"][who]), STEPS)
        self.assertEqual([grown["people"] for grown in figures["growth"]], [10_000])
        self.assertGreater(figures["growth"][0]["peak_memory_mib"], 0)
        self.assertGreater(figures["bytes_per_customer"], 0)
        self.assertEqual(list(figures["queues"]), ["contact_centre", "one_server"])
        one_server = figures["queues"]["one_server"]
        # Everybody comes once and then goes.
        self.assertEqual(one_server["arrivals"], one_server["customers"])
        self.assertEqual(one_server["visits"], 2 * one_server["customers"])
        self.assertGreater(figures["queues"]["contact_centre"]["arrivals"], 0)
        for law, goal in (("exponential", 0.95), ("weibull", None)):
            hazards = figures["hazards"][law]
            self.assertEqual((list(hazards["visits_per_second"]), hazards["goal"]), (["0", "24", "730"], goal))
            self.assertGreater(hazards["share"], 0)
        self.assertGreater(figures["surveys"]["share"], 0)
        self.assertLessEqual(figures["talk"]["bytes_per_person"], 60)
        self.assertEqual(len(figures["talk"]["rates"]), 3)
        for rate in figures["talk"]["rates"]:
            # One window of the quick run is enough to see a rate that is wrong by a tenth.
            self.assertAlmostEqual(rate["messages_per_second"] / rate["person_windows_per_second"] / rate["messages_per_day"], 1, delta=0.05)

    def test_the_kernels_simulate_the_same_process(self):
        process = self.figures["process"]
        for kernel in ("bare_inlined", "bare_system_maths"):
            if kernel in process:
                self.assertEqual(differences(process["engine"], process[kernel], MEANS), [], kernel)
        # Nothing is felt in the chain: the kernel leaves satisfaction and expectation alone.
        self.assertEqual(differences(process["chain"], process["bare_chain"], MEANS[:4]), [])

    def test_another_process_is_noticed(self):
        process = self.figures["process"]
        self.assertNotEqual(differences(process["engine"], process["chain"], MEANS), [])

    def test_a_wrong_option_is_refused(self):
        for words in (["--fast"], ["--largest", "many"], ["--largest", "1e9"]):
            done = bench(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("usage", done.stderr)

    def test_the_help_explains_every_line(self):
        done = bench("--help")
        self.assertEqual(done.returncode, 0)
        for word in ("wall-clock", "CPU time", "same process", "growth"):
            self.assertIn(word, done.stdout)


if __name__ == "__main__":
    unittest.main()
