"""The lessons: each runs from the program itself, its figures are frozen, and its effect vanishes with its cause.

`python3 lessons_test.py --update` writes lessons/NAME.txt anew, what `sojourn lesson NAME --predict N` prints where the answer is right: read the
difference before committing it.
"""

import functools
import json
import math
import os
import pty
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

from program import SOJOURN, ProgramTest

HERE = Path(__file__).resolve().parent
SOURCE = Path(os.environ["SOJOURN_SOURCE"])
FILES = SOURCE / "scenarios" / "lessons"
FROZEN = HERE / "lessons"
UTF8 = {"LC_ALL": "C.UTF-8", "COLUMNS": "80"}


def run(*words, environment=UTF8):
    return subprocess.run([SOJOURN, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, encoding="utf-8",
                          env={**os.environ, **environment})


@functools.cache
def lessons():
    """All lessons as their JSON, by name."""
    listed = json.loads(run("lessons", "--json").stdout)["lessons"]
    return listed, {one["name"]: json.loads(run("lesson", one["name"], "--json").stdout) for one in listed}


def bars(figures, figure, **of):
    """The bars of a figure that have these values: plan, touchpoint, persona, survey, label."""
    return [bar for one in figures if one["figure"] == figure for bar in one["bars"] if all(bar.get(key) == value for key, value in of.items())]


class Effect:
    """A difference of two bars, or a bar by itself, with the half-width of its 95 % interval."""

    def __init__(self, value, half):
        self.value, self.half = value, half

    def beyond(self):
        """More than its interval above nothing; sums of equal numbers differ by what a score is rounded to."""
        return self.value > self.half + 1e-6

    def __repr__(self):
        return f"{self.value:.4f} ± {self.half:.4f}"


def half(bar):
    return 0.0 if bar["low"] is None else max(bar["high"] - bar["value"], bar["value"] - bar["low"])


def of(bar, sign=1.0):
    return Effect(sign * bar["value"], half(bar))


def less(first, second):
    """The half-widths are added up as if the two were independent: of plans on the same luck the truth is narrower."""
    return Effect(first["value"] - second["value"], math.hypot(half(first), half(second)))


def one(figures, figure, **which):
    [bar] = bars(figures, figure, **which)
    return bar


def change(figures, better, worse):
    """By how much one plan adds more than another."""
    figure = next(f["figure"] for f in figures if f["change"])
    return less(one([f for f in figures if f["change"]], figure, plan=better), one([f for f in figures if f["change"]], figure, plan=worse))


def between(figures, figure, plan, other, **which):
    return less(one(figures, figure, plan=plan, **which), one(figures, figure, plan=other, **which))


def mean_of_runs(figures, at):
    """The mean over replications in figure number `at`."""
    return of(figures[at]["bars"][-1])


def spread_of_groups(figures):
    """By how much people in a hurry, of all four quarters, gain more than those who are here to talk."""
    found = bars(figures, "retained", plan="machines")
    groups = {kind: [bar for bar in found if bar.get("persona", "").startswith(kind)] for kind in ("quick", "slow")}
    mean = {kind: sum(bar["value"] for bar in of_kind) / 4 for kind, of_kind in groups.items()}
    return Effect(mean["quick"] - mean["slow"], math.sqrt(sum(half(bar) ** 2 for of_kind in groups.values() for bar in of_kind)) / 4)


# What each lesson is about, as a difference that is beyond its interval with the cause, and is not without it.
EFFECTS = {
    "weakest": lambda f: change(f, "mend-the-drink", "mend-the-queue"),
    "moment-of-truth": lambda f: change(f, "better-claims", "better-bills"),
    "peak-end": lambda f: between([one for one in f if len(one["bars"]) == 2], "satisfaction", "longer", "baseline"),
    "over-promising": lambda f: between(f, "retained", "baseline", "bold-promise"),
    "silos": lambda f: change(f, "share", "train"),
    "one-channel": lambda f: between(f, "npv", "baseline", "close-the-stores"),
    "survey-fatigue": lambda f: less(one(f, "measured"), one(f, "true")),
    "clicked": lambda f: of(one(f, "retained", plan="more-clicks"), -1.0),
    "word-of-mouth": lambda f: change(f, "put-right", "delight"),
    "queue": lambda f: Effect(one(f, "wait_days", plan="baseline")["value"] - 1.0 / 1440.0, half(one(f, "wait_days", plan="baseline"))),  # a minute
    "segments": spread_of_groups,
    "buying-centre": lambda f: between(f, "account_retention", "payer", "users"),
    "loyalty": lambda f: of(one(f, "apart", label="selection: who they are")),
    "eighty-and-eight": lambda f: less(one(f, "promoters", survey="branch"), one(f, "promoters", label="all people")),
    "regression": lambda f: less(one(f, "satisfaction", persona="lowest", touchpoint="autumn"),
                                 one(f, "satisfaction", persona="lowest", touchpoint="spring")),
    # How much wider the interval of runs on different luck is than the effect itself.
    "luck": lambda f: Effect(mean_of_runs(f, 0).half, abs(mean_of_runs(f, 0).value)),
}


class Lessons(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.listed, cls.said = lessons()

    def test_all_sixteen_are_there(self):
        names = [one["name"] for one in self.listed]
        self.assertEqual(len(names), 16)
        self.assertEqual([one["number"] for one in self.listed], list(range(1, 17)))
        self.assertEqual(sorted(names), sorted(path.stem for path in FILES.glob("*.toml")))
        self.assertEqual(set(names), set(EFFECTS))
        for one in self.listed:
            self.assertEqual(one["minutes"], 5, one["name"])

    def test_each_is_free_of_warnings(self):
        for path in sorted(FILES.glob("*.toml")):
            with self.subTest(path.stem):
                done = run("check", path)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("no errors, 0 warnings", done.stdout)

    def test_the_effect_is_there_and_vanishes_with_its_cause(self):
        for name, effect in EFFECTS.items():
            with self.subTest(name):
                lesson = self.said[name]
                there, gone = effect(lesson["figures"]), effect(lesson["without"]["figures"])
                self.assertTrue(there.beyond(), f"with its cause: {there}")
                self.assertFalse(gone.beyond(), f"without its cause: {gone}")

    def test_an_effect_that_stays_is_noticed(self):
        """The twin: with a change that takes nothing away, the effect is there as before."""
        for name in ("weakest", "over-promising", "silos", "one-channel", "survey-fatigue"):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                text = (FILES / f"{name}.toml").read_text(encoding="utf-8")
                harmless = re.sub(r"(?m)^(without = \{.*set = )\[.*\] \}$", r'\1["scenario.title=the same"] }', text)
                self.assertNotEqual(text, harmless)
                path = Path(folder) / "my.toml"
                path.write_text(harmless, encoding="utf-8")
                self.assertTrue(EFFECTS[name](json.loads(run("lesson", path, "--json").stdout)["without"]["figures"]).beyond())

    def test_the_screen_is_frozen(self):
        for lesson in self.listed:
            name = lesson["name"]
            with self.subTest(name):
                done = run("lesson", name, "--predict", self.said[name]["answer"])
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(done.stdout, (FROZEN / f"{name}.txt").read_text(encoding="utf-8"))
                self.assertIn("You were right", done.stdout)
                for line in done.stdout.splitlines():
                    self.assertLessEqual(len(line), 80, line)

    def test_frozen_are_those_that_are_there(self):
        self.assertEqual({path.stem for path in FROZEN.glob("*.txt")}, set(EFFECTS))

    def test_the_json_has_all_of_the_file(self):
        for name, lesson in self.said.items():
            with self.subTest(name):
                written = tomllib.loads((FILES / f"{name}.toml").read_text(encoding="utf-8"))
                of_file = written["lesson"]
                self.assertEqual([lesson[key] for key in ("question", "choices", "answer", "because", "sources")],
                                 [of_file[key] for key in ("predict", "choices", "answer", "because", "sources")])
                self.assertEqual(lesson["without"]["set"], of_file["without"]["set"])
                self.assertEqual([(one["words"], one["set"]) for one in lesson["try"]], [(one["words"], one.get("set", [])) for one in of_file["try"]])
                self.assertEqual((lesson["prediction"], lesson["right"]), (None, None))
                self.assertTrue(lesson["sources"])
                self.assertEqual(len(lesson["figures"]), len(of_file["show"]))


class Command(ProgramTest):
    environment = UTF8

    def test_a_wrong_prediction_is_told_kindly(self):
        said = self.sojourn("lesson", "1", "--predict", 1).stdout
        self.assertIn("You said 1. Mending the queue, the worst touchpoint\nIt came out otherwise: 2. Mending the drink\n", said)
        self.assertFalse(json.loads(self.sojourn("lesson", "weakest", "--predict", 3, "--json").stdout)["right"])

    def test_without_a_prediction_nothing_is_shown(self):
        said = self.sojourn("lesson", "weakest").stdout
        self.assertIn("  3. Both about alike\n", said)
        self.assertIn("sojourn lesson weakest --predict N", " ".join(said.split()))
        self.assertNotIn("Why", said)
        self.assertNotIn("±", said)

    def on_a_terminal(self, typed, *words):
        """What the program shows on a terminal of 80 columns where somebody types; the exit status."""
        process, terminal = pty.fork()
        if process == 0:
            os.environ.update(UTF8)
            os.execv(SOJOURN, [SOJOURN, *words])
        os.write(terminal, typed.encode())
        shown = b""
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # the program has closed its side
                break
            if not piece:
                break
            shown += piece
        os.close(terminal)
        return shown.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    def test_a_terminal_is_asked_until_it_answers(self):
        shown, status = self.on_a_terminal("drink\n7\n 2. \n\nyes\n\n", "lesson", "weakest")
        self.assertEqual(status, 0)
        self.assertIn('"drink" is none of the choices: give a number from 1 to 3.', shown)
        self.assertIn('"7" is none of the choices', shown)
        self.assertEqual(shown.count("Your prediction (1 to 3): "), 3)
        self.assertIn("You were right: 2. Mending the drink", shown)
        # One thing at a time.
        order = [shown.index(words) for words in ("What each plan adds", "Enter: why ", "leverage", "Enter: the same without its cause ", "The same, but",
                                                  "Enter: what to try next ", "Try next", "Sources")]
        self.assertEqual(order, sorted(order))
        shown, status = self.on_a_terminal("2\n\x04", "lesson", "weakest")  # who goes away sees the rest at once
        self.assertEqual((status, shown.count("Enter: ")), (0, 1))
        self.assertIn("Sources", shown)
        shown, status = self.on_a_terminal("\x04", "lesson", "weakest")  # the end of the input
        self.assertEqual(status, 0)
        self.assertNotIn("Why", shown)

    def test_a_terminal_without_unicode_gets_ascii_bars(self):
        for environment in ({"LC_ALL": "C"}, {"LC_ALL": "", "LC_CTYPE": "", "LANG": "en_GB.ISO-8859-1"}):
            said = run("lesson", "clicked", "--predict", 3, environment={**environment, "COLUMNS": "80"}).stdout
            self.assertRegex(said, r"\n  Hide the number +#+\| +-5\.\d pt \+- 0\.\d\n")
            for character in "█│±":
                self.assertNotIn(character, said)

    def test_lines_fit_the_terminal(self):
        for columns in (40, 120):
            for name in ("silos", "luck"):
                said = run("lesson", name, "--predict", 1, environment={**UTF8, "COLUMNS": str(columns)}).stdout
                # A command is to be pasted: a word of it is not broken.
                for line in said.splitlines():
                    if "--set" not in line and "sojourn lesson" not in line:
                        self.assertLessEqual(len(line), columns, f"{name} at {columns}: {line}")

    def test_who_changes_the_customers_of_a_queue_is_told_of_its_load(self):
        """Where customers are the market; the twins: another lesson, other replications, and a market of its own."""
        words = "note: --customers 2000 changes how busy the servers are, as without scenario.market everybody simulated is all who come"
        self.assertIn(words, run("lesson", "queue", "--customers", "2000").stderr)
        for silent in (("lesson", "weakest", "--customers", "2000"), ("lesson", "queue", "--replications", "2"),
                       ("lesson", "queue", "--customers", "2000", "--set", "scenario.market=12240")):
            done = run(*silent)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("note:", done.stderr, silent)

    def test_changes_are_shown_beside_the_lesson(self):
        said = self.sojourn("lesson", "weakest", "--set", "touchpoint.drink.weight=0.5").stdout
        self.assertIn("With --set touchpoint.drink.weight=0.5\n", said)
        self.assertIn("As the lesson has it\n", said)
        found = json.loads(self.sojourn("lesson", "weakest", "--set", "touchpoint.drink.weight=0.5", "--json").stdout)
        lesson = json.loads(self.sojourn("lesson", "weakest", "--json").stdout)
        self.assertEqual(found["figures"], lesson["without"]["figures"])  # that is what takes the cause away
        self.assertEqual(found["as_the_lesson"], lesson["figures"])
        one_plan = json.loads(self.sojourn("lesson", "weakest", "--plans", "mend-the-queue", "--json").stdout)
        self.assertEqual([bar["plan"] for bar in one_plan["figures"][1]["bars"]], ["mend-the-queue"])

    def test_what_is_to_be_tried_can_be_pasted(self):
        for name, lesson in lessons()[1].items():
            for command in [more["command"] for more in lesson["try"]]:
                with self.subTest(command):
                    self.assertTrue(command.startswith(f"sojourn lesson {name} --"))
                    if name not in ("weakest", "queue", "luck"):  # that the changes of all apply, `check` says
                        continue
                    done = subprocess.run(["bash", "-c", command.replace("sojourn ", SOJOURN + " ", 1)], stdin=subprocess.DEVNULL,
                                          capture_output=True, text=True, check=False, env={**os.environ, **UTF8})
                    self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_sheets(self):
        blank = self.sojourn("lesson", "weakest", "--sheet").stdout
        self.assertTrue(blank.startswith("# Lesson 1: The weakest is not worth fixing\n"))
        for words in ("- [ ] 2. Mending the drink\n", "Why do you think so?", "`sojourn lesson weakest`", "## 4. Take the cause away", "## 5. Try next", "      sojourn lesson weakest --set touchpoint.queue.quality.mean=0.25\n"):
            self.assertIn(words, blank)
        self.assertRegex(blank, r"\| Mend the drink \| +\|\n")
        for words in ("[x]", "leverage", " pt", "Kahneman"):
            self.assertNotIn(words, blank)
        answers = self.sojourn("lesson", "weakest", "--sheet", "--answers").stdout
        for words in ("for the teacher", "- [x] 2. Mending the drink\n", "leverage", "Kahneman"):
            self.assertIn(words, answers)
        self.assertRegex(answers, r"\| Mend the drink \| \+16\.\d pt ± 0\.\d \|\n")
        self.assertIn("--answers requires --sheet", self.sojourn("lesson", "weakest", "--answers", status=2).stderr)

    def test_a_lesson_of_ones_own(self):
        self.sojourn("new", "weakest", "-o", "my.toml")
        mine = self.sojourn("lesson", "my.toml", "--predict", 2).stdout
        shipped = self.sojourn("lesson", "weakest", "--predict", 2).stdout
        # It has no number, and other commands to paste.
        self.assertEqual(mine.split("Try next")[0], shipped.split("Try next")[0].replace("Lesson 1: ", ""))
        self.assertIn("sojourn lesson my.toml --set", mine)

    def test_a_heading_names_the_only_touchpoint(self):
        text = (FILES / "clicked.toml").read_text(encoding="utf-8")
        titled = ', plan = "baseline", title = "Cases that the article settles, by the log"'
        self.assertIn(titled, text)
        self.folder.joinpath("my.toml").write_text(text.replace(titled, "", 1), encoding="utf-8")
        self.assertIn("Solved, as the log has it: Reads the help article\n  Baseline ", self.sojourn("lesson", "my.toml", "--predict", 1).stdout)

    def test_mistakes(self):
        for words, said in (([], "sojourn lessons lists them"), (["weekest"], 'there is no lesson "weekest"; did you mean "weakest"?'), (["17"], "16 luck"), (["0"], "there is no lesson"),
                            (["weakest", "--predict", "4"], "--predict: \"4\" is none of the choices"), (["weakest", "--predict", "x"], "from 1 to 3"),
                            (["weakest", "--predict", "2", "--seed", "7"], "something is changed"), (["weakest", "--sheet", "--seed", "7"], "something is changed"),
                            (["weakest", "--set", "touchpoint.drnk.weight=1"], "drnk"), (["weakest", "--plans", "mend"], 'there is no plan "mend"'),
                            (["weakest", "--page", "--predict", "2"], "--page shows the lesson as it is"), (["nothing.toml"], "there is no such file"),
                            ([str(SOURCE / "scenarios/coffee.toml")], "this scenario has no [lesson]")):
            with self.subTest(words):
                done = self.sojourn("lesson", *words, status=2)
                self.assertIn(said, done.stderr)
                self.assertIn("hint: ", done.stderr)
                self.assertEqual(done.stdout, "")

    def test_changes_that_do_not_apply(self):
        text = (FILES / "weakest.toml").read_text(encoding="utf-8")
        cases = (('"touchpoint.drink.weight=0.5"', '"touchpoint.drnk.weight=0.5"', 'error: "touchpoint.drnk.weight=0.5" does not apply'),
                 ('"touchpoint.drink.weight=0.5"', '"touchpoint.drink.weight"', 'error: "touchpoint.drink.weight" is no change: there is no ='),
                 ('"touchpoint.drink.weight=0.5"', '"touchpoint.drink.weight=-1"', "weight"),
                 ('"touchpoint.queue.quality.mean=0.25"', '"touchpoint.queue.quality.mean=2"', "does not apply: "),
                 ('"touchpoint.drink.weight=0.5"', '"touchpoint.drink.weight=2.0"', "warning: \"touchpoint.drink.weight=2.0\" changes nothing"))
        for before, after, said in cases:
            with self.subTest(after):
                self.assertIn(before, text)
                self.folder.joinpath("my.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
                status = 0 if said.startswith("warning") else 2
                done = self.sojourn("check", "my.toml", status=status)
                self.assertIn(said, done.stderr)
                self.assertRegex(done.stderr, r"^my\.toml:\d+:\d+: ")
                if status:
                    self.assertIn("does not apply" if "is no change" not in said else said, self.sojourn("lesson", "my.toml", "--predict", 1, status=2).stderr)

    def test_a_lesson_is_in_nobodys_way(self):
        """Its scenario runs with any settings, also such as leave its figures without intervals."""
        for name in ("luck", "segments", "buying-centre", "regression"):
            self.sojourn("run", FILES / f"{name}.toml", "--customers", 50, "--replications", 1, "-o", "x.h5", "--quiet")
        self.assertIn("mean of 1 runs", self.sojourn("lesson", "luck", "--replications", 1).stdout)

    def test_it_says_the_figures_of_compare(self):
        """The figures are those of the other commands, to the bit."""
        lesson = json.loads(self.sojourn("lesson", "weakest", "--json").stdout)
        compared = self.json("compare", FILES / "weakest.toml", "-o", "x.h5")["plans"]
        for bar in bars(lesson["figures"], "retention"):
            self.assertEqual([bar["value"], bar["low"], bar["high"]],
                             [compared[bar["plan"]]["difference"]["retention"][key] for key in ("mean", "low", "high")])


if __name__ == "__main__":
    if "--update" in sys.argv:
        FROZEN.mkdir(exist_ok=True)
        for name, lesson in lessons()[1].items():
            (FROZEN / f"{name}.txt").write_text(run("lesson", name, "--predict", lesson["answer"]).stdout, encoding="utf-8")
    else:
        unittest.main()
