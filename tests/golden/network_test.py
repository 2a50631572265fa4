"""`sojourn map --network`, and edge files from the command line: errors, results files that carry their network."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SOJOURN = os.environ["SOJOURN"]
COFFEE = (Path(os.environ["SOJOURN_SOURCE"]) / "scenarios" / "coffee.toml").read_text(encoding="utf-8")
SMALL = "{ small_world = { contacts = 10, rewire = 0.1 } }"


class NetworkTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def sojourn(self, *words):
        return subprocess.run([SOJOURN, *words], cwd=self.folder.name, capture_output=True, text=True, timeout=120, check=False)

    def scenario(self, network, name="talk.toml"):
        (Path(self.folder.name) / name).write_text(COFFEE + f"\n[word_of_mouth]\nnetwork = {network}\npromoter_rate = 0.1\n", encoding="utf-8")
        return name

    def test_figures_in_words_and_as_json(self):
        name = self.scenario(SMALL)
        text = self.sojourn("map", name, "--network")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertIn("a small world: 10 contacts each, 10 % of ties led elsewhere", " ".join(text.stdout.split()))
        self.assertIn("people by contacts", text.stdout)
        figures = json.loads(self.sojourn("map", name, "--network", "--json").stdout)
        self.assertEqual(figures["degree"]["mean"], 10)
        self.assertEqual(sum(bar["people"] for bar in figures["degree"]["distribution"]), figures["people"])
        self.assertAlmostEqual(figures["clustering"]["transitivity"], 0.486, delta=0.02)

    def test_what_cannot_be_shown_is_refused(self):
        (Path(self.folder.name) / "coffee.toml").write_text(COFFEE, encoding="utf-8")
        self.assertEqual(self.sojourn("map", "coffee.toml", "--network").returncode, 2)
        self.assertEqual(self.sojourn("map", "coffee.toml", "--json").returncode, 2)

    def test_an_edge_file_travels_in_the_results(self):
        edges = Path(self.folder.name) / "friends.csv"
        edges.write_text("from,to\n" + "".join(f"{i},{(7 * i + 1) % 200}\n" for i in range(200) if (6 * i + 1) % 200), encoding="utf-8")
        name = self.scenario('{ file = "friends.csv" }')
        self.assertEqual(self.sojourn("run", name, "--customers", "200", "-o", "a.h5").returncode, 0)
        edges.unlink()
        again = self.sojourn("run", "a.h5", "-o", "b.h5")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual((Path(self.folder.name) / "a.h5").read_bytes(), (Path(self.folder.name) / "b.h5").read_bytes())

    def test_an_edge_files_errors_have_places(self):
        (Path(self.folder.name) / "friends.csv").write_text("from,to\n1,1\n", encoding="utf-8")
        done = self.sojourn("run", self.scenario('{ file = "friends.csv" }'), "-o", "a.h5")
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stderr.startswith("friends.csv:2:3: error: person 1 talks to person 1\n    2 | 1,1\n      |   ^\n"), done.stderr)
        self.assertFalse((Path(self.folder.name) / "a.h5").exists())


if __name__ == "__main__":
    unittest.main()
