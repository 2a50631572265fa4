"""Wrong scenarios: each ends with status 2, the exact text, and no output file.

The corpus is bad/NAME.toml with bad/NAME.expected, the text of `sojourn run NAME.toml`. What cannot be kept as a file is made here.
`python3 errors_test.py --update` writes the .expected files anew from what the program prints: read the difference before committing it.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BAD = HERE / "bad"
SOJOURN = pathlib.Path(os.environ.get("SOJOURN", HERE.parent.parent / "build" / "sojourn")).resolve()

SCENARIO = """\
schema = 1

[scenario]
title = "The smallest journey"
horizon = "12 months"
customers = 100

[[persona]]
id = "everybody"
share = 1
starts = { buy = 1 }

[[touchpoint]]
id = "buy"
stage = "purchase"
quality = 0.6
next = [
  { to = "churned", odds = 1, after = "1 day" },
  { to = "churned", odds = 1, after = "2 days" },
]

[[touchpoint]]
id = "churned"
stage = "retention"
end = "churned"

[[improvement]]
id = "better"
target = { touchpoint = "buy" }
effect = { quality = "+0.1" }

[[plan]]
id = "improve"
improvements = ["better"]
"""


def run(arguments, folder):
    return subprocess.run([SOJOURN, "run", *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


class Refused(unittest.TestCase):
    maxDiff = None

    def check(self, arguments, folder, expected):
        """`folder` must look the same afterwards: nothing may be written beside the scenario."""
        before = sorted(os.listdir(folder))
        with tempfile.TemporaryDirectory() as outside:
            result = run([*arguments, "-o", str(pathlib.Path(outside) / "out.h5")], folder)
            self.assertEqual(result.stderr.decode(), expected)
            self.assertEqual(result.stdout, b"")
            self.assertEqual(result.returncode, 2)
            self.assertEqual(os.listdir(outside), [], "an output file")
        self.assertEqual(sorted(os.listdir(folder)), before)


class Corpus(Refused):
    def test_each_file(self):
        for path in sorted(BAD.glob("*.toml")):
            with self.subTest(path.name):
                self.check([path.name], BAD, path.with_suffix(".expected").read_text(encoding="utf-8"))

    def test_corpus_is_whole(self):
        scenarios = {path.stem for path in BAD.glob("*.toml")}
        self.assertEqual(scenarios, {path.stem for path in BAD.glob("*.expected")})
        self.assertGreaterEqual(len(scenarios), 30)


class Made(Refused):
    """Cases that are no files, or no files that a repository keeps unchanged."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def write(self, name, content):
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    def refused(self, arguments, expected):
        self.check(arguments, self.folder, expected)

    def test_directory(self):
        (self.folder / "journeys").mkdir()
        self.write("journeys/coffee.toml", SCENARIO)
        self.refused(["journeys"], """\
journeys: error: this is a directory
hint: name a file in it: "journeys/coffee.toml"
sojourn: 1 error in journeys
""")

    def test_the_json_of_check_has_the_place(self):
        """File, line and column of each finding as the text has them; what was set on the command line has none."""
        self.write("bad.toml", SCENARIO.replace("share = 1", "shar = 1").replace('quality = "+0.1"', 'quality = "+0,1"'))
        done = subprocess.run([SOJOURN, "check", "bad.toml", "--json", "--set", "scenario.customers=-1"], cwd=self.folder, capture_output=True, timeout=60)
        findings = json.loads(done.stdout)["findings"]
        self.assertEqual((done.returncode, len(findings)), (2, 3), findings)
        for finding in findings:
            first = finding["text"].splitlines()[0]
            if first.startswith("--set"):
                self.assertEqual([finding[key] for key in ("file", "line", "column")], [None, None, None])
            else:
                self.assertTrue(first.startswith(f"{finding['file']}:{finding['line']}:{finding['column']}: error: "), finding)
                self.assertEqual(finding["file"], "bad.toml")
        self.assertEqual(sum(finding["line"] is None for finding in findings), 1)

    def test_a_life_that_never_ends(self):
        """A loop of delays that are next to nothing is no error before it is lived: then it is one at its touchpoint."""
        self.write("loop.toml", SCENARIO.replace('{ to = "churned", odds = 1, after = "1 day" }',
                                                 '{ to = "buy", odds = 1, after = { exponential = { mean = 1e-9 } } }')
                   .replace('{ to = "churned", odds = 1, after = "2 days" }', '{ to = "churned", odds = 1e-7, after = "2 days" }'))
        told = """\
loop.toml:14:6: error: customer 0 made 65536 visits by day 0.0, the most that one life may have
   14 | id = "buy"
      |      ^~~~~
hint: lengthen the delays of the loop around touchpoint "buy"
sojourn: 1 error in loop.toml
"""
        self.refused(["loop.toml"], told)
        self.write("straight.toml", SCENARIO)
        before = sorted(os.listdir(self.folder))
        for words, text in ((["compare", "loop.toml", "--quiet", "-o", "c.h5"], told),
                            (["compare", "straight.toml", "loop.toml", "--quiet", "-o", "c.csv"], told),
                            (["rank", "loop.toml"], told), (["trace", "loop.toml", "--customer", "0"], told)):
            with self.subTest(words):
                done = subprocess.run([SOJOURN, *words], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True)
                self.assertEqual((done.returncode, done.stdout, done.stderr.decode()), (2, b"", text))
                self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.write("points.toml", 'schema = 1\n[sweep]\nscenario = "loop.toml"\ndesign = { grid = {} }\n[[vary]]\n'
                   'key = "touchpoint.buy.quality.mean"\nfrom = 0.5\nto = 0.6\nsteps = 2\n')
        done = subprocess.run([SOJOURN, "sweep", "points.toml"], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertEqual(done.stderr.decode(), told.replace("customer 0", "point 0: customer 0"))

    def test_an_output_that_cannot_be_written(self):
        """It is told before the work, which would take hours here, as what is wrong with the command line."""
        self.write("s.toml", SCENARIO)
        self.write("points.toml", 'schema = 1\n[sweep]\nscenario = "s.toml"\ndesign = { grid = {} }\n[[vary]]\n'
                   'key = "touchpoint.buy.quality.mean"\nfrom = 0.5\nto = 0.6\nsteps = 2\n')
        for words in (["run", "s.toml", "--quiet", "-o", "s.h5"], ["sweep", "points.toml", "--quiet", "-o", "folder"],
                      ["merge", "folder", "--quiet", "-o", "m.h5"]):
            subprocess.run([SOJOURN, *words], cwd=self.folder, check=True, timeout=60)
        many = ["--customers", "3000000000", "--replications", "1000"]
        before = sorted(os.listdir(self.folder))
        for words in (["run", "s.toml", *many, "-o", "none/x.h5"], ["compare", "s.toml", *many, "-o", "none/x.h5"],
                      ["compare", "s.h5", "s.toml", "-o", "none/x.csv"], ["compare", "s.toml", *many, "--try",
                       "touchpoint.buy.quality.mean=0.7", "-o", "none/x.json"],
                      ["run", "s.toml", *many, "-o", "x.h5", "--checkpoint", "none/x.part"],
                      ["merge", "folder", "-o", "none/x.h5"], ["merge", "folder", "-o", "x.h5", "--csv", "none/x.csv"],
                      ["report", "s.h5", "-o", "none/x.html"], ["report", "s.h5", "--xlsx", "none/x.xlsx"],
                      ["map", "s.toml", "-o", "none/x.svg"], ["trace", "s.toml", *many, "-o", "none/x.csv"],
                      ["explore", "m.h5", "-o", "none/x.html"], ["sensitivity", "m.h5", "-o", "none/x.svg"],
                      ["new", "-o", "none/x.toml"], ["schema", "-o", "none/x.json"]):
            with self.subTest(words):
                done = subprocess.run([SOJOURN, *words], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                                      timeout=60)
                path = next(word for word in words if word.startswith("none/"))
                self.assertEqual(done.stderr.decode().partition("sojourn: error: ")[2],
                                 f"cannot write {path}: there is no folder none\nhint: mkdir -p none\n")
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.write("file", "")
        done = subprocess.run([SOJOURN, "sweep", "points.toml", "-o", "file/x"], cwd=self.folder, capture_output=True, timeout=60)
        self.assertIn(b"cannot make the folder file/x: Not a directory\nhint: name another with -o\n", done.stderr)
        self.assertEqual(done.returncode, 2)

    def test_missing(self):
        self.refused(["telecom.toml"], """\
telecom.toml: error: there is no such file
hint: `sojourn new > my.toml` writes a scenario to start from
sojourn: 1 error in telecom.toml
""")

    def test_missing_with_a_like_name(self):
        self.write("telecom.toml", SCENARIO)
        self.refused(["telekom.toml"], """\
telekom.toml: error: there is no such file
hint: did you mean "telecom.toml"?
sojourn: 1 error in telekom.toml
""")

    def test_missing_folder(self):
        self.refused(["nowhere/telecom.toml"], """\
nowhere/telecom.toml: error: there is no such file
hint: the folder "nowhere" does not exist
sojourn: 1 error in nowhere/telecom.toml
""")

    def test_too_large(self):
        self.write("large.toml", SCENARIO + "# comment\n" * (2 * 1024 * 1024))
        self.refused(["large.toml"], """\
large.toml: error: the file is 20.0 MiB long, the limit is 16.0 MiB
hint: is it a scenario? Data belong into files of their own
sojourn: 1 error in large.toml
""")

    def test_too_many_lines(self):
        self.write("lines.toml", SCENARIO + "\n" * 100_001)
        self.refused(["lines.toml"], """\
lines.toml: error: the scenario has more than 100000 lines
hint: is it a scenario? Data belong into files of their own
sojourn: 1 error in lines.toml
""")

    def test_dotted_key_of_a_hundred_thousand_parts(self):
        self.write("dots.toml", SCENARIO + ".".join(["a"] * 100_000) + " = 1\n")
        result = run(["dots.toml"], self.folder)
        self.assertEqual(result.returncode, 2)
        first, line, _, hint, last = result.stderr.decode().splitlines()
        self.assertEqual(first, "dots.toml:35:1: error: this key has more than 32 parts")
        self.assertLess(len(line), 130)
        self.assertEqual(hint, "hint: a scenario needs no more than six levels")
        self.assertEqual(last, "sojourn: 1 error in dots.toml")

    def test_pipe(self):
        os.mkfifo(self.folder / "pipe.toml")
        self.refused(["pipe.toml"], """\
pipe.toml: error: this is not a regular file
hint: save the scenario to a file and name that
sojourn: 1 error in pipe.toml
""")

    def test_device(self):
        self.refused(["/dev/zero"], """\
/dev/zero: error: this is not a regular file
hint: save the scenario to a file and name that
sojourn: 1 error in /dev/zero
""")

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_unreadable(self):
        self.write("secret.toml", SCENARIO)
        (self.folder / "secret.toml").chmod(0)
        self.refused(["secret.toml"], """\
secret.toml: error: cannot be read: Permission denied
hint: check the permissions of the file
sojourn: 1 error in secret.toml
""")

    def test_lines_of_another_system(self):
        self.write("crlf.toml", SCENARIO.replace("quality = 0.6", "qualty = 0.6").replace("\n", "\r\n"))
        self.refused(["crlf.toml"], """\
crlf.toml:16:1: error: unknown key "qualty" in touchpoint "buy"
   16 | qualty = 0.6
      | ^~~~~~
hint: did you mean "quality"?
sojourn: 1 error in crlf.toml
""")

    def test_byte_order_mark(self):
        self.write("bom.toml", "\ufeff" + SCENARIO.replace("schema", "shema"))
        self.refused(["bom.toml"], """\
bom.toml:1:1: error: unknown key "shema" in the file
    1 | shema = 1
      | ^~~~~
hint: did you mean "schema"?
sojourn: 1 error in bom.toml
""")

    def test_many_errors(self):
        self.write("many.toml", SCENARIO + "".join(f"x{i} = 1\n" for i in range(130)))
        result = run(["many.toml"], self.folder)
        lines = result.stderr.decode().splitlines()
        self.assertEqual(result.returncode, 2)
        self.assertEqual(sum(": error: " in line for line in lines), 100)
        self.assertEqual(lines[-2:], ["and 30 more errors", "sojourn: 130 errors in many.toml"])

    def set_refused(self, override, expected):
        self.write("journey.toml", SCENARIO)
        self.refused(["journey.toml", "--set", override],
                     f"--set {override}: error: {expected}\nsojourn: 1 error in journey.toml\n")

    def test_set_range(self):
        self.set_refused("touchpoint.buy.quality.mean=7", "mean quality is 7, but must be between 0 and 1")

    def test_set_key(self):
        self.set_refused("touchpoint.buy.qualty=0.7", 'unknown key "qualty" in touchpoint "buy"\nhint: did you mean "quality"?')

    def test_set_new_section(self):
        self.set_refused("behaviour.memry=0.1", 'unknown key "memry" in [behaviour]\nhint: did you mean "memory"?')

    def test_set_id(self):
        self.set_refused("touchpoint.bye.quality=0.7", 'there is no "bye" in touchpoint\nhint: known: buy, churned')

    def test_set_ambiguous(self):
        self.set_refused("touchpoint.buy.next.churned.odds=2", '2 entries of touchpoint.buy.next are named "churned"\n'
                         "hint: say which: touchpoint.buy.next[0] or touchpoint.buy.next[1]")

    def test_set_index(self):
        self.set_refused("touchpoint.buy.next[2].odds=2", "touchpoint.buy.next has 2 entries, [2] is none of them\n"
                         "hint: count from 0: touchpoint.buy.next[0] to touchpoint.buy.next[1]")

    def test_set_unit(self):
        self.set_refused("scenario.horizon=12 weks", '"12 weks": there is no unit "weks"\nhint: did you mean "weeks"?')

    def test_set_type(self):
        self.set_refused("scenario.customers=many", 'customers must be a whole number, not the text "many"')

    def test_set_thousands(self):
        self.set_refused("scenario.customers=700,000", 'customers must be a whole number, not the text "700,000"\n'
                         "hint: write 700_000 or 700000; decimals stand behind a point")

    def test_set_a_number_beyond_toml(self):
        self.set_refused("scenario.seed=18446744073709551615", '"18446744073709551615": this number is too large\n'
                         "hint: a whole number is at most 9223372036854775807")

    def test_nobody_has_no_contacts_but_one_error(self):
        self.write("journey.toml", SCENARIO + '[word_of_mouth]\nnetwork = { small_world = { contacts = 4, rewire = 0.1 } }\n')
        result = run(["journey.toml", "--customers", "0"], self.folder)
        self.assertEqual(result.returncode, 2)
        self.assertEqual([line for line in result.stderr.decode().splitlines() if ": error: " in line],
                         ["--customers 0: error: customers is 0, but must be 1 or more"])

    def network(self, name):
        return SCENARIO + f'[word_of_mouth]\nnetwork = {{ file = "{name}" }}\npromoter_rate = "1 per month"\n'

    def errors(self, *arguments):
        result = run([*arguments, "-o", os.devnull], self.folder)
        self.assertEqual(result.returncode, 2)
        return [line for line in result.stderr.decode().splitlines() if ": error: " in line or line.startswith("hint: ")][:2]

    def test_pipe_as_edge_file(self):
        os.mkfifo(self.folder / "friends.csv")
        self.write("journey.toml", self.network("friends.csv"))
        self.assertEqual(self.errors("journey.toml"), ['journey.toml:36:20: error: "friends.csv" is not a regular file',
                                                       "hint: save its lines to a file and name that"])

    def test_no_file_outside_the_folder(self):
        """Not even whether it is there is told; what the command line names is opened."""
        outside = tempfile.TemporaryDirectory()
        self.addCleanup(outside.cleanup)
        ties = pathlib.Path(outside.name) / "ties.csv"
        ties.write_text("from,to\n1,2\n")
        (self.folder / "link.csv").symlink_to(ties)
        (self.folder / "below").mkdir()
        self.write("below/ties.csv", "from,to\n1,2\n")
        for name in (str(ties), os.path.relpath(ties, self.folder), "link.csv", "../nothing.csv", "below/../../x.csv"):
            with self.subTest(name):
                self.write("journey.toml", self.network(name))
                self.assertIn("lies outside the folder of the scenario", self.errors("journey.toml")[0])
        for arguments in (["--set", f"word_of_mouth.network.file={ties}"], ["--set", "word_of_mouth.network.file=below/ties.csv"]):
            with self.subTest(arguments):
                checked = subprocess.run([SOJOURN, "check", "journey.toml", *arguments], cwd=self.folder, capture_output=True)
                self.assertEqual(checked.returncode, 0, checked.stderr)
        self.write("journey.toml", self.network("below/ties.csv"))
        checked = subprocess.run([SOJOURN, "check", "journey.toml"], cwd=self.folder, capture_output=True)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_lines_are_shown_of_files_of_ties_alone(self):
        self.write("journey.toml", self.network("secret"))
        self.write("secret", "root:x:0:0:root\nmore\n")
        self.assertNotIn(b"root", run(["journey.toml"], self.folder).stderr)
        self.write("secret", "from,to\nroot,0\n")
        self.assertIn(b"root", run(["journey.toml"], self.folder).stderr)

    def test_check_reads_results_files(self):
        self.write("journey.toml", SCENARIO)
        self.assertEqual(run(["journey.toml", "--replications", "2", "-o", "out.h5"], self.folder).returncode, 0)
        (self.folder / "journey.toml").unlink()
        checked = subprocess.run([SOJOURN, "check", "out.h5"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.assertIn("out.h5: no errors", checked.stdout)
        wrong = subprocess.run([SOJOURN, "check", "out.h5", "--set", "touchpoint.buy.qualty=1"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn('did you mean "quality"?', wrong.stderr)

    def test_set_path(self):
        self.set_refused("touchpoint..quality=1", '"touchpoint..quality" is not the path of a key\n'
                         "hint: a path is keys and ids joined by dots: touchpoint.first-bill.quality.mean")

    def test_set_part_of_a_number(self):
        self.set_refused("scenario.customers.mean=1", 'scenario.customers is a number: it has no "mean"\n'
                         "hint: set scenario.customers itself")

    def test_set_no_value(self):
        self.set_refused("scenario.title=", "there is no value\nhint: an empty text is --set 'scenario.title=\"\"'")

    def test_set_syntax(self):
        self.set_refused("persona.everybody.starts={ buy = 1", '"{ buy = 1" is not a value: a table in braces must end on the line '
                         "where it begins\nhint: close it with } here, or write its keys one a line: traits.patience = \"2 days\"")


class NoClosedForm(unittest.TestCase):
    """`sojourn solve` names everything that prevents the closed form, and what to do."""

    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def refused(self, text, expected, *arguments, command="solve"):
        (self.folder / "journey.toml").write_text(text)
        result = subprocess.run([SOJOURN, command, "journey.toml", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                capture_output=True, timeout=60)
        self.assertEqual(result.stderr.decode(), expected)
        self.assertEqual(result.stdout, b"")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(os.listdir(self.folder), ["journey.toml"])

    def test_nothing_prevents(self):
        (self.folder / "journey.toml").write_text(SCENARIO)
        result = subprocess.run([SOJOURN, "solve", "journey.toml"], cwd=self.folder, capture_output=True, timeout=60)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertEqual(os.listdir(self.folder), ["journey.toml"])

    def test_slope(self):
        self.refused(SCENARIO.replace('after = "1 day" }', 'after = "1 day", satisfaction = -1.5, effort = 1 }'), """\
sojourn: error: this journey has no closed form, because
  touchpoint.buy.next[0].satisfaction = -1.5: the odds of buy -> churned follow the customer's satisfaction
hint: solve it without them (--set touchpoint.buy.next[0].satisfaction=0, and so on), or simulate it with sojourn run;
      sojourn run --control-variate uses what can be solved to narrow the intervals
""")

    def test_trait(self):
        text = SCENARIO.replace("starts = { buy = 1 }", "starts = { buy = 1 }\ntraits.moody = { beta = [1, 9] }")
        self.refused(text.replace("odds = 1, after = \"1 day\"", 'probability = "moody", after = "1 day"'), """\
sojourn: error: this journey has no closed form, because
  touchpoint.buy.next[0].probability = "moody": the trait varies within persona "everybody", so people are sorted as time goes by
hint: take that out of the scenario to solve the rest, or simulate it with sojourn run;
      sojourn run --control-variate uses what can be solved to narrow the intervals
""")

    def test_change_on_the_way(self):
        text = SCENARIO.replace('quality = "+0.1" }', 'delay = "-20%" }\nstart = "10 days"\nramp = { linear = "1 month" }')
        self.refused(text, """\
sojourn: error: this journey has no closed form, because
  improvement.better: starts on day 10, comes in by a ramp and changes the exits of buy on the way
hint: take that out of the scenario to solve the rest, or simulate it with sojourn run;
      sojourn run --control-variate uses what can be solved to narrow the intervals
""", "--plan", "improve")

    def test_coupled(self):
        text = SCENARIO + "\n[word_of_mouth]\nnetwork = { well_mixed = {} }\npromoter_rate = 0.1\n"
        self.refused(text, """\
sojourn: error: this journey has no closed form, because
  [word_of_mouth]: what customers hear couples their lives
hint: take that out of the scenario to solve the rest, or simulate it with sojourn run
""")
        self.refused(text, """\
sojourn: error: this scenario has no solvable twin
  [word_of_mouth]: what customers hear couples their lives
hint: run it without --control-variate
""", "--control-variate", command="run")


def update():
    for path in sorted(BAD.glob("*.toml")):
        result = run([path.name], BAD)
        path.with_suffix(".expected").write_bytes(result.stderr)
        if result.returncode != 2:
            print(f"{path.name}: status {result.returncode}", file=sys.stderr)


if __name__ == "__main__":
    if "--update" in sys.argv:
        update()
    else:
        unittest.main()
