"""Command lines, scenarios and surroundings that nobody means well with: a named error, early, and nothing written."""

import json
import os
import re
import resource
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import h5py

SOJOURN = os.path.abspath(os.environ.get("SOJOURN", "build/sojourn"))
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")).resolve() / "scenarios"
SMALL = ["--customers", "100", "--replications", "2", "--no-progress"]


# Everybody begins at a queue.
QUEUE = """schema = 1
scenario = { title = "A market at a queue", horizon = "30 days", window = "1 day", customers = 100, replications = 2 }
persona = [{ id = "p", share = 1.0, starts = { call = 1.0 } }]
[[touchpoint]]
id = "call"
stage = "purchase"
servers = 5
handle_time = "1 hour"
next = [{ to = "gone", odds = 1.0, after = { exponential = { mean = "10 days" } } }]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[improvement]]
id = "polite"
target = { touchpoint = "call" }
effect = { quality = "+0.1" }
cost = { once = 10 }
[[plan]]
id = "polite"
improvements = ["polite"]
"""


def little_memory():
    resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))


class Hostile(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.coffee = self.folder / "coffee.toml"
        self.coffee.write_bytes((SCENARIOS / "coffee.toml").read_bytes())

    def sojourn(self, *arguments, **options):
        return subprocess.run([SOJOURN, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, **options)

    def refused(self, *arguments, status=2, **options):
        before = sorted(self.folder.iterdir())
        done = self.sojourn(*arguments, **options)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertEqual(sorted(self.folder.iterdir()), before)
        self.assertIn("error: ", done.stderr)
        return done.stderr

    def run_well(self, *arguments):
        done = self.sojourn(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_whole_numbers_that_are_too_large(self):
        for number in ("9223372036854775808", "18446744073709551615"):
            said = self.refused("run", "coffee.toml", *SMALL, "--seed", number)
            self.assertIn("this number is too large", said)
            self.assertIn("9223372036854775807", said)
            self.assertNotIn("without quotes", said)
        self.run_well("run", "coffee.toml", *SMALL, "--seed", "9223372036854775807")

    def test_a_customer_before_the_first(self):
        for typed in ("-1", "1e3", "18446744073709551616"):
            said = self.refused("trace", "coffee.toml", "--customer", typed)
            self.assertIn(f"--customer {typed}: ", said)
            self.assertIn("numbered from 0", said)

    def test_a_list_of_no_plans(self):
        for typed in (",", "", "mend-the-weakest,"):
            self.assertIn("is given without a value" if not typed else "the id of a plan is missing", self.refused("compare", "coffee.toml", "--plans", typed, "--quiet", *SMALL))

    def test_a_file_named_as_an_option(self):
        (self.folder / "-x.toml").write_bytes(self.coffee.read_bytes())
        self.run_well("check", "--", "-x.toml")
        self.run_well("run", *SMALL, "-o", "x.h5", "--", "-x.toml")

    def test_money_in_hexadecimal(self):
        for typed in ("0x10", "1e400", "inf", "10%", "-1", "1MM"):
            self.assertIn("is no amount of money", self.refused("optimize", "coffee.toml", "--budget", typed, *SMALL))

    def test_help_that_nobody_receives(self):
        for arguments in (["--help"], ["run", "--help"], ["--version"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([SOJOURN, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn("cannot write to standard output", done.stderr)

    def test_goals_of_what_the_scenario_does_not_have(self):
        for goal in (["--threshold", "account_retention>=0.1"], ["--precision", "account_retention=0.1"]):
            said = self.refused("run", "coffee.toml", *SMALL, *goal)
            self.assertIn('"account_retention" is undefined here', said)

    def test_more_than_a_file_or_the_memory_holds(self):
        """So many people that to simulate them before refusing would take years: that this test ends shows the order."""
        years = ["--customers", 4_000_000_000, "--threads", 1, "--no-progress"]
        said = self.refused("compare", "coffee.toml", *years, "--replications", 100000, status=1)
        self.assertIn("more than a results file holds (4 GiB)", said)
        said = self.refused("compare", "coffee.toml", *years, "--replications", 20000, status=1, preexec_fn=little_memory)
        self.assertIn("of memory", said)
        self.assertIn("fewer replications", said)

    def taken(self, *arguments):
        """The most memory that a command takes, in megabytes."""
        with subprocess.Popen([SOJOURN, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss / 1024

    def test_memory_that_is_not_needed_is_not_taken(self):
        """Each took several times as much: the tables of all replications twice and in 128 bits, a log in memory, every plan's program."""
        self.assertLess(self.taken("compare", "coffee.toml", "--customers", 10, "--replications", 2000, "--quiet", "-o", "long.h5"), 270)
        text = (SCENARIOS / "telecom.toml").read_text()
        plan = text[text.index("[[plan]]"):].split("\n\n")[0]
        first = re.search(r'(?m)^id *= *"(.*)"', plan)[1]
        (self.folder / "plans.toml").write_text(text + "".join("\n" + plan.replace(f'"{first}"', f'"plan-{k}"') + "\n" for k in range(200)))
        self.assertLess(self.taken("run", "plans.toml", "--plan", "plan-7", "--customers", 100, "--replications", 2, "--quiet", "-o", "one.h5"), 120)
        self.assertLess(self.taken("trace", "plans.toml", "--customers", 5000, "-n", 5000, "--quiet", "-o", "log.xes"), 100)

    def test_people_who_do_not_fit_into_memory(self):
        """Where customers act on one another, all of them do: every command that simulates refuses before it begins."""
        (self.folder / "talk.toml").write_bytes((SCENARIOS / "retail-word-of-mouth.toml").read_bytes())
        many = ["--customers", 4_000_000_000]
        for command in (["run"], ["compare"], ["rank"], ["optimize", "--budget", "1M"], ["trace", "-n", 5], ["trace", "-n", 5, "-o", "log.csv"],
                        ["trace", "--customer", 4], ["map", "--network"]):
            with self.subTest(command):
                said = self.refused(command[0], "talk.toml", *command[1:], *many, status=1, preexec_fn=little_memory)
                self.assertRegex(said, "this would take about .* of memory, and .* can be had")
                self.assertIn("simulate fewer customers", said)
        self.run_well("trace", "talk.toml", "-n", 5, "--customers", 1000, "--horizon", "30 days")

    def test_real_customers_who_do_not_fit_into_memory(self):
        """At a queue each simulated customer brings the real ones for whom it stands."""
        (self.folder / "market.toml").write_text(QUEUE)
        for command in (["run"], ["compare"], ["rank"], ["optimize", "--budget", "1M"], ["trace", "-n", 5], ["trace", "--customer", 4]):
            with self.subTest(command):
                said = self.refused(command[0], "market.toml", *command[1:], "--set", "scenario.market=1e12", status=1)
                self.assertIn("this would take about 3e+05 GB of memory", said)
                self.assertIn("lower scenario.market", said)
        self.assertIn("may take 30 GB of memory at the servers", self.sojourn("check", "market.toml", "--set", "scenario.market=1e8").stderr)
        self.assertNotIn("of memory", self.run_well("check", "market.toml").stderr)
        self.run_well("run", "market.toml", "--no-progress")

    def test_options_without_a_value(self):
        self.run_well("compare", "coffee.toml", *SMALL, "-o", "a.h5")
        for command, option in (("run", "--customers"), ("run", "--replications"), ("run", "--seed"), ("run", "--horizon"), ("run", "--plan"),
                                ("run", "-o"), ("run", "--set"), ("run", "--precision"), ("run", "--threshold"), ("compare", "--plans"),
                                ("trace", "--customer"), ("map", "--results"), ("optimize", "--budget"), ("rank", "--by")):
            with self.subTest(f"{command} {option}"):
                said = self.refused(command, "coffee.toml", option, "")
                self.assertIn("is given without a value", said)
        for option in ("-o", "--xlsx", "--budget"):
            self.assertIn("is given without a value", self.refused("report", "a.h5", option, ""))
        for command in ("run", "new", "check"):
            self.assertIn("the name of the file or template is given without a value", self.refused(command, ""))

    def test_options_that_would_do_nothing(self):
        (self.folder / "talk.toml").write_bytes((SCENARIOS / "retail-word-of-mouth.toml").read_bytes())
        self.run_well("compare", "coffee.toml", *SMALL, "-o", "a.h5")
        for arguments, why in (
            (["trace", "coffee.toml", "--customer", 4, "-o", "life.csv"], "writes no log"),
            (["trace", "coffee.toml", "--customer", 4, "-n", 5], "writes no log"),
            (["map", "talk.toml", "--network", "--plan", "nonsense"], "the same under every plan"),
            (["map", "talk.toml", "--network", "--results", "nonsense.h5"], "the same under every plan"),
            (["map", "talk.toml", "--network", "-o", "a.svg"], "writes no file"),
            (["map", "a.h5", "--seed", 3], "a changed scenario was not measured"),
            (["map", "coffee.toml", "--results", "a.h5", "--seed", 3], "a changed scenario was not measured"),
        ):
            with self.subTest(arguments):
                self.assertIn(why, self.refused(*arguments))

    def test_the_baseline_beside_itself(self):
        said = self.refused("compare", "coffee.toml", "--plans", "baseline", *SMALL)
        self.assertIn("there is no plan to compare with the baseline", said)
        self.assertIn("name one or more of its plans: ", said)
        self.assertIn("mend-the-weakest", said)

    def test_a_pipe_as_a_scenario(self):
        os.mkfifo(self.folder / "pipe.toml")
        self.assertIn("not a regular file", self.refused("run", "pipe.toml"))
        self.assertIn("not a results file", self.refused("report", "pipe.toml", "--fast"))

    def test_no_temporary_folder(self):
        self.run_well("compare", "coffee.toml", *SMALL, "-o", "a.h5")
        said = self.refused("report", "a.h5", "--xlsx", "a.xlsx", status=1, env={**os.environ, "TMPDIR": "/nonexistent"})
        self.assertIn("TMPDIR", said)

    def test_no_threads_to_be_had(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
        self.folder.chmod(0o777)
        done = self.sojourn("run", "coffee.toml", *SMALL, "--threads", "4", "-o", "a.h5", preexec_fn=limit)
        if done.returncode == 0:
            self.skipTest("this system gives threads in spite of the limit")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("no more threads", done.stderr)
        self.assertIn("fewer threads", done.stderr)

    def test_a_scenario_edited_while_it_runs(self):
        """--precision adds replications to what was read, not to what has become of the file; the file is one run's."""
        goal = ["--precision", "retention=0.001", "--threads", "1", "--customers", "20000", "--replications", "2", "--no-progress"]
        self.run_well("run", "coffee.toml", *goal, "-o", "alone.h5")
        with h5py.File(self.folder / "alone.h5") as file:
            self.assertGreater(len(file["replication"]), 10, "no replication was added, so nothing is tested")
        text = self.coffee.read_text()
        for delay in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2):
            process = subprocess.Popen([SOJOURN, "run", "coffee.toml", *goal, "-o", "edited.h5"], cwd=self.folder, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            time.sleep(delay)
            self.coffee.write_text(text.replace("quality", "qualty"))
            self.assertIsNone(process.poll(), "the run was over before the file was edited")
            _, error = process.communicate(timeout=300)
            self.coffee.write_text(text)
            if not error.startswith("coffee.toml:"):
                break  # it had been read
        self.assertEqual(process.returncode, 0, error)
        self.assertEqual((self.folder / "alone.h5").read_bytes(), (self.folder / "edited.h5").read_bytes())

    def test_names_that_look_like_options(self):
        """Provenance is data: a scenario named like a history is repeated to the byte."""
        name = "Cafe -- copy --plan x.toml"
        (self.folder / name).write_bytes(self.coffee.read_bytes())
        self.run_well("compare", name, *SMALL, "--plans", "mend-the-weakest", "-o", "a.h5")
        self.run_well("run", "a.h5", "-o", "b.h5")
        self.run_well("run", "b.h5", "-o", "c.h5")
        self.assertEqual((self.folder / "a.h5").read_bytes(), (self.folder / "b.h5").read_bytes())
        self.assertEqual((self.folder / "a.h5").read_bytes(), (self.folder / "c.h5").read_bytes())
        with h5py.File(self.folder / "a.h5") as file:
            attributes = {key: value.decode() if isinstance(value, bytes) else str(value) for key, value in file.attrs.items()}
        self.assertEqual(attributes["command"], "compare")
        self.assertEqual(json.loads(attributes["changes"]), ["--customers", "100", "--replications", "2"])
        self.assertEqual(json.loads(attributes["plans"]), ["mend-the-weakest"])
        self.assertEqual(attributes["history"],
                         "sojourn compare 'Cafe -- copy --plan x.toml' --customers 100 --replications 2 --plans mend-the-weakest")


if __name__ == "__main__":
    unittest.main()
