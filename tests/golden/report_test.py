"""`sojourn report`: the page in a real browser, its numbers beside those of `--json`, and the workbook.

Pictures of the page, light and dark, wide and narrow, and its PDF are kept in the folder that the last line names, to be looked at;
SOJOURN_SCREENSHOTS=FOLDER chooses another.
"""

import base64
import hashlib
import html
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import openpyxl

import real_browser
from real_browser import AXE, SCREENSHOTS, serious

SOJOURN = os.environ["SOJOURN"]
SOURCE = Path(os.environ["SOJOURN_SOURCE"])
SMALL = ["--customers", "4000", "--replications", "2", "--no-progress"]


def sojourn(*arguments):
    return subprocess.run([SOJOURN, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def has_pages():
    """Whether the program was built with npm; without it the report says how to build the page."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.h5"
        sojourn("run", SOURCE / "scenarios/coffee.toml", "--customers", 10, "--replications", 1, "--quiet", "-o", file)
        return "built without the page" not in sojourn("report", file, "--fast", "-o", Path(folder) / "x.html").stderr


PAGES = has_pages()


class Report(unittest.TestCase):
    folder = None  # of all classes: what one has made serves the others

    @classmethod
    def setUpClass(cls):
        if Report.folder is None:
            scratch = tempfile.TemporaryDirectory(prefix="sojourn-report-")
            Report.folder = Path(scratch.name)
            unittest.addModuleCleanup(scratch.cleanup)

    def results(self, scenario, command="compare", *more, size=SMALL):
        """The results file of a scenario and what `--json` said of it."""
        name = "-".join(["out", command, Path(scenario).stem, *[re.sub(r"\W", "", str(word)) for word in (*more, *size)]])
        file = self.folder / (name + ".h5")
        if not file.exists():
            done = sojourn(command, SOURCE / scenario, *size, *more, "--json", "-o", file)
            self.assertEqual(done.returncode, 0, done.stderr)
            file.with_suffix(".json").write_text(done.stdout)
        return file, json.loads(file.with_suffix(".json").read_text())

    def page(self, file, *more, again=False):
        """The page of a results file, with all that is simulated for it, and where that is much its workbook; made once for all tests."""
        self.assertTrue(PAGES)
        out = file.with_name(file.stem + re.sub(r"\W", "", "".join(map(str, more))) + ".html")
        if again or not out.exists():
            workbook = ["--xlsx", out.with_suffix(".xlsx")] if "--budget" in more else []
            done = sojourn("report", file, "--no-progress", *more, "-o", out, *workbook)
            self.assertEqual(done.returncode, 0, done.stderr)
        return out


@unittest.skipUnless(PAGES, "this build has no page: npm was not found")
class Page(Report):
    def check_sealed(self, text):
        """One file below 2 MB that loads nothing, under a policy that allows only what is in it."""
        self.assertLess(len(text.encode()), 2_000_000)
        [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        inline = re.findall(r"<(style)>(.*?)</style>", text, re.DOTALL) + re.findall(r"<(script)>(.*?)</script>", text, re.DOTALL)
        self.assertGreaterEqual(len(inline), 2)
        for kind, body in inline:
            digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
            self.assertRegex(policy, rf"{kind}-src[^;]*'sha256-{re.escape(digest)}'")
        markup = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
        self.assertEqual(re.findall(r'<(?:link|img|iframe|object|embed)\b|\b(?:src|href)="(?!#)[^"]*"|\bstyle="|@import|url\(', markup), [])

    def test_loads_nothing_and_allows_only_its_own_script_and_styles(self):
        text = self.page(self.results("scenarios/telecom.toml")[0], "--budget", "5M").read_text(encoding="utf-8")
        self.check_sealed(text)
        for name, before, after in (("a picture from elsewhere", "<main>", '<main><img src="https://example.org/x.png">'),
                                    ("a lax policy", "style-src", "style-src 'unsafe-inline'"),
                                    ("another style", "</style>", "b{}</style>"),
                                    ("two megabytes", "</main>", "<p>" + "x" * 2_000_000 + "</p></main>")):
            with self.subTest(name), self.assertRaises(AssertionError):
                self.check_sealed(text.replace(before, after, 1))

    def test_equal_files_give_equal_pages(self):
        file, _ = self.results("scenarios/coffee.toml", "run")
        first = self.page(file).read_bytes()
        self.assertEqual(first, self.page(file, again=True).read_bytes())
        done = sojourn("report", file, "--no-progress", "--threads", 1, "-o", self.folder / "one-thread.html")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(first, (self.folder / "one-thread.html").read_bytes())

    def numbers(self, page):
        [text] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
        return json.loads(text)

    def check_numbers(self, data, said):
        """Every estimate of the JSON stands in the page, to the bit."""
        plans = said.get("plans") or {said["plan"]: said}
        names = [metric["name"] for metric in data["metrics"]]
        self.assertEqual([plan["id"] for plan in data["plans"]], list(plans))
        compared = 0
        for k, plan in enumerate(plans.values()):
            # The page leaves out metrics of mechanisms that the scenario does not have; the JSON gives some of them as 0 or null.
            self.assertTrue(all(not expected["mean"] for name, expected in plan["metrics"].items() if name not in names))
            for m, name in enumerate(names):
                expected = plan["metrics"][name]
                self.assertEqual(data["values"][0][k][m][:3], [expected["mean"], expected["low"], expected["high"]], name)
                compared += expected["mean"] is not None
                if "difference" in plan:
                    expected = plan["difference"][name]
                    self.assertEqual(data["differences"][0][k][m][:3], [expected["mean"], expected["low"], expected["high"]], name)
            for g, group in enumerate(data["groups"]):
                if g == 0:
                    continue
                for name, expected in plan["by_persona"][group["id"]].items():
                    if name not in names:
                        continue
                    self.assertEqual(data["values"][g][k][names.index(name)][:3], [expected["mean"], expected["low"], expected["high"]])
            if "payback_days" in plan:
                self.assertEqual(data["money"][k]["payback_days"], plan["payback_days"])
                self.assertEqual(data["money"][k]["roi"], [plan["roi"], plan["roi_low"], plan["roi_high"]])
            for touchpoint, cells in zip(data["touchpoints"]["names"], data["touchpoints"]["cells"][k] or []):
                if "touchpoints" not in plan:
                    break
                for column, cell in zip(data["touchpoints"]["columns"], cells):
                    expected = plan["touchpoints"][touchpoint["id"]][column["name"]]
                    self.assertEqual(cell[:3], [expected["mean"], expected["low"], expected["high"]])
        self.assertGreater(compared, 15)

    def test_numbers_are_those_of_compare(self):
        file, said = self.results("scenarios/telecom.toml")
        data = self.numbers(self.page(file, "--fast"))
        self.check_numbers(data, said)
        # A page that were wrong in one digit would be found out.
        names = [metric["name"] for metric in data["metrics"]]
        for name, cell in (("value", data["values"][0][1][names.index("npv")]), ("interval", data["differences"][0][2][names.index("nps")]),
                           ("persona", data["values"][2][0][names.index("retention")]), ("return", data["money"][1]["roi"])):
            right = cell[1]
            cell[1] *= 1.0 + 1e-12
            with self.subTest(name), self.assertRaises(AssertionError):
                self.check_numbers(data, said)
            cell[1] = right
        self.check_numbers(data, said)

    def test_numbers_are_those_of_run_in_batches_of_one_replication(self):
        file, said = self.results("scenarios/coffee.toml", "run", size=["--customers", "2000", "--replications", "1", "--no-progress"])
        self.assertIn("batches", said["intervals"])
        self.check_numbers(self.numbers(self.page(file, "--fast")), said)

    def decide(self, command, precision, *more):
        """What `rank` or `optimize` says at the precision at which a page of SMALL is made, which the page states."""
        replications, customers = re.search(r"(\d+) replications? of ([\d,]+) customers", precision).groups()
        self.assertEqual(customers, "4,000")
        done = sojourn(command, SOURCE / "scenarios/telecom.toml", "--customers", customers.replace(",", ""), "--replications", replications,
                       "--no-progress", "--json", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_leverage_is_that_of_rank(self):
        file, _ = self.results("scenarios/telecom.toml")
        leverage = self.numbers(self.page(file, "--budget", "5M"))["leverage"]
        said = self.decide("rank", leverage["precision"])
        self.assertEqual((leverage["weakest"], leverage["worth_fixing"]), (said["weakest"], said["worth_fixing"]))
        self.assertEqual([row["id"] for row in leverage["rows"]], list(said["touchpoints"]))
        for row, (identity, expected) in zip(leverage["rows"], said["touchpoints"].items()):
            self.assertEqual(row["score"], expected["score"])
            if expected["best"] is None:
                self.assertNotIn("npv", row)
                continue
            for metric in ("npv", "retained", "nps"):
                pull = expected["shifts"][expected["best"]]["difference"][metric]
                self.assertEqual(row[metric][:3], [pull["mean"], pull["low"], pull["high"]], (identity, metric))

    def test_frontier_is_that_of_optimize(self):
        file, _ = self.results("scenarios/telecom.toml")
        frontier = self.numbers(self.page(file, "--budget", "5M"))["frontier"]
        self.assertEqual(frontier["budget"], 5e6)
        points = frontier["points"]
        self.assertEqual(points[0]["bought"], [])
        self.assertEqual([point["cost"][0] for point in points], sorted(point["cost"][0] for point in points))
        self.assertEqual([point["npv"][0] for point in points], sorted(point["npv"][0] for point in points))
        # The best within the budget is what `optimize` finds for it.
        affordable = [point for point in points if point["cost"][0] <= 5e6]
        self.assertEqual([point["allowed"] for point in points], [True] * len(affordable) + [False] * (len(points) - len(affordable)))
        self.assertLess(len(affordable), len(points))
        best = self.decide("optimize", frontier["precision"], "--budget", "5M")["best"]
        self.assertEqual(affordable[-1]["bought"], [[one["id"], one["level"]] for one in best["improvements"]])
        self.assertEqual(affordable[-1]["npv"][:3], [best["gain"]["mean"], best["gain"]["low"], best["gain"]["high"]])
        self.assertEqual(affordable[-1]["cost"][0], best["investment"]["mean"])

    def test_fast_leaves_out_what_is_simulated(self):
        file, _ = self.results("scenarios/telecom.toml")
        text = self.page(file, "--fast").read_text(encoding="utf-8")
        data = self.numbers(self.page(file, "--fast"))
        self.assertFalse({"leverage", "frontier"} & set(data))
        for section in ("leverage", "budget"):
            self.assertNotIn(f'<section id="{section}"', text)
            self.assertIn(f'<section id="{section}"', self.page(file, "--budget", "5M").read_text(encoding="utf-8"))

    def test_customers_who_act_on_one_another_are_all_simulated(self):
        """Fewer of them would be another market; where that takes too long, the page says so. At a queue whoever a customer stands
        for comes, too."""
        for name, customers, market, simulated in (("small", 1500, 1500, True), ("large", 60000, 60000, False),
                                                   ("stands-for-others", 1500, 60000, False)):
            with self.subTest(name):
                file = self.folder / f"coupled-{name}.h5"
                # Many customers who stand for more need no long life to be too many.
                horizon = "12 months" if simulated else "6 months"
                done = sojourn("run", SOURCE / "scenarios/contact-centre.toml", "--customers", customers, "--replications", 4 if simulated else 1,
                               "--set", f"scenario.market={market}", "--set", f"scenario.horizon={horizon}", "--quiet", "-o", file)
                self.assertEqual(done.returncode, 0, done.stderr)
                data, text = self.numbers(self.page(file)), self.page(file).read_text(encoding="utf-8")
                self.assertEqual("leverage" in data, simulated)
                self.assertEqual("would take too long to simulate for a page: sojourn rank answers it" in text, not simulated)
                if simulated:
                    self.assertEqual(data["leverage"]["precision"], "3 replications of 1,500 customers")

    def test_what_is_not_known_is_that_of_compare(self):
        """The section's figures are those of `compare --uncertain` with as many draws and customers, which the page states."""
        file, _ = self.results("scenarios/gym.toml", size=["--customers", "1500", "--replications", "2", "--no-progress"])
        text = self.page(file).read_text(encoding="utf-8")
        [section] = re.findall(r'<section id="doubt".*?</section>', text, re.DOTALL)
        words = html.unescape(re.sub(r"<[^>]*>", " ", section)).replace("\u2212", "-")
        draws, customers = re.search(r"([\d,]+) draws of 3 uncertain inputs, 2 replications of ([\d,]+) customers", words).groups()
        said = json.loads(sojourn("compare", SOURCE / "scenarios/gym.toml", "--uncertain", "--draws", draws, "--customers",
                                  customers.replace(",", ""), "--json", "--no-progress").stdout)["uncertain"]
        gain = said["forecast"]["npv"]["longer-trial"]["difference"]
        told = {name: float(value) for name, value in re.findall(r'data-(mean|low|high)="([^"]*)"', section)}
        self.assertEqual(told, {name: gain[name] for name in ("mean", "low", "high")})
        self.assertEqual(section.count("<circle"), 50)
        better = section.count('<circle class="better"')
        self.assertIn(f"better in {better} of 50 equally likely outcomes", words)
        names = {"improvement.three-weeks.effect.delay": "A trial of three weeks: delay", "touchpoint.train.next[2].odds": "Trains for a month: to Cancels, odds",
                 "touchpoint.train.next[1].odds": "Trains for a month: to Pauses, odds"}
        for key, one in said["swing"].items():
            self.assertIn(key, names)
            self.assertEqual(one["shown"], f'<th scope="row">{names[key]}</th><td>EUR' in section)
        self.assertIn(names["touchpoint.train.next[2].odds"], section)
        self.assertNotIn("touchpoint.train", section)
        self.assertIn("With what is not known", text[:text.index("</header>")])
        self.assertNotIn('<section id="doubt"', self.page(file, "--fast").read_text(encoding="utf-8"))

    def test_without_improvements_there_is_no_budget(self):
        text = (SOURCE / "scenarios/coffee.toml").read_text(encoding="utf-8")
        scenario, file = self.folder / "plain.toml", self.folder / "plain.h5"
        scenario.write_text(text[:text.index("[[improvement]]")], encoding="utf-8")
        done = sojourn("run", scenario, "--customers", 500, "--replications", 2, "--quiet", "-o", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        data = self.numbers(self.page(file))
        self.assertIn("leverage", data)
        self.assertNotIn("frontier", data)
        done = sojourn("report", file, "--budget", "1M", "-o", self.folder / "none.html")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no [[improvement]] that a budget could buy", done.stderr)

    def test_winners_and_parts_are_those_of_compare(self):
        file, said = self.results("scenarios/telecom.toml")
        data = self.numbers(self.page(file, "--fast"))
        for k, plan in enumerate(said["plans"].values()):
            if k == 0:
                continue
            parts = [part["change"][0] for part in data["by_stage"][k]]
            self.assertAlmostEqual(sum(parts), plan["difference"]["retained"]["mean"], delta=1e-12)
            for one in data["winners_and_losers"][k]:
                self.assertAlmostEqual(one["better"][0] + one["same"][0] + one["worse"][0], 1.0, delta=1e-12)
            overall = data["winners_and_losers"][k][0]
            self.assertAlmostEqual(overall["gained"][0] - overall["given_up"][0], plan["difference"]["retained"]["mean"], delta=1e-12)
            self.assertEqual([overall[key][0] for key in ("better", "same", "worse")],
                             [plan["winners_and_losers"]["overall"][key]["mean"] for key in ("better", "same", "worse")])

    def test_people_flow_without_loss(self):
        """Whatever comes into a stage goes on, leaves or is still there: the shares of the ends sum to all who arrived."""
        file, _ = self.results("scenarios/telecom.toml")
        for flows in self.numbers(self.page(file, "--fast"))["flow"][0]:
            arrived = sum(people for source, _, people in flows if source == "Arrived")
            ends = sum(people for _, target, people in flows if target in ("Lost", "Churned") or target.startswith(("Still", "Back")))
            back = sum(people for _, target, people in flows if target.startswith("Back"))
            self.assertAlmostEqual(ends - back, arrived, delta=0.005 * arrived)

    def test_who_left_is_told_by_whether_they_had_bought(self):
        """As all else is: an end that is labelled "lost" makes nobody lost who had bought."""
        text = (SOURCE / "scenarios/coffee.toml").read_text()
        labelled = re.sub(r'^end( *)= "churned"', r'end\1= "lost"', text, flags=re.MULTILINE)
        self.assertNotEqual(labelled, text, "the scenario has no end to label anew")
        scenario = self.folder / "labelled.toml"
        scenario.write_text(labelled)
        file = self.folder / "labelled.h5"
        done = sojourn("run", scenario, *SMALL, "--quiet", "-o", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(file) as results:
            count = {name: results[name][0, :, :, -1].sum() / results[name].shape[1] for name in ("lost", "churned")}
        self.assertGreater(min(count.values()), 0)
        flows = self.numbers(self.page(file, "--fast"))["flow"][0][0]
        for name, target in (("lost", "Lost"), ("churned", "Churned")):
            self.assertAlmostEqual(sum(people for _, to, people in flows if to == target), count[name], delta=0.01 * count[name])
        left = sum(people for _, to, people in flows if to == "Left")
        self.assertAlmostEqual(left, sum(count.values()), delta=0.01 * left)

    def test_200_plans_stay_below_two_megabytes(self):
        """All estimates of every plan; details of the first plans only, and each of those whole."""
        scenario = self.folder / "many-plans.toml"
        text = (SOURCE / "scenarios/telecom.toml").read_text(encoding="utf-8")
        before, plan, _ = text.partition("[[plan]]")
        improvement = re.search(r'^\[\[improvement\]\]\nid\s*= "([^"]*)"', text, re.MULTILINE).group(1)
        scenario.write_text(before + "".join(f'{plan}\nid = "p{k}"\nimprovements = ["{improvement}"]\n' for k in range(200)), encoding="utf-8")
        file = self.folder / "many-plans.h5"
        # As many points in time as curves of so many plans may have, no more.
        done = sojourn("compare", scenario, "--customers", 200, "--replications", 1, "--set", "scenario.window=3 weeks", "--quiet", "-o", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        page = self.page(file, "--fast")
        self.assertLess(page.stat().st_size, 2_000_000)
        data = self.numbers(page)
        self.assertEqual(len(data["values"][0]), 201)
        self.assertTrue(all(cell is not None for plan in data["values"][0] for cell in plan))
        detailed = [cells is not None for cells in data["touchpoints"]["cells"]]
        self.assertEqual(detailed, sorted(detailed, reverse=True))
        self.assertTrue(detailed[0] and not detailed[-1])
        self.assertEqual(detailed, [flow is not None for flow in data["flow"][0]])
        self.assertEqual(detailed, [parts is not None for parts in data["by_stage"]])

    def check_questions(self, text, said):
        """Ten questions of a board are answered on the first page, before the appendix (sim/report/BOARD_QUESTIONS.md)."""
        head = text[text.index("<header>"):text.index("</header>")]
        plain = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", "", head, flags=re.DOTALL))).split())
        money = any(plan["metrics"][name]["mean"] for plan in said["plans"].values() for name in ("revenue", "cost_to_serve", "investment"))
        plans = list(said["plans"].values())[1:]
        rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', head, re.DOTALL)
        answers = {
            "what to do": plain.find(said["answer"][0].replace("-", "\u2212")[:12]) >= 0 or plain.find(said["answer"][0][:12]) >= 0,
            "what it costs": not money or all(re.search(r'data-label="Investment and payback">\S', row) for _, row in rows),
            "how sure": all("95 %" in row or "no change" in row or "open" in row for _, row in rows),
            "for whom": re.search(r"<h2>For whom</h2>\s*<p>[^<]*%", head),
            "by when": not money or all("payback: " in row for _, row in rows) and re.search(r"starts? (on )?\w", head),
            "what would change the answer": re.search(r"<h2>What would change the answer</h2>\s*<ul>\s*<li>", head),
            "compared with what": "Each plan against the baseline after" in plain,
            "what if nothing is done": re.search(r'<tr class="level">.*?(if nothing is done|what plans are compared with)</span></th><td[^>]*>[^<]*\d', head, re.DOTALL),
            "what it rests on": re.search(r"A market of [\d,]+ people .*Simulated: ", plain),
            "what to find out first": re.search(r"<h2>What to find out first</h2>\s*<p>[^<]{40}", head),
        }
        self.assertEqual([question for question, answered in answers.items() if not answered], [])
        self.assertEqual(len(rows), min(len(plans), 7))

    def test_the_check_of_the_ten_questions_notices_what_is_missing(self):
        file, said = self.results("scenarios/telecom.toml")
        text = self.page(file, "--budget", "5M").read_text(encoding="utf-8")
        self.check_questions(text, said)
        for name, before in (("for whom", "<h2>For whom</h2>"), ("find out", "<h2>What to find out first</h2>"), ("nothing", '<tr class="level">'),
                             ("change", "<h2>What would change the answer</h2>"), ("rests", "A market of"), ("against", "against the baseline after"),
                             ("when", "payback: "), ("cost", 'data-label="Investment and payback"')):
            with self.subTest(name), self.assertRaises(AssertionError):
                self.check_questions(text.replace(before, "<h2>Elsewhere</h2>"), said)

    def test_every_scenario_has_its_page(self):
        made = set()
        for scenario in sorted((SOURCE / "scenarios").glob("*.toml")):
            if scenario.stem.endswith("-sweep"):
                continue
            with self.subTest(scenario.name):
                file = self.folder / (scenario.stem + ".h5")
                text = scenario.read_text(encoding="utf-8")
                # At a queue whoever a customer stands for comes, too, which takes its time.
                alone = ["--set", "scenario.market=300"] if re.search(r"^market", text, re.MULTILINE) and re.search("^pool|^servers", text, re.MULTILINE) else []
                done = sojourn("compare", scenario, "--customers", 300, "--replications", 2, *alone, "--json", "-o", file)
                self.assertEqual(done.returncode, 0, done.stderr)
                page = self.page(file, "--fast")
                self.assertLess(page.stat().st_size, 2_000_000)
                self.check_questions(page.read_text(encoding="utf-8"), json.loads(done.stdout))
                made.add(scenario.stem)
        self.assertGreaterEqual(made, {"telecom", "coffee", "gym", "contact-centre", "b2b-software", "retail-word-of-mouth"})


@unittest.skipUnless(PAGES, "this build has no page: npm was not found")
@real_browser.needs_browser
class Browser(Report):
    browser = None  # one for all tests: each opens its page anew, in a window of the usual size

    @classmethod
    def started(cls):
        found = real_browser.started(cls.folder, 1160)

        def leave():
            found.quit()
            Browser.browser = None

        cls.addClassCleanup(leave)
        return found

    def open(self, page, scheme="light"):
        if Browser.browser is None:
            Browser.browser = self.started()
        browser = Browser.browser
        browser.get("about:blank")
        browser.get_log("browser")  # what the test before has left
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        browser.get(page.as_uri())
        return browser

    def check_quiet(self, browser):
        self.assertEqual(browser.execute_script("return document.documentElement.dataset.ready"), "yes")
        self.assertEqual(real_browser.said(browser), [])

    def picture(self, browser, name, width=1160):
        self.assertGreater(real_browser.picture(browser, name, width), 50_000)

    def select(self, browser, name, value):
        from selenium.webdriver.support.ui import Select
        Select(browser.find_element("id", name)).select_by_visible_text(value)

    def cell(self, browser, plan, metric):
        return browser.execute_script(
            "const c = document.querySelector(`#plans-table td[data-plan='${arguments[0]}'][data-metric='${arguments[1]}']`);"
            "return [Number(c.dataset.value), c.textContent]", plan, metric)

    def test_plans_and_personas_are_switched(self):
        file, said = self.results("scenarios/telecom.toml")
        page = self.page(file, "--budget", "5M")
        browser = self.open(page)
        self.check_quiet(browser)
        self.assertGreaterEqual(browser.execute_script("return document.querySelectorAll('canvas').length"), 8)
        self.picture(browser, "light")

        # What is seen is what the JSON says.
        for plan, entry in said["plans"].items():
            value, text = self.cell(browser, plan, "retention")
            self.assertEqual(value, entry["metrics"]["retention"]["mean"])
            # With the decimals of the interval beside it.
            said_value = text.replace("\u00a0", " ")
            whole = re.match(r"([\d.]+) %", said_value)[1]
            decimals = len(whole.partition(".")[2])
            self.assertAlmostEqual(float(whole), 100 * value, delta=0.51 * 0.1 ** decimals)
            for half in re.findall(r"^[\d.]+ %± ([\d.]+) pt$", said_value):
                self.assertEqual(decimals, len(half.partition(".")[2]), text)

        plans = [entry["name"] for entry in said["plans"].values()]
        shown = set()
        for plan, (identity, entry) in zip(plans, said["plans"].items()):
            self.select(browser, "plan", plan)
            cell = browser.find_element("css selector", "#outcomes [data-metric=npv]")
            self.assertEqual(float(cell.get_attribute("data-value")), entry["metrics"]["npv"]["mean"])
            self.assertLessEqual(len(browser.find_elements("css selector", "#outcomes tbody tr")), 7)
            shown.add(cell.text)
            visible = browser.execute_script("return [...document.querySelectorAll('.map svg')].filter((m) => !m.hasAttribute('hidden')).map((m) => m.dataset.plan)")
            self.assertEqual(visible, [identity])
        self.assertEqual(len(shown), len(plans))
        self.picture(browser, "last-plan")

        personas = list(next(iter(said["plans"].values()))["by_persona"])
        options = [option.text for option in browser.find_elements("css selector", "#persona option")]
        self.assertEqual(len(options), len(personas) + 1)
        for persona, option in zip(personas, options[1:]):
            self.select(browser, "persona", option)
            for plan, entry in said["plans"].items():
                self.assertEqual(self.cell(browser, plan, "retention")[0], entry["by_persona"][persona]["retention"]["mean"])
        self.picture(browser, "last-persona")
        self.check_quiet(browser)

        self.check_quiet(browser)

    def pages_of(self, page):
        """How many A4 pages a page prints on, and what stands on each."""
        browser = self.open(page)
        pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})["data"])
        self.assertTrue(pdf.startswith(b"%PDF"))
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        (SCREENSHOTS / "report.pdf").write_bytes(pdf)
        self.check_quiet(browser)
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))

    def test_prints_on_six_pages(self):
        page = self.page(self.results("scenarios/telecom.toml")[0], "--budget", "5M")
        self.assertLessEqual(self.pages_of(page), 6)
        # Its twin: where nothing is left out on paper, there are more.
        longer = self.folder / "longer.html"
        text = page.read_text(encoding="utf-8")
        longer.write_text(text.replace("</main>", "<section>" + "<p>More.</p>" * 400 + "</section></main>", 1), encoding="utf-8")
        self.assertGreater(self.pages_of(longer), 6)

    def test_the_first_page_says_what_the_json_says(self):
        """Sentences, verdicts and differences, without a script; and the picture lies between the same ends."""
        file, said = self.results("scenarios/telecom.toml")
        text = self.page(file, "--budget", "5M").read_text(encoding="utf-8")
        head = text[text.index("<header>"):text.index("</header>")]
        words = html.unescape(re.sub(r"<[^>]*>", "", head)).replace("\u2212", "-").replace("\u00a0", " ")
        verdict = {"better": "pays", "worse": "loses", "open": "open", "same": "no change"}
        kept = {"better": "more", "worse": "fewer", "open": "open", "same": "no change"}

        def check(said, words, head):
            for sentence in said["answer"]:
                self.assertIn(sentence, words)
            for plan in list(said["plans"].values())[1:]:
                [row] = re.findall(rf'<tr><th scope="row">{re.escape(plan["name"])}</th>(.*?)</tr>', head)
                cells = dict(re.findall(r'data-metric="(\w+)" data-value="([^"]*)"', row))
                self.assertEqual({name: float(value) for name, value in cells.items()},
                                 {name: plan["difference"][name]["mean"] for name in ("npv", "retained")})
                self.assertIn(f'>{verdict[plan["verdict"]["worth"]]}<', row)
                self.assertIn(f'>{kept[plan["verdict"]["kept"]]}<', row)
                self.assertEqual("not within the horizon" in row, plan["payback_days"] is None)

        check(said, words, head)
        for name, broken in (("a verdict", head.replace(">loses<", ">pays<").replace(">open<", ">pays<")), ("a figure", re.sub(r'data-value="(-?\d)', r'data-value="1\1', head))):
            with self.subTest(name), self.assertRaises(AssertionError):
                self.assertNotEqual(broken, head)
                check(said, words, broken)
        data = json.loads(re.findall(r'id="data">(.*?)</script>', text, re.DOTALL)[0])
        self.assertEqual([plan["worth"] for plan in data["verdicts"]], [plan["verdict"]["worth"] for plan in said["plans"].values()])
        self.assertEqual(list(said["plans"])[data["goal_leader"]], said["goal"]["leader"])
        self.assertIn("What would change the answer", head)

    def test_sentence_rows_charts_and_json_agree(self):
        """One comparison is told five times on the page, and always the same."""
        file, said = self.results("scenarios/telecom.toml")
        page = self.page(file, "--budget", "5M")
        plans = list(said["plans"].values())[1:]

        def check(page):
            browser = self.open(page)
            self.check_quiet(browser)
            # The picture has a mark for each plan, coloured by its verdict.
            marks = browser.execute_script("return [...document.querySelectorAll('header .picture circle')].map((mark) => mark.getAttribute('class'))")
            self.assertEqual(marks, [plan["verdict"]["worth"] for plan in plans])
            # The sentence names who leads in the rows, in the JSON and in the charts' titles and tables.
            leader = max(plans, key=lambda plan: plan["difference"]["npv"]["mean"])["name"]
            keeper = max(plans, key=lambda plan: plan["difference"]["retained"]["mean"])["name"]
            first, second = [one.text for one in browser.find_elements("css selector", "header .answer")]
            self.assertTrue(first.startswith(leader + " "), first)
            self.assertTrue(second.startswith(keeper + " keeps m"), second)
            titles = [one.text for one in browser.find_elements("css selector", "#plans-charts h3")]
            for metric, label, plan in (("retained", "Retained", keeper), ("npv", "Net present value", leader)):
                highest = self.shown_highest(said, metric)
                start = f"{label}: highest under {plan}, +" if highest == plan else f"{label}: raised under {plan}, +"
                [title] = [one for one in titles if one.startswith(label)]
                self.assertTrue(title.startswith(start), title)
                self.assertEqual("may be chance" in title, highest is None)
            # The heading of a score names a plan where that is told from every other, and else none.
            [title] = [one.text for one in browser.find_elements("css selector", "#nps-charts h3")]
            self.assertTrue(title.endswith(f", highest under {self.shown_highest(said, 'nps')}") or
                            self.shown_highest(said, "nps") is None and title.endswith("; chance may have made the differences"), title)
            tables = browser.execute_script("return [...document.querySelectorAll('#plans-charts figure')].map((one) => [...one.querySelectorAll('tbody tr')]"
                                            ".map((row) => [...row.children].map((cell) => cell.textContent)))")
            rows = {plan["name"]: plan for plan in plans}
            for name, change, half in tables[0]:
                of = rows[name]["difference"]["retained"]
                self.assertAlmostEqual(float(change.replace("\u2212", "-").split()[0]), 100 * of["mean"], delta=0.006)
                # Sentence and whisker have one interval: that of the JSON, on its longer side.
                self.assertAlmostEqual(float(half.split()[1]), 100 * max(of["high"] - of["mean"], of["mean"] - of["low"]), delta=0.006)
            # The rows of the plan that is chosen first, which is the leader by the goal.
            for row in browser.find_elements("css selector", "#outcomes tbody tr"):
                cell = row.find_element("css selector", "[data-metric]")
                self.assertEqual(float(cell.get_attribute("data-value")), rows[leader]["metrics"][cell.get_attribute("data-metric")]["mean"])

        check(page)
        text, broken = page.read_text(encoding="utf-8"), self.folder / "broken.html"
        for name, before, after in (("a mark", '<circle class="worse"', '<circle class="better"'), ("the sentence", '<p class="answer">', '<p class="answer">Not so: ')):
            broken.write_text(text.replace(before, after, 1), encoding="utf-8")
            with self.subTest(name), self.assertRaises(AssertionError):
                check(broken)

    def shown_highest(self, said, metric):
        """The name of the plan that is told from every other, by the pairs of the JSON."""
        above = dict.fromkeys(said["plans"], 0)
        for pair in said["best"][metric]["pairs"]:
            if pair["p_holm"] is not None and pair["p_holm"] < 0.05:
                above[pair["plan"] if pair["mean"] > 0 else pair["minus"]] += 1
        return next((said["plans"][plan]["name"] for plan, beaten in above.items() if beaten == len(above) - 1), None)

    def test_no_heading_names_a_plan_that_chance_may_have_put_first(self):
        """A plan that does nothing to speak of, among few people; its twin, which does much among many, is named."""
        scenario = (SOURCE / "scenarios/coffee.toml").read_text(encoding="utf-8")
        scenario = scenario[:scenario.index("[[improvement]]")]
        named = []
        for effect, customers in (("+0.001", 300), ("+0.3", 20000)):
            path, file = self.folder / f"chance{customers}.toml", self.folder / f"chance{customers}.h5"
            path.write_text(scenario + "".join(
                f'[[improvement]]\nid = "{name}"\ntarget = {{ touchpoint = "drink" }}\neffect = {{ quality = "{effect}{more}" }}\n'
                f'[[plan]]\nid = "plan-{name}"\nname = "Plan {name}"\nimprovements = ["{name}"]\n' for name, more in (("one", ""), ("two", "1"))[:1 if customers > 300 else 2]), encoding="utf-8")
            done = sojourn("compare", path, "--customers", customers, "--replications", 3, "--quiet", "-o", file)
            self.assertEqual(done.returncode, 0, done.stderr)
            browser = self.open(self.page(file, "--fast"))
            self.check_quiet(browser)
            titles = [one.text for one in browser.find_elements("css selector", "h3")]
            named.append([title for title in titles if "highest under" in title or title.endswith("most")])
            if customers == 300:
                self.assertTrue(any(title.startswith("Net promoter score over time: ") and "chance" in title for title in titles), titles)
        self.assertEqual(named[0], [])
        self.assertTrue(any(title.endswith("highest under Plan one") for title in named[1]), named)

    def test_the_contents_lead_to_every_section(self):
        browser = self.open(self.page(self.results("scenarios/telecom.toml")[0], "--budget", "5M"))
        targets = browser.execute_script("return [...document.querySelectorAll('#contents a')].map((a) => a.hash.slice(1))")
        sections = browser.execute_script("return [...document.querySelectorAll('main section')].map((s) => s.id)")
        self.assertEqual(targets, sections)
        self.assertGreaterEqual(len(targets), 10)

    def test_leverage_and_budget_are_seen(self):
        """What the tables show is what the JSON says, and the map and the page name the same touchpoints."""
        page = self.page(self.results("scenarios/telecom.toml")[0], "--budget", "5M")
        browser = self.open(page)
        [text] = re.findall(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
        data = json.loads(text)
        names = {row["id"]: row["name"] for row in data["leverage"]["rows"]}
        heading = browser.find_element("tag name", "header").text
        # Where one is not shown to be it, the heading says that, and which it seems to be.
        weakest, worth = (data["leverage"][key] for key in ("weakest", "worth_fixing"))
        self.assertIn(names[worth or data["leverage"]["leader"]], heading)
        self.assertEqual("No single touchpoint stands out" in heading, worth is None, heading)
        if weakest:
            self.assertIn(names[weakest], heading)
        else:
            self.assertNotIn("The weakest touchpoint is", heading)
        for row in data["leverage"]["rows"]:
            cell = browser.find_element("css selector", f"[data-lever='{row['id']}'][data-metric=npv]")
            self.assertEqual(float(cell.get_attribute("data-value")), row["npv"][0])
            self.assertIn(row["npv"][3].replace("-", "\u2212"), cell.text)
        cells = browser.find_elements("css selector", "#budget-charts [data-frontier]")
        self.assertEqual([float(cell.get_attribute("data-value")) for cell in cells], [point["npv"][0] for point in data["frontier"]["points"]])
        best = [point for point in data["frontier"]["points"] if point["allowed"]][-1]
        self.assertIn(best["name"], browser.find_element("css selector", "#budget figcaption").text.replace("\u00a0", " "))
        self.assertIn("EUR 5.00", browser.find_element("css selector", "#budget .lead").text)
        marked = browser.execute_script("return [...document.querySelectorAll('.map svg:not([hidden]) .gain text')].map((one) => one.textContent)")
        self.assertTrue(any(words.startswith("worth fixing") for words in marked) or not data["leverage"]["worth_fixing"], marked)
        self.check_quiet(browser)

    def test_a_plan_beyond_the_budget_of_quarters_is_told_so(self):
        """Advertising that is paid by the visit leads, and costs more in a quarter than there is; its twin costs less."""
        pages = []
        for by_visit, beyond in (("1.6", True), ("0.8", False)):
            file, said = self.results("scenarios/streaming.toml", "compare", "--set", f"improvement.ads.cost.per_visit={by_visit}", "--set", "budget.per_quarter=165_000")
            pages.append(self.page(file, "--budget", "300k"))
            text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", pages[-1].read_text(encoding="utf-8")))).replace("\u00a0", " ")
            self.assertTrue(said["answer"][0].startswith("All the advertising is worth most: "), said["answer"])
            self.assertEqual(said["answer"][0].endswith(". But it spends EUR 169 k in 2026 Q4, of a budget of EUR 165 k."), beyond, said["answer"])
            self.assertEqual("But it spends" in text, beyond)
            # A results file says so as well, and of the same sum.
            again = sojourn("compare", file, "--json")
            self.assertEqual(json.loads(again.stdout)["answer"], said["answer"])
            self.assertIn("tried within EUR 300 k, and EUR 165 k in a calendar quarter, ", text)
            self.assertEqual("All the advertising is beyond that." in text, beyond)
            self.assertNotIn("Without a limit", text)
            self.assertIn("Within EUR 165 k in a calendar quarter and no other limit: Buy", text)
        browser = self.open(pages[0])
        headings = [one.text.replace("\u00a0", " ") for one in browser.find_elements("css selector", "h3")]
        self.assertTrue(any(one.startswith("Cost against gain: within EUR 300 k, number ") for one in headings), headings)
        # Nobody held the plans against one another in lifetime value: nothing is said of chance.
        [lifetime] = [one for one in headings if one.startswith("Lifetime value: ")]
        self.assertRegex(lifetime, r"^Lifetime value: largest rise seen under .*, \+[\d.]+$")
        nothing = [row.text for row in browser.find_elements("css selector", "#budget tr") if "Nothing" in row.text]
        self.assertEqual(len(nothing), 1)
        self.assertNotIn("±", nothing[0])

    def test_plans_stand_side_by_side(self):
        """Five columns fit a window of 1280: the last plan was cut off."""
        browser = self.open(self.page(self.results("scenarios/streaming.toml")[0], "--fast"))
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        wide = "const box = document.querySelector('#plans-table .scroll'); return [box.querySelectorAll('thead th').length, box.scrollWidth - box.clientWidth]"
        columns, over = browser.execute_script(wide)
        self.assertGreaterEqual(columns, 5)
        self.assertLessEqual(over, 0)
        # Where a table is cut off, a shade says that there is more; it scrolls with the window, and the paper over it with the table.
        self.assertEqual(browser.execute_script("return getComputedStyle(document.querySelector('#plans-table .scroll')).backgroundAttachment"), "local, local, scroll, scroll")

    def test_touchpoints_fit_and_those_without_a_queue_have_a_dash(self):
        browser = self.open(self.page(self.results("scenarios/service-line.toml")[0]))
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        over = browser.execute_script("return [...document.querySelectorAll('#touchpoint-table .scroll')].map((box) => box.scrollWidth - box.clientWidth)")
        self.assertEqual(len(over), 2)  # with that of queues
        self.assertLessEqual(max(over), 0, over)
        for metric in ("wait_days", "gave_up"):
            said = browser.execute_script(f"return [...document.querySelectorAll('#touchpoint-table td[data-touchpoint][data-metric={metric}]')].map((cell) => cell.textContent)")
            self.assertGreater(len(said), 2)
            self.assertEqual(sum(text != "-" for text in said), 1, said)  # at the line alone
        # Who comes where is not followed where customers act on one another: no column of dashes.
        heads = browser.execute_script("return [...document.querySelectorAll('#touchpoint-table thead th')].map((cell) => cell.textContent)")
        self.assertIn("Best standard step", heads)
        self.assertNotIn("Reach", heads)

    def test_within_a_budget_that_the_leading_plan_exceeds_another_set_is_named(self):
        """Not as one that "may be no more than" the plan that leads, which is worth more and beyond the budget."""
        file, _ = self.results("scenarios/streaming.toml", "compare", "--set", "improvement.ads.cost.per_visit=1.6", "--set", "budget.per_quarter=165_000",
                               "--set", 'plan.half-ads.improvements=["lower-price"]')
        text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", self.page(file, "--budget", "300k").read_text(encoding="utf-8")))).replace("\u00a0", " ")
        self.assertIn("Within EUR 300 k, and EUR 165 k in a calendar quarter, which All the advertising is beyond, a set that is no plan here: ", text)
        self.assertNotIn("It may be no more than All the advertising is.", text)

    def test_no_axis_strikes_a_name_through(self):
        """A plan that keeps as many as before stands on the axis; its name does not."""
        scenario = (SOURCE / "scenarios/coffee.toml").read_text(encoding="utf-8")
        path, file = self.folder / "on-axis.toml", self.folder / "on-axis.h5"
        path.write_text(scenario[:scenario.index("[[improvement]]")] + "".join(
            f'[[improvement]]\nid = "{name}"\ntarget = {{ touchpoint = "drink" }}\neffect = {{ {effect} }}\n'
            f'[[plan]]\nid = "plan-{name}"\nname = "A plan that is called {name}"\nimprovements = ["{name}"]\n'
            for name, effect in (("one", 'revenue = "+0.3"'), ("two", 'quality = "+0.2"'))), encoding="utf-8")
        done = sojourn("compare", path, "--customers", 2000, "--replications", 3, "--quiet", "-o", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        picture = re.search(r'<figure class="picture">.*?</figure>', self.page(file, "--fast").read_text(encoding="utf-8"), re.DOTALL)[0]
        level = float(re.search(r'class="axis" d="M[-\d.]+ ([-\d.]+)H', picture)[1])
        names = re.findall(r'<text class="name" x="[-\d.]+" y="([-\d.]+)"[^>]*>([^<]*)', picture)
        self.assertEqual([name for _, name in names], ["A plan that is called one", "A plan that is called two"])
        for y, name in names:
            self.assertFalse(float(y) - 10 < level < float(y) + 3, name)  # from the top of its letters to their bottom

    def test_a_survey_is_told_over_the_whole_run(self):
        """Not by its last window, which may be a day with a handful of answers."""
        page = self.page(self.results("scenarios/perception-gap.toml", "run")[0], "--fast")
        browser = self.open(page)
        for survey in json.loads(re.findall(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)[0])["surveys"]:
            [caption] = [one.text.replace("\u00a0", " ") for one in browser.find_elements("css selector", "#survey-charts figure")
                         if one.text.startswith(f"{survey['name']}: measured and true")]
            for name in ("measured", "true"):
                mean = f"{survey['figures'][0][name][0]:.2f}".replace("-", "\u2212")
                self.assertRegex(caption, rf"Up to the horizon: .*{name} {mean} ± ")

    def test_the_policy_is_in_force(self):
        """The twin of the quiet console: what the policy forbids is refused and seen."""
        browser = self.open(self.page(self.results("scenarios/telecom.toml")[0]))
        browser.execute_script("const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s);"
                               "document.body.setAttribute('style', 'opacity: 0.5')")
        self.assertIsNone(browser.execute_script("return window.broken ?? null"))
        with self.assertRaisesRegex(AssertionError, "Content Security Policy"):
            self.check_quiet(browser)

    def test_dark_and_small(self):
        browser = self.open(self.page(self.results("scenarios/telecom.toml")[0], "--budget", "5M"), "dark")
        self.check_quiet(browser)
        self.picture(browser, "dark")
        self.assertEqual(browser.execute_script("return getComputedStyle(document.body).backgroundColor"), "rgb(15, 23, 32)")
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True})
        self.assertLessEqual(browser.execute_script("return document.documentElement.scrollWidth"), 391)
        self.picture(browser, "small", 390)
        self.check_quiet(browser)
        cut = """
          const faults = [];
          for (const one of document.querySelectorAll("header *, #contents *, h1, h2, h3, p, figcaption, .legend")) {
            const box = one.getBoundingClientRect();
            if (one.closest(".skip, [hidden], thead, svg") || !box.width) continue;
            const wide = one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !/auto|scroll/.test(getComputedStyle(one).overflowX);
            if (box.right > innerWidth + 1 || wide && !one.matches("canvas")) faults.push(one.tagName + "." + one.className);
          }
          return faults;"""
        self.assertEqual(browser.execute_script(cut), [])
        browser.execute_script("const p = document.createElement('p'); p.textContent = 'x'.repeat(200); document.querySelector('header').append(p)")
        self.assertNotEqual(browser.execute_script(cut), [])

    def test_readable_without_seeing(self):
        browser = self.open(self.page(self.results("scenarios/telecom.toml")[0], "--budget", "5M"))
        faults = browser.execute_script("""
          const faults = [];
          const say = (bad, what) => bad && faults.push(what);
          for (const tag of ["header", "main", "footer", "h1"]) say(document.querySelectorAll(tag).length !== 1, `one ${tag}`);
          for (const chart of document.querySelectorAll("figure:not([hidden]) .chart")) {
            say(chart.getAttribute("role") !== "img" || (chart.getAttribute("aria-label") ?? "").length < 40, "a chart has no words");
            say(!chart.closest("figure").querySelector("table tbody tr"), "a chart has no table");
          }
          for (const map of document.querySelectorAll(".map svg")) {
            const ids = map.getAttribute("aria-labelledby").split(" ");
            say(ids.some((id) => document.querySelectorAll(`[id="${id}"]`).length !== 1), "a map has no name of its own");
          }
          for (const select of document.querySelectorAll("select")) say(!select.labels.length, "a choice without a label");
          for (const table of document.querySelectorAll("table")) {
            say(!table.caption, "a table without a caption");
            say([...table.querySelectorAll("th")].some((th) => !th.scope), "a heading without a scope");
          }
          for (const box of document.querySelectorAll(".scroll, .map")) say(box.tabIndex !== 0, "cannot be scrolled by keyboard");
          const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
          say(new Set(ids).size !== ids.length, "an id twice");
          for (const region of document.querySelectorAll("section")) say(!document.getElementById(region.getAttribute("aria-labelledby")), "a section without a name");
          return faults;""")
        self.assertEqual(faults, [])

    @unittest.skipUnless(AXE.exists(), "axe-core was not fetched with the page's packages")
    def test_axe_finds_nothing_serious(self):
        for scheme in ("light", "dark"):
            browser = self.open(self.page(self.results("scenarios/telecom.toml")[0], "--budget", "5M"), scheme)
            browser.set_script_timeout(120)
            self.assertEqual(serious(browser), [], scheme)
        browser.execute_script("for (const label of document.querySelectorAll('#controls label')) label.replaceWith(...label.querySelectorAll('select'))")
        self.assertIn("select-name", [one[1] for one in serious(browser)])

    def test_mechanisms_of_the_market(self):
        for scenario in ("contact-centre", "word-of-mouth", "software"):
            matches = [path for path in (SOURCE / "scenarios").glob("*.toml") if scenario in path.stem and "-sweep" not in path.stem]
            for path in matches:
                with self.subTest(path.name):
                    file = self.folder / f"market-{path.stem}.h5"
                    done = sojourn("run", path, "--customers", 2000, "--replications", 2, "--quiet", "-o", file)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    browser = self.open(self.page(file, "--fast"))
                    self.check_quiet(browser)
                    self.assertGreater(browser.execute_script("return document.querySelectorAll('#market figure:not([hidden])').length"), 0)
                    self.picture(browser, path.stem)


class Workbook(Report):
    def test_tables_are_those_of_compare(self):
        file, said = self.results("scenarios/telecom.toml")
        out = self.folder / "tables.xlsx"
        done = sojourn("report", file, "--fast", "--xlsx", out, *(["-o", self.folder / "beside.html"] if PAGES else []))
        self.assertEqual(done.returncode, 0, done.stderr)
        book = openpyxl.load_workbook(out, read_only=True)
        self.assertEqual(book.sheetnames, ["About", "Plans", "Personas", "Touchpoints", "Over time"])
        rows = {(row[0], row[1]): row[2:] for row in book["Plans"].iter_rows(min_row=2, values_only=True)}
        for entry in said["plans"].values():
            for label, name in (("Retention", "retention"), ("Net present value", "npv"), ("Net promoter score", "nps")):
                value, change = entry["metrics"][name], entry["difference"][name]
                for cell, expected in zip(rows[entry["name"], label], [value["mean"], value["low"], value["high"], change["mean"], change["low"], change["high"]]):
                    self.assertAlmostEqual(cell, expected, delta=1e-12 * abs(expected))
        full = self.folder / "full.xlsx"
        if PAGES:
            full = self.page(file, "--budget", "5M").with_suffix(".xlsx")
        else:
            done = sojourn("report", file, "--no-progress", "--budget", "5M", "--xlsx", full)
            self.assertEqual(done.returncode, 0, done.stderr)
        book = openpyxl.load_workbook(full, read_only=True)
        self.assertEqual(book.sheetnames, ["About", "Plans", "Personas", "Touchpoints", "Leverage", "Budget", "Over time"])
        leverage = list(book["Leverage"].iter_rows(min_row=2, values_only=True))
        self.assertEqual(len(leverage), 20)
        self.assertEqual(list(book["Budget"].iter_rows(min_row=2, max_row=2, values_only=True))[0][:3], ("Nothing", 0, 0))
        again = self.folder / "again.xlsx"
        sojourn("report", file, "--fast", "--xlsx", again, *(["-o", self.folder / "beside.html"] if PAGES else []))
        self.assertEqual(out.read_bytes(), again.read_bytes())


class Refusals(Report):
    def check(self, words, status, *arguments):
        done = sojourn("report", *arguments)
        self.assertEqual((done.returncode, done.stdout), (status, ""))
        self.assertIn(words, done.stderr)

    def test_what_is_no_results_file(self):
        self.check("is not a results file", 2, SOURCE / "scenarios/telecom.toml")
        self.check("there is no such file", 2, self.folder / "none.h5")

    def test_names_that_are_none_of_a_page_or_workbook(self):
        file, _ = self.results("scenarios/coffee.toml", "run")
        self.check("end it in .html", 2, file, "-o", self.folder / "out.pdf")
        self.check("end it in .xlsx", 2, file, "-o", self.folder / "out.html", "--xlsx", self.folder / "out.csv")
        self.check("--fast simulates nothing", 2, file, "-o", self.folder / "out.html", "--fast", "--budget", "1M")
        self.check("no amount of money", 2, file, "-o", self.folder / "out.html", "--budget", "much")
        self.assertFalse((self.folder / "out.html").exists())


class MeasuredMap(Report):
    def svg(self, *arguments):
        out = self.folder / "map.svg"
        done = sojourn("map", *arguments, "-o", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        return out.read_text(encoding="utf-8")

    def test_a_plan_marks_what_it_changes(self):
        before = self.svg(SOURCE / "scenarios/telecom.toml")
        self.assertNotIn("→ ", re.sub(r"<title>.*?</title>", "", before))
        plan = list(self.results("scenarios/telecom.toml")[1]["plans"])[1]
        after = self.svg(SOURCE / "scenarios/telecom.toml", "--plan", plan)
        self.assertIn('class="ring"', after)
        self.assertRegex(after, r'class="changed strong mid">[^<]*→')
        self.assertNotIn('class="path"', after)

    def test_results_draw_the_line_of_satisfaction(self):
        file, said = self.results("scenarios/telecom.toml")
        plan = list(said["plans"])[1]
        alone = self.svg(file)
        self.assertIn("Satisfaction along the main path", alone)
        self.assertNotIn('class="was"', alone)
        both = self.svg(SOURCE / "scenarios/telecom.toml", "--results", file, "--plan", plan)
        self.assertIn('class="was"', both)
        self.assertIn("measured satisfaction", both)

    def test_results_of_another_journey_are_refused(self):
        file, _ = self.results("scenarios/coffee.toml", "run")
        done = sojourn("map", SOURCE / "scenarios/telecom.toml", "--results", file, "-o", self.folder / "no.svg")
        self.assertEqual(done.returncode, 2)
        self.assertIn("another journey", done.stderr)


def tearDownModule():
    if SCREENSHOTS.exists():
        print(f"pictures: {SCREENSHOTS}")


if __name__ == "__main__":
    unittest.main()
