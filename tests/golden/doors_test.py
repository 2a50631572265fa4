"""Nothing of the user's is lost or driven: what is written replaces neither an input nor a file that Sojourn did not write, and no text of
a scenario reaches a terminal, a table or a picture as anything but text."""

import csv
import io
import os
import pty
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.dom.minidom
import zipfile
from pathlib import Path

import openpyxl

SOJOURN = Path(os.environ["SOJOURN"])
SOURCE = Path(os.environ.get("SOJOURN_SOURCE", Path(__file__).parents[2]))
COFFEE = SOURCE / "scenarios" / "coffee.toml"
FEW = ("--customers", "200", "--replications", "2")

HAS_PAGE = "without" not in subprocess.run([SOJOURN, "report", "none.h5"], capture_output=True, text=True).stderr


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sojourn-doors-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def sojourn(self, *arguments):
        return subprocess.run([SOJOURN, *arguments], capture_output=True, text=True, timeout=300, cwd=self.folder)

    def done(self, *arguments):
        done = self.sojourn(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refused(self, *arguments):
        done = self.sojourn(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertEqual(sorted(self.folder.glob(".sojourn-*")), [])
        return done.stderr


class FilesTest(Folder):
    """Each kind of file that Sojourn writes: how it is asked for, and under which name."""

    def setUp(self):
        super().setUp()
        shutil.copy(COFFEE, self.folder / "in.toml")
        self.done("compare", "in.toml", *FEW, "--quiet", "-o", "in.h5")
        self.writers = {
            "out.h5": ("run", "in.toml", *FEW, "--quiet", "-o", "out.h5"),
            "compared.h5": ("compare", "in.toml", *FEW, "--quiet", "-o", "compared.h5"),
            "map.svg": ("map", "in.toml", "-o", "map.svg"),
            "map.html": ("map", "in.toml", "-o", "map.html"),
            "map.dot": ("map", "in.toml", "-o", "map.dot"),
            "log.csv": ("trace", "in.toml", "-n", "5", "-o", "log.csv"),
            "log.xes": ("trace", "in.toml", "-n", "5", "-o", "log.xes"),
            "keys.json": ("schema", "-o", "keys.json"),
            "page.html": ("report", "in.h5", "--fast", "-o", "page.html"),
            "tables.xlsx": ("report", "in.h5", "--fast", "-o", "beside.html", "--xlsx", "tables.xlsx"),
        }

    def test_what_a_person_wrote_is_not_replaced(self):
        for name, command in self.writers.items():
            for theirs in (b"mine\n", b"\x89HDF\r\n\x1a\n" + b"x" * 3000, b"<?xml version='1.0'?>\n<svg/>", b"PK\x03\x04 mine"):
                with self.subTest(name=name, theirs=theirs[:8]):
                    (self.folder / name).write_bytes(theirs)
                    self.assertEqual(self.refused(*command), f"sojourn: error: {name} exists and was not written by Sojourn\n"
                                     "hint: name another file, or add --force to replace it\n")
                    self.assertEqual((self.folder / name).read_bytes(), theirs)
            self.done(*command, "--force")
            self.assertNotEqual((self.folder / name).read_bytes(), theirs)

    def test_what_sojourn_wrote_is_replaced_and_keeps_its_permissions(self):
        for name, command in self.writers.items():
            with self.subTest(name=name):
                self.done(*command)
                first = (self.folder / name).read_bytes()
                (self.folder / name).chmod(0o600)
                self.done(*command)
                self.assertEqual((self.folder / name).stat().st_mode & 0o777, 0o600)
                if name != "tables.xlsx":  # libxlsxwriter writes the time of day
                    self.assertEqual((self.folder / name).read_bytes(), first)

    def test_no_input_is_replaced(self):
        """Under its own name, through links, and not by force either."""
        scenario, results = (self.folder / "in.toml").read_bytes(), (self.folder / "in.h5").read_bytes()
        for i, (name, command) in enumerate(self.writers.items()):
            if command[0] == "schema":
                continue  # which reads nothing
            ending = Path(name).suffix
            source = self.folder / command[1]
            contents = source.read_bytes()
            for link in (False, True):
                with self.subTest(name=name, link=link):
                    same = self.folder / f"same-{i}{ending}"
                    if link:
                        same.symlink_to(source.name)
                        given = command[1]
                    else:
                        same.write_bytes(contents)  # an input of that very name
                        given = same.name
                    words = [given if word == command[1] else same.name if word == name else word for word in command]
                    for force in ([], ["--force"]):
                        self.assertEqual(self.refused(*words, *force), f"sojourn: error: {same.name} is read by this command and "
                                         "would be overwritten\nhint: name another file\n")
                    self.assertEqual(same.read_bytes(), contents)
                    same.unlink()
        self.assertEqual((self.folder / "in.toml").read_bytes(), scenario)
        self.assertEqual((self.folder / "in.h5").read_bytes(), results)

    def test_files_that_a_scenario_names_are_inputs(self):
        ties = "from,to\n" + "".join(f"{i},{i + 1}\n" for i in range(199))
        (self.folder / "ties.csv").write_text(ties)
        (self.folder / "talk.toml").write_text(
            COFFEE.read_text() + '\n[word_of_mouth]\npromoter_rate = "1 per month"\nnetwork = { file = "ties.csv" }\n')
        check = self.sojourn("check", "talk.toml", "--customers", "200")
        self.assertEqual(check.returncode, 0, check.stderr)
        for force in ([], ["--force"]):
            self.refused("trace", "talk.toml", "--customers", "200", "-n", "5", "-o", "ties.csv", *force)
        self.assertEqual((self.folder / "ties.csv").read_text(), ties)

    def test_bases_and_arrivals_are_inputs(self):
        """By force neither, whatever they are called, and of every file of a comparison."""
        days = "day,people\n0,100\n5,30\n"
        (self.folder / "days.csv").write_text(days)
        arrivals = re.sub(r"(?m)^arrives *=.*", 'arrives = { profile = { file = "days.csv" } }', COFFEE.read_text(), count=1)
        (self.folder / "arrivals.toml").write_text(arrivals)
        for name in ("base.svg", "base.csv"):
            shutil.copy(COFFEE, self.folder / name)
            (self.folder / f"on-{name}.toml").write_text(f'scenario.base = "{name}"\n')
        (self.folder / "twice.toml").write_text('scenario.base = "on-base.csv.toml"\n')
        for name, command in (("days.csv", ("trace", "arrivals.toml", "-n", "5")), ("base.svg", ("map", "on-base.svg.toml")),
                              ("base.csv", ("trace", "twice.toml", "-n", "5")), ("base.csv", ("compare", "in.toml", "twice.toml", *FEW)),
                              ("base.csv", ("compare", "twice.toml", "in.toml", *FEW)), ("days.csv", ("compare", "in.toml", "arrivals.toml", *FEW))):
            kept = (self.folder / name).read_bytes()
            with self.subTest(name=name, command=command):
                self.assertIn(f"{name} is read by this command and would be overwritten", self.refused(*command, "-o", name, "--force"))
                self.assertEqual((self.folder / name).read_bytes(), kept)

    def test_new_replaces_nothing(self):
        self.done("new", "-o", "fresh.toml")
        kept = (self.folder / "fresh.toml").read_bytes()
        (self.folder / "empty.toml").touch()
        for name in ("fresh.toml", "empty.toml", "in.h5"):
            self.assertEqual(self.refused("new", "-o", name),
                             f"sojourn: error: {name} exists already and is left as it is\nhint: name another file\n")
        self.assertEqual((self.folder / "fresh.toml").read_bytes(), kept)
        self.assertEqual((self.folder / "empty.toml").read_bytes(), b"")

    def test_a_file_where_new_wants_a_template_is_told_how_it_is_written(self):
        self.assertIn('there is no template "my.toml"\nhint: to write a template to a file: sojourn new -o my.toml\ntemplates:\n', self.refused("new", "my.toml"))
        self.assertNotIn("new -o", self.refused("new", "coffe"))

    def test_a_workbook_that_was_saved_again_is_somebody_elses(self):
        command = self.writers["tables.xlsx"]
        self.done(*command)
        with zipfile.ZipFile(self.folder / "tables.xlsx") as archive:
            self.assertEqual(archive.comment, b"Written by Sojourn")
            self.assertIsNone(archive.testzip())
        book = openpyxl.load_workbook(self.folder / "tables.xlsx")
        book.active["A1"] = "mine"
        book.save(self.folder / "tables.xlsx")
        self.refused(*command)


HOSTILE = {
    "title": "\\u001b]0;owned\\u0007\\u001b[31mRED\\uFFFE",
    "name": "=HYPERLINK(\\u0022http://x\\u0022)\\u202Eevil\\u009b2J",
    "currency": "\\u001b[5mEUR",
}


class TextTest(Folder):
    def setUp(self):
        super().setUp()
        text = COFFEE.read_text()
        for key, value in HOSTILE.items():
            text = re.sub(rf'(?m)^({key} *= )".*"', lambda found: f'{found[1]}"{value}"', text)
        self.assertIn("HYPERLINK", text)
        self.assertIn("owned", text)
        (self.folder / "in.toml").write_text(text)

    def assert_plain(self, text, where):
        for c in text:
            point = ord(c)
            self.assertFalse((point < 0x20 and c not in "\n\t") or 0x7f <= point < 0xa0 or 0x202a <= point <= 0x202e or
                             0x2066 <= point <= 0x2069 or point in (0xfffe, 0xffff), f"U+{point:04X} in {where}")

    def test_nothing_drives_a_terminal(self):
        for command in (("check", "in.toml"), ("run", "in.toml", *FEW), ("compare", "in.toml", *FEW), ("compare", "in.toml", *FEW, "--json"),
                        ("rank", "in.toml", *FEW), ("optimize", "in.toml", "--budget", "4000", *FEW),
                        ("trace", "in.toml", "--customer", "1"), ("solve", "in.toml"), ("run", "in.toml", "--plan", "\x1b[31m"),
                        ("run", "\x1b[31m.toml"), ("check", "in.toml", "--set", "scenario.\x1b[31m=1"), ("\x1b[31m",),
                        ("run", "in.toml", "--\x1b[31m")):
            with self.subTest(command=command):
                done = self.sojourn(*command)
                self.assert_plain(done.stdout, "stdout")
                self.assert_plain(done.stderr, "stderr")

    def test_colours_are_the_only_escapes_on_a_terminal(self):
        leader, follower = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        with subprocess.Popen([SOJOURN, "compare", "in.toml", *FEW, "--no-progress"], cwd=self.folder, stdout=follower,
                              stderr=subprocess.DEVNULL, env=environment) as process:
            os.close(follower)
            text = b""
            while True:
                try:
                    piece = os.read(leader, 65536)
                except OSError:
                    break
                if not piece:
                    break
                text += piece
        os.close(leader)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"\x1b[1m", text)
        self.assert_plain(text.replace(b"\x1b[1m", b"").replace(b"\x1b[0m", b"").replace(b"\r\n", b"\n").decode(), "the terminal")

    def test_files(self):
        self.done("compare", "in.toml", *FEW, "--quiet", "-o", "in.h5")
        self.done("map", "in.toml", "-o", "map.svg")
        self.done("map", "in.toml", "-o", "map.html")
        self.done("map", "in.toml", "-o", "map.dot")
        self.done("trace", "in.toml", "-n", "20", "-o", "log.csv")
        self.done("trace", "in.toml", "-n", "20", "-o", "log.xes")
        names = ["map.svg", "map.html", "map.dot", "log.csv", "log.xes"]
        if HAS_PAGE:
            self.done("report", "in.h5", "--fast", "-o", "page.html")
            names.append("page.html")
        for name in names:
            text = (self.folder / name).read_bytes().decode()
            # The page's own script may hold anything; what is the scenario's stands in the rest.
            self.assert_plain(text.split("<script>")[0].replace("\r\n", "\n"), name)
        for name in ("map.svg", "log.xes"):
            xml.dom.minidom.parseString((self.folder / name).read_bytes())
        rows = list(csv.DictReader(io.StringIO((self.folder / "log.csv").read_bytes().decode(), newline="")))
        self.assertTrue(any(row["name"].startswith("'=HYPERLINK") for row in rows))
        for row in rows:
            for key, value in row.items():
                self.assertFalse(value.startswith(("=", "+", "@", "\t")) or (value.startswith("-") and key == "name"), (key, value))


if __name__ == "__main__":
    unittest.main()
