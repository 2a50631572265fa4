"""`sojourn map`: every form of the journey map, as a program would read it."""

import os
import re
import subprocess
import tempfile
import tomllib
import unittest
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

SOJOURN = os.environ["SOJOURN"]
SOURCE = Path(os.environ["SOJOURN_SOURCE"])
TELECOM = SOURCE / "scenarios" / "telecom.toml"
SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = r'''
schema = 1
[scenario]
title = "<script>alert(\"1\")</script> & \\ 'quotes'"
question = "Line one\nline two \\n \\N {0} %s ]]>?"
horizon = "1 year"
customers = 10
[[persona]]
id = "all"
share = 1
starts = { first = 1 }
[[channel]]
id = "web"
name = "\"><img src=x onerror=alert(1)>"
[[team]]
id = "team"
name = "-->\\"
[[touchpoint]]
id = "first"
name = "\"><script>alert(1)</script>\\"
stage = "awareness"
channel = "web"
team = "team"
next = [ { to = "second", odds = 1, after = "2 days" } ]
[[touchpoint]]
id = "second"
name = "😀 客户 &amp; café\nsecond line"
stage = "purchase"
next = [ { to = "gone", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "gone"
name = "Gone \\\\\" label=\"x"
stage = "retention"
end = "churned"
'''


RACE = """
schema = 1
[scenario]
title = "A race"
horizon = "1 year"
customers = 10
[[persona]]
id = "all"
share = 1
starts = { home = 1 }
[[touchpoint]]
id = "home"
stage = "purchase"
exits = "race"
next = [
  { to = "call", after = { exponential = { mean = "10 days" } } },
  { to = "gone", odds = 3, after = { exponential = { mean = "10 days" } } },
]
[[touchpoint]]
id = "call"
stage = "retention"
next = [ { to = "home", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[improvement]]
id = "invite"
target = { touchpoint = "home", exit_to = "call" }
effect = { odds = "+300%" }
[[improvement]]
id = "wait"
target = { touchpoint = "home", exit_to = "gone" }
effect = { delay = "+200%" }
[[plan]]
id = "call-more"
improvements = ["invite"]
[[plan]]
id = "slower"
improvements = ["wait"]
"""


def text_of(element):
    return " ".join("".join(element.itertext()).split())


class Page(HTMLParser):
    """Counts tags and gathers the text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = {}, [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes += attrs

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.words.append(data)


class MapTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_map(self, scenario, name, **environment):
        output = self.folder / name
        done = subprocess.run([SOJOURN, "map", str(scenario), "-o", str(output)], capture_output=True, text=True,
                              env={**os.environ, **environment})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertNotIn("Warning", done.stderr)
        return output.read_text(encoding="utf-8")

    def hostile(self):
        path = self.folder / "hostile.toml"
        path.write_text(HOSTILE, encoding="utf-8")
        return path

    def test_svg_shows_the_telecom_journey(self):
        svg = self.run_map(TELECOM, "map.svg")
        root = ElementTree.fromstring(svg)
        self.assertEqual(root.tag, SVG + "svg")
        self.assertTrue(text_of(root.find(SVG + "title")))
        description = text_of(root.find(SVG + "desc"))
        drawn = text_of(root)
        scenario = tomllib.loads(TELECOM.read_text(encoding="utf-8"))
        for touchpoint in scenario["touchpoint"]:
            self.assertIn(touchpoint["name"], description)
        exits = sum(len(t.get("next", [])) for t in scenario["touchpoint"])
        titles = {text_of(title) for title in root.iter(SVG + "title") if " → " in text_of(title)}
        self.assertEqual(len(titles), exits)
        head = scenario["scenario"]
        for words in [head["title"], head["question"], "Awareness", "Advocacy", "% start", "weak 0.4"]:
            self.assertIn(words, drawn)

    def test_svg_refers_to_nothing_and_runs_nothing(self):
        svg = self.run_map(TELECOM, "map.svg")
        for element in ElementTree.fromstring(svg).iter():
            self.assertIn(element.tag.removeprefix(SVG), {"svg", "title", "desc", "style", "g", "path", "rect", "text"})
            for name, value in element.attrib.items():
                self.assertFalse(name.endswith("href") or name.startswith("on"), name)
                self.assertNotIn("url(", value)
        for noise in ["@import", "Graphviz", str(SOURCE), str(self.folder), "nan"]:
            self.assertNotIn(noise, svg)
        self.assertEqual(svg.count("<!--"), 1)  # the mark of files that Sojourn may replace
        self.assertIsNone(re.search(r"\b20\d\d-\d\d-\d\d\b", svg))

    def test_equal_models_give_equal_maps(self):
        for name in ["map.svg", "map.dot", "map.html"]:
            again = self.run_map(TELECOM, "again-" + name, LC_ALL="C", TZ="Asia/Tokyo")
            self.assertEqual(self.run_map(TELECOM, name), again)

    def test_svg_survives_hostile_names(self):
        root = ElementTree.fromstring(self.run_map(self.hostile(), "map.svg"))
        self.assertNotIn("script", {element.tag.removeprefix(SVG) for element in root.iter()})
        description = text_of(root.find(SVG + "desc"))
        for words in ['"><script>alert(1)</script>\\:', "😀 客户 &amp; café second line:", 'Gone \\\\" label="x:', "-->\\"]:
            self.assertIn(words, description)

    def test_html_is_one_page_that_fetches_nothing(self):
        for scenario in [TELECOM, self.hostile()]:
            text = self.run_map(scenario, "map.html")
            page = Page(text)
            self.assertEqual(page.tags["html"], 1)
            self.assertEqual(page.tags["svg"], 1)
            for tag in ["script", "img", "link", "iframe", "object"]:
                self.assertNotIn(tag, page.tags)
            self.assertIn(("http-equiv", "Content-Security-Policy"), page.attributes)
            self.assertIn(("content", "default-src 'none'; style-src 'unsafe-inline'"), page.attributes)
            for name, value in page.attributes:
                self.assertFalse(name in {"src", "href"} or name.startswith("on"), name)
            title = tomllib.loads(Path(scenario).read_text(encoding="utf-8"))["scenario"]["title"]
            self.assertIn(title, " ".join(page.words))

    def test_graphviz_reads_the_dot_and_finds_everything(self):
        try:
            subprocess.run(["dot", "-V"], capture_output=True, check=True)
        except FileNotFoundError:
            self.skipTest("no dot program here")
        for scenario in [TELECOM, self.hostile()]:
            dot = self.run_map(scenario, "map.dot")
            drawn = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, text=True)
            self.assertEqual(drawn.returncode, 0, drawn.stderr)
            root = ElementTree.fromstring(drawn.stdout)
            titles = {text_of(title) for title in root.iter(SVG + "title")}
            model = tomllib.loads(Path(scenario).read_text(encoding="utf-8"))
            for touchpoint in model["touchpoint"]:
                self.assertIn(touchpoint["id"], titles)
                for leave in touchpoint.get("next", []):
                    self.assertIn(touchpoint["id"] + "->" + leave["to"], titles)
            if scenario != TELECOM:
                drawn_text = "".join(text_of(root).split())
                for words in ['"><script>alert(1)</script>\\', "&amp;café", 'Gone\\\\"label="x', "-->\\", "\\n\\N{0}%s]]>?"]:
                    self.assertIn(words, drawn_text)

    def test_a_race_under_a_plan_has_the_odds_and_times_of_the_plan(self):
        """Hazards of 1 and 3 in 10 days become 4 and 3: 4 in 7, and the median of both log 2 / 0.7."""
        path = self.folder / "race.toml"
        path.write_text(RACE, encoding="utf-8")
        output = self.folder / "race.svg"
        for plan, labels in (("baseline", ["race 25 % · 1.7 d", "race 75 % · 1.7 d"]),
                             ("call-more", ["25 % → 57 % · 1.7 d → 1 d", "75 % → 43 % · 1.7 d → 1 d"]),
                             ("slower", ["25 % → 50 % · 1.7 d → 3.5 d", "75 % → 50 % · 1.7 d → 3.5 d"])):
            with self.subTest(plan):
                done = subprocess.run([SOJOURN, "map", path, "--plan", plan, "-o", output, "--force"], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
                svg = output.read_text(encoding="utf-8")
                titles = [text_of(title).split(": ", 1)[1] for title in ElementTree.fromstring(svg).iter(SVG + "title")
                          if text_of(title).startswith("home → ")]
                self.assertEqual(sorted(set(titles)), labels)
                self.assertEqual('class="changed strong mid"' in svg, plan != "baseline")
                self.assertEqual("changed by the plan" in svg, plan != "baseline")

    def test_another_ending_is_refused(self):
        command = [SOJOURN, "map", str(TELECOM), "-o", str(self.folder / "map.png")]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn(".svg, .html or .dot", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
