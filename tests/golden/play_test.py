"""The page of `sojourn play` in a real browser: moves, answers, links, exports, the map, classes and lessons, by mouse and by keyboard.

Pictures of the page are kept where those of report_test.py are.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import real_browser
from program import SOJOURN, ProgramTest
from real_browser import AXE

SOURCE = Path(os.environ["SOJOURN_SOURCE"])
COFFEE, TELECOM, QUEUE = (SOURCE / f"scenarios/{name}.toml" for name in ("coffee", "telecom", "two-tills"))
PEOPLE = {COFFEE: 300, TELECOM: 2000, QUEUE: 6700}  # few: the page is tested, not the simulation
LESSON = {"predict": "Which of the two is worth fixing?", "choices": ["The weakest", "What everybody meets"], "answer": 1, "because": "More people meet it.",
          "state": "", "try": [{"text": "The weakest instead", "state": ""}], "sources": ["A book"]}


@unittest.skipUnless(AXE.exists(), "this build has no page: npm was not found")
@real_browser.needs_browser
class Play(ProgramTest):
    maxDiff = None
    browser = None  # one for all tests
    servers = {}    # address by scenario, for all tests

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="sojourn-play-")
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)
        cls.browser = real_browser.started(cls.scratch, 1400)
        cls.addClassCleanup(cls.browser.quit)
        cls.browser.set_script_timeout(60)

    def address(self, scenario):
        """Where the scenario is played; served until all tests are done."""
        if scenario not in Play.servers:
            few = self.scratch / scenario.name
            few.write_text(re.sub(r"^customers( *)= [\d_]+", rf"customers\1= {PEOPLE[scenario]}", scenario.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
            server = subprocess.Popen([SOJOURN, "play", few.name, "--port", "0", "--no-open", "--quiet"], cwd=self.scratch, stdout=subprocess.PIPE, text=True)

            def stop():
                Play.servers.pop(scenario)
                server.send_signal(signal.SIGINT)
                server.wait(timeout=20)
                server.stdout.close()
            Play.addClassCleanup(stop)
            Play.servers[scenario] = server.stdout.readline().strip()
        return Play.servers[scenario]

    def open(self, scenario=COFFEE, state="", scheme="light", motion="reduce", width=None, before=""):
        """The page; `before` runs in it before its own script."""
        browser = self.browser
        browser.get("about:blank")
        browser.get_log("browser")  # what the test before has left
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        if width:
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": True})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]})
        script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": before})["identifier"]
        browser.get(self.address(scenario) + ("#" + state if state else ""))
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})
        return browser

    def wait(self, what, *arguments, seconds=60):
        """Until the script `what` gives something; that."""
        until = time.monotonic() + seconds
        while not (found := self.browser.execute_script(what, *arguments)):
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.03)
        return found

    def settled(self, state="untouched"):
        """The last answer to a state, metric by metric: now, change, low, high."""
        self.wait("return document.body.dataset.settled === arguments[0]", state)
        rows = self.browser.execute_script("return [...document.querySelectorAll('#figures tr[data-metric]')].map((row) => ({...row.dataset}))")
        number = lambda text: None if text == "" else float(text)
        return {row["metric"]: [number(row[name]) for name in ("now", "change", "low", "high")] for row in rows}

    def check_quiet(self):
        self.assertEqual(real_browser.said(self.browser), [])

    def picture(self, name):
        width = self.browser.execute_script("return innerWidth")
        self.assertGreater(real_browser.picture(self.browser, f"play-{name}", width), 30_000)

    def element(self, name):
        return self.browser.find_element("id", name)

    def slide(self, knob, value):
        """Moves a slider as a hand does: one event a step."""
        self.browser.execute_script("const range = document.getElementById(`knob-${arguments[0]}-range`); range.value = arguments[1];"
                                    "range.dispatchEvent(new Event('input', {bubbles: true})); range.dispatchEvent(new Event('change', {bubbles: true}))", knob, value)

    def start(self):
        return self.browser.execute_script("return JSON.parse(document.getElementById('start').textContent)")

    # What is seen of the answers: their stage, and how long the whiskers are.
    WATCH = ("window.seen = []; new MutationObserver(() => { const card = document.querySelector('.headline'); "
             "seen.push([Number(document.getElementById('precision').dataset.stage), card.dataset.high - card.dataset.low, card.querySelector('.bar').offsetWidth]); })"
             ".observe(document.getElementById('precision'), {attributes: true, attributeFilter: ['data-stage']})")

    def test_a_moved_slider_is_answered_with_growing_precision(self):
        self.open()
        before = self.settled()
        self.assertEqual({tuple(one[1:]) for one in before.values()}, {(None, None, None)})
        self.browser.execute_script(self.WATCH)
        key = self.start()["knobs"][0]["key"]
        self.slide(0, 0.9)
        after = self.settled(f"{key}=0.9")
        seen = self.browser.execute_script("return window.seen")
        self.assertNotEqual(after["retained"][0], before["retained"][0])
        self.assertAlmostEqual(after["retained"][0] - after["retained"][1], before["retained"][0], delta=1e-9)
        self.assertGreaterEqual(len({stage for stage, *_ in seen}), 3)
        self.assertEqual([stage for stage, *_ in seen], sorted(stage for stage, *_ in seen))
        self.assertLess(seen[-1][1], 0.6 * seen[0][1], "the whisker does not shrink")
        self.assertLess(seen[-1][2], seen[0][2], "the whisker is not seen to shrink")
        self.assertIn("settled", self.element("precision").text)
        self.assertIn("0.9" if not self.start()["knobs"][0]["percent"] else "90 %", self.element("moved").text)
        self.assertEqual(self.element("moved").get_attribute("aria-live"), "polite")
        self.check_quiet()

    def test_the_last_of_many_moves_is_answered(self):
        self.open()
        key = self.start()["knobs"][0]["key"]
        self.settled()
        self.browser.execute_script("performance.clearResourceTimings()")
        self.browser.execute_async_script("""const done = arguments[0], range = document.getElementById('knob-0-range');
          (async () => { for (let i = 1; i <= 200; ++i) { range.value = i / 250; range.dispatchEvent(new Event('input', {bubbles: true}));
            await new Promise((next) => setTimeout(next, 4)); } })().then(done)""")
        self.settled(f"{key}=0.8")
        asked = self.browser.execute_script("return performance.getEntriesByType('resource').map(({name}) => name).filter((name) => name.includes('answers?'))")
        self.assertLess(len(asked), 100)  # one, on a machine that has time
        # One drag is one step back.
        self.element("undo").click()
        self.settled()
        self.assertFalse(self.element("undo").is_enabled())

    def test_steps_back_and_forth_and_a_table_of_what_was_tried(self):
        self.open()
        first = self.settled()
        start = self.start()
        key, improvement = start["knobs"][0]["key"], start["improvements"][0]["id"]
        self.slide(0, 0.9)
        second = self.settled(f"{key}=0.9")
        time.sleep(1.1)
        self.element("improvement-0").click()
        both = f"{key}=0.9&improvement.{improvement}=1"
        third = self.settled(both)
        self.assertNotEqual(second, third)
        self.element("undo").click()
        self.assertEqual(self.settled(f"{key}=0.9"), second)
        self.element("undo").click()
        self.assertEqual(self.settled(), first)
        self.element("redo").click()
        self.element("redo").click()
        self.assertEqual(self.settled(both), third)
        rows = self.browser.find_elements("css selector", "#tried-table .back")
        self.assertEqual(len(rows), 3)
        rows[1].click()
        self.assertEqual(self.settled(f"{key}=0.9"), second)
        self.browser.find_elements("css selector", "#tried-table .remove")[0].click()
        self.assertEqual(len(self.browser.find_elements("css selector", "#tried-table .back")), 2)
        self.element("reset-all").click()
        self.assertEqual(self.settled(), first)
        plan = self.browser.find_elements("css selector", ".plan")
        if plan:
            plan[0].click()
            self.assertEqual(plan[0].get_attribute("aria-pressed"), "true")

    def test_a_link_shares_the_state(self):
        self.open()
        start = self.start()
        self.settled()
        self.slide(0, 0.9)
        self.element("improvement-0").click()
        state = f"{start['knobs'][0]['key']}=0.9&improvement.{start['improvements'][0]['id']}=1"
        answer = self.settled(state)
        link = self.element("state-link").get_attribute("value")
        self.assertEqual(link, self.browser.current_url)
        self.assertTrue(link.endswith("#" + state))
        self.open(state=link.split("#")[1])
        self.assertEqual(self.settled(state), answer)
        # By positions, as where names are too long; and by hand, with what there is not.
        self.browser.execute_script("location.hash = 'k0=0.9&i0=1'")
        self.assertEqual(self.settled(state), answer)
        self.browser.execute_script("location.hash = 'k0=0.8&nothing.of.this=3&improvement.none=1'")
        self.settled(f"{start['knobs'][0]['key']}=0.8")
        note = self.element("notes").text
        self.assertIn("nothing.of.this", note)
        self.assertIn("improvement.none", note)
        self.browser.execute_script("location.hash = 'k0=7'")
        self.settled(f"{start['knobs'][0]['key']}={start['knobs'][0]['to']:g}")
        self.assertIn("became", self.element("notes").text)

    def test_a_long_state_is_linked_by_positions_and_what_is_refused_is_told(self):
        # 90 knobs that the server does not know.
        self.open(before="const parse = JSON.parse; JSON.parse = (text) => { const value = parse(text); if (value && value.knobs) { const one = value.knobs[0]; "
                         "for (let i = 0; i < 90; ++i) value.knobs.push({...one, key: `persona.with-a-long-name-${i}.trait.that-has-another.mean`}); } return value; };")
        self.settled()
        first = len(self.browser.execute_script("return document.querySelectorAll('.knob')")) - 90
        state = "&".join(f"k{first + i}=0.25" for i in range(90))
        self.browser.execute_script("location.hash = arguments[0]", state)
        self.wait("return document.getElementById('notes').textContent.includes('no knob')")
        link = self.element("state-link").get_attribute("value")
        self.assertLessEqual(len(link), 2000)
        self.assertEqual(link.split("#")[1], state)
        self.assertFalse(self.element("command").is_displayed())
        self.assertIn("not simulated", self.element("precision").text)
        self.browser.execute_script("location.hash = arguments[0]", "k0=0.9")
        self.settled(f"{self.start()['knobs'][0]['key']}=0.9")
        self.assertEqual(self.element("notes").text, "")
        self.assertTrue(self.element("command").is_displayed())

    def test_what_is_exported_repeats_the_figures(self):
        self.open(state="k0=0.9&i0=1")
        start = self.start()
        answer = self.settled(f"{start['knobs'][0]['key']}=0.9&improvement.{start['improvements'][0]['id']}=1")
        words = shlex.split(self.element("command").get_attribute("value"))
        self.assertEqual(words[0], "sojourn")
        shutil.copy(self.scratch / COFFEE.name, self.folder)
        said = json.loads(self.sojourn(*words[1:], "--json", "--quiet").stdout)

        def check(page):
            compared = 0
            plan = list(said["plans"].values())[-1]
            for name, (now, change, low, high) in page.items():
                self.assertEqual(plan["metrics"][name]["mean"], now, name)
                if change:
                    self.assertEqual([plan["difference"][name][part] for part in ("mean", "low", "high")], [change, low, high], name)
                    compared += 1
            self.assertGreater(compared, 5)
        check(answer)
        with self.assertRaises(AssertionError):
            check({**answer, "retained": [one * (1 + 1e-12) for one in answer["retained"]]})
        file = self.folder / "tried.toml"
        text = self.browser.execute_async_script("const done = arguments[0]; fetch(document.getElementById('scenario-link').href).then((one) => one.text()).then(done)")
        file.write_text(text)
        self.sojourn("check", file)

    def test_the_map_is_alive(self):
        browser = self.open(TELECOM, motion="no-preference")
        places = "return [...document.querySelectorAll('.people circle:not([visibility])')].map((dot) => dot.getAttribute('transform'))"
        self.wait("return document.querySelectorAll('.people circle').length > 100")
        slider = "const day = document.getElementById('day'); day.value = arguments[0]; day.dispatchEvent(new Event('input', {bubbles: true}))"
        browser.execute_script(slider, 300)
        self.assertEqual(self.element("play").text, "Play")
        still = browser.execute_script(places)
        self.assertGreater(len(still), 20)
        time.sleep(0.3)
        self.assertEqual(browser.execute_script(places), still)
        self.assertIn("Day 300", self.element("day-words").text)
        browser.execute_script("document.getElementById('map').scrollIntoView()")
        self.element("play").click()
        time.sleep(0.8)
        self.assertNotEqual(browser.execute_script(places), still)
        self.element("play").click()
        # No dot leaves the map.
        outside = """const map = document.querySelector('.sojourn-map').getBoundingClientRect();
          return [...document.querySelectorAll('.people circle:not([visibility])')].filter((dot) => { const at = dot.getBoundingClientRect();
            return at.left < map.left - 20 || at.right > map.right + 20 || at.top < map.top - 20 || at.bottom > map.bottom + 20; }).length"""
        for day in range(10, 730, 80):
            browser.execute_script(slider, day)
            self.assertEqual(browser.execute_script(outside), 0)
        changed = "return document.querySelectorAll('.sojourn-map .more, .sojourn-map .less').length"
        self.assertEqual(browser.execute_script(changed), 0)
        browser.execute_script("location.hash = 'touchpoint.call-support.quality.mean=0.9'")
        self.wait(changed)
        self.picture("telecom")
        self.check_quiet()

    def test_without_motion_the_map_is_a_picture_of_a_day(self):
        browser = self.open()
        self.settled()
        self.assertFalse(self.element("play").is_displayed())
        self.assertGreater(len(browser.find_elements("css selector", ".people circle:not([visibility])")), 5)
        places = "return [...document.querySelectorAll('.people circle')].map((dot) => dot.getAttribute('transform')).join()"
        first = browser.execute_script(places)
        time.sleep(0.5)
        self.assertEqual(browser.execute_script(places), first)
        self.assertEqual(browser.execute_script("return document.getAnimations().length"), 0)

    def test_a_queue_stands_on_the_map(self):
        browser = self.open(QUEUE)
        self.wait("return document.querySelector('.queue text')?.textContent.includes('in line')")
        self.assertIn("In line, before", self.wait("return document.querySelector('#places-table thead')?.textContent"))
        self.assertEqual(browser.execute_script("return document.querySelectorAll('.curves canvas, #curves canvas').length"), 3)

    def test_by_keyboard_alone(self):
        from selenium.webdriver.common.keys import Keys
        browser = self.open()
        self.settled()
        key = self.start()["knobs"][0]

        def press(*keys):
            browser.switch_to.active_element.send_keys(*keys)

        def tab_to(wanted, back=False):
            browser.switch_to.active_element if browser.execute_script("return document.activeElement !== document.body") else browser.find_element("tag name", "body")
            for _ in range(200):
                press(*([Keys.SHIFT, Keys.TAB] if back else [Keys.TAB]))
                if browser.execute_script("return document.activeElement.id") == wanted:
                    self.assertNotEqual(browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle"), "none", wanted)
                    return
            self.fail(f"Tab does not reach {wanted}")
        browser.find_element("tag name", "body").send_keys(Keys.TAB, Keys.TAB)
        self.assertEqual(browser.switch_to.active_element.text, "Skip to the answer")
        press(Keys.ENTER)
        self.assertEqual(browser.execute_script("return [document.activeElement.id, location.hash]"), ["answer", ""])
        tab_to("knob-0-range", back=True)
        for _ in range(5):
            press(Keys.ARROW_RIGHT)
        value = round(key["value"] + 5 * key["step"], 9)
        answer = self.settled(f"{key['key']}={value:g}")
        press(Keys.CONTROL, "z")
        self.settled()
        press(Keys.CONTROL, "y")
        self.assertEqual(self.settled(f"{key['key']}={value:g}"), answer)
        tab_to("knob-0-number")
        press(Keys.CONTROL, "a")
        press(str(90 if key["percent"] else 0.9), Keys.ENTER)
        self.settled(f"{key['key']}=0.9")
        tab_to("improvement-0", back=True)
        press(Keys.SPACE)
        self.settled(f"{key['key']}=0.9&improvement.{self.start()['improvements'][0]['id']}=1")
        browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(self.folder)})
        tab_to("scenario-link")
        press(Keys.ENTER)
        until = time.monotonic() + 20
        while not list(self.folder.glob("*.toml")):
            self.assertLess(time.monotonic(), until, "nothing was exported")
            time.sleep(0.05)
        self.sojourn("check", *self.folder.glob("*.toml"))

    def test_on_a_phone_the_answer_stands_beside_the_first_switches(self):
        browser = self.open(width=390)
        self.settled()
        bar = lambda: browser.execute_script("const box = document.getElementById('glance').getBoundingClientRect(); return [box.height, box.top, box.bottom]")
        self.assertEqual(bar()[0], 0)
        self.element("improvement-0").click()
        self.settled(f"improvement.{self.start()['improvements'][0]['id']}=1")
        browser.execute_script("scrollTo(0, 0)")
        self.wait("return document.body.classList.contains('at-top') && document.getElementById('glance').offsetHeight > 0")
        height, top, bottom = bar()
        self.assertEqual(bottom, 844)
        self.assertGreater(top, self.element("improvement-0").rect["y"])
        self.assertIn("Retained", self.element("glance").text)
        browser.execute_script("document.getElementById('knob-2-range').scrollIntoView({block: 'center'})")
        self.wait("return document.getElementById('glance').getBoundingClientRect().top === 0")
        self.element("cards").location_once_scrolled_into_view
        self.wait("return document.getElementById('glance').offsetHeight === 0")
        self.check_quiet()

    def test_ends_of_intervals_are_told_apart(self):
        self.open()
        self.settled()
        self.element("improvement-1").click()
        self.settled(f"improvement.{self.start()['improvements'][1]['id']}=1")
        cells = self.browser.execute_script("return [...document.querySelectorAll('#figures tr[data-low]')].map((row) => [row.dataset.low, row.dataset.high, row.cells[4].textContent])")
        told = [(low, high, text) for low, high, text in cells if " to " in text and low != high]
        self.assertGreater(len(told), 10)
        for low, high, text in told:
            first, last = text.split(" to ")
            self.assertFalse(last.replace("\u00a0", " ").startswith(first.replace("\u00a0", " ") + " ") or first == last, text)

    def test_narrow_screens_scroll_only_down(self):
        for scheme in ("light", "dark"):
            browser = self.open(TELECOM, state="i2=0.5", scheme=scheme, width=390)
            self.wait("return document.body.classList.contains('answered')")
            self.assertLessEqual(browser.execute_script("return document.documentElement.scrollWidth"), 390)
            browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
            self.assertLessEqual(browser.execute_script("return document.documentElement.scrollWidth"), 390)
            self.picture(f"narrow-{scheme}")

    def test_axe_finds_nothing_serious(self):
        for scheme, state in (("light", ""), ("dark", "k0=0.9")):
            self.open(state=state, scheme=scheme)
            self.wait("return document.body.dataset.settled")
            self.assertEqual(real_browser.serious(self.browser), [], scheme)
            self.picture(scheme)
        self.browser.execute_script("document.querySelector('#knob-0-number').removeAttribute('aria-label')")
        self.assertIn("label", [one[1] for one in real_browser.serious(self.browser)])

    def test_predictions_come_before_the_reveal(self):
        lesson = {**LESSON, "state": "k0=0.9", "try": [{"text": "More of it", "state": "k0=1"}]}
        browser = self.open(before="const parse = JSON.parse; JSON.parse = (text) => { const value = parse(text); "
                                   f"if (value && value.knobs) value.lesson = {json.dumps(lesson)}; return value; }};")
        for hidden in ("answer", "controls", "over-time", "all-figures", "export"):
            self.assertFalse(self.element(hidden).is_displayed(), hidden)
        self.assertEqual(real_browser.serious(self.browser), [])
        self.element("reveal").click()
        self.assertIn("Choose first", self.element("predict-first").text)
        self.assertFalse(self.element("answer").is_displayed())
        browser.find_element("css selector", "#gather-class summary").click()
        # The numbers of the terminal and of the sheet.
        self.assertEqual([one.text for one in browser.find_elements("css selector", "#lesson .letter")], ["1", "2"])
        self.element("lesson-class-lines").send_keys("Ann, B\nBob; 1\nCy, what everybody meets\n\"Di, Jr\", 2\nEve, C\n")
        self.assertIn("4 predictions read; not understood: line 5", self.element("lesson-class-read").text)
        self.element("prediction-0").click()
        self.element("reveal").click()
        self.assertIn("You predicted: The weakest. The answer: What everybody meets.", self.element("lesson").text)
        self.assertIn(LESSON["because"], self.element("lesson").text)
        self.assertEqual([row.text.split("\n")[0] for row in browser.find_elements("css selector", ".spread li")], ["The weakest", "What everybody meets ✓ the answer"])
        self.assertEqual([row.text for row in browser.find_elements("css selector", ".spread .count")], ["2 of 5", "3 of 5"])
        key = self.start()["knobs"][0]["key"]
        self.settled(f"{key}=0.9")
        self.assertTrue(self.element("answer").is_displayed())
        browser.find_element("css selector", ".try").click()
        self.settled(f"{key}=1")
        self.assertEqual(real_browser.serious(self.browser), [])

    def test_a_class_predicts_numbers(self):
        browser = self.open()
        first = self.settled()
        self.element("hide-answer").click()
        self.slide(0, 0.9)
        for hidden in ("answer", "living", "over-time", "all-figures", "tried"):
            self.assertFalse(self.element(hidden).is_displayed(), hidden)
        answer = self.settled(f"{self.start()['knobs'][0]['key']}=0.9")["retained"][0]
        self.element("class-lines").send_keys(f"Ann, {100 * answer:.3f} %\nBob; 1,5\nCy 99\nnobody\n")
        self.assertIn("3 predictions read; not understood: line 4", self.element("class-read").text)
        self.element("show-answer").click()
        self.assertTrue(self.element("answer").is_displayed())
        said = self.element("class-spread").text
        self.assertIn("Closest: Ann", said)
        self.assertIn("from 1.5 % to 99.0 %", said)
        self.assertEqual(len(browser.find_elements("css selector", ".strip .guess")), 3)
        self.assertNotEqual(answer, first["retained"][0])
        self.assertEqual(real_browser.serious(self.browser), [])

    def test_a_grid_is_explored_without_a_server(self):
        from selenium.webdriver.common.keys import Keys
        (self.folder / "grid.toml").write_text("""schema = 1
[sweep]
scenario = "coffee.toml"
design = { grid = {} }
plans = ["baseline", "mend-the-weakest", "mend-what-counts"]
customers = 200
replications = 4
[[vary]]
key = "touchpoint.drink.quality.mean"
from = 0.5
to = 0.7
steps = 3
[[vary]]
key = "touchpoint.queue.quality.mean"
from = 0.32
to = 0.52
steps = 3
""")
        shutil.copy(COFFEE, self.folder)
        self.sojourn("sweep", "grid.toml", "-o", "grid", "--quiet")
        self.sojourn("merge", "grid", "-o", "grid.h5", "--quiet")
        self.sojourn("explore", "grid.h5", "-o", "grid.html", "--quiet")
        browser, page = self.browser, (self.folder / "grid.html").as_uri()

        def figures():
            return {name: row[:2] for name, row in self.settled(browser.current_url.partition("#")[2] or "untouched").items() if row[0] is not None}

        def expected(point, plan):
            start = self.start()
            at = start["grid"]["points"].index(point)
            return {metric["name"]: [value[0], None if plan == 0 else change[0]] for metric, value, change in
                    zip(start["metrics"], start["grid"]["values"][at][plan], start["grid"]["changes"][at][plan]) if value[0] is not None}
        for scheme in ("light", "dark"):
            browser.get("about:blank")
            browser.get_log("browser")
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390 if scheme == "dark" else 1400, "height": 844, "deviceScaleFactor": 1, "mobile": scheme == "dark"})
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            browser.get(page)
            self.assertEqual(figures(), expected([1, 1], 1))
            first = self.element("knob-0-range")
            first.send_keys(Keys.ARROW_RIGHT)
            self.assertEqual(figures(), expected([2, 1], 1))
            self.element("plan-2").send_keys(Keys.SPACE)
            self.assertEqual(figures(), expected([2, 1], 2))
            self.assertNotEqual(expected([2, 1], 2), expected([2, 1], 1))
            self.element("plan-0").send_keys(Keys.SPACE)
            self.assertEqual(figures(), expected([2, 1], 0))
            first.send_keys(Keys.CONTROL, "z")
            self.assertEqual(figures(), expected([2, 1], 2))
            link = self.element("state-link").get_attribute("value")
            browser.get("about:blank")
            browser.get(link)
            self.assertEqual(figures(), expected([2, 1], 2))
            self.assertEqual(real_browser.serious(self.browser), [], scheme)
            self.assertLessEqual(browser.execute_script("return document.documentElement.scrollWidth"), browser.execute_script("return innerWidth"))
            self.picture(f"explore-{scheme}")
            self.check_quiet()

    def test_sliders_have_the_unit_of_their_key(self):
        """Only shares are percent; money has its currency, and what an effect adds is points; the charts show what the goal counts."""
        keys = {"touchpoint.first-bill.quality.mean": ([0.4, 0.6], "60 %"), "touchpoint.first-bill.next.churned.odds": ([0.5, 1.0], "1"),
                "improvement.plain-bill.effect.quality": ([0.1, 0.2], "20 points more"), "improvement.plain-bill.effect.effort": ([20, 40], "40 % less"),
                "improvement.app-assistant.cost.per_visit": ([0.02, 0.03], "0.03 EUR"), "behaviour.performance": ([0.5, 1.0], "1")}
        shutil.copy(TELECOM, self.folder)
        (self.folder / "units.toml").write_text('schema = 1\n[sweep]\nscenario = "telecom.toml"\ndesign = { grid = {} }\nplans = ["baseline", "clear-bill"]\n'
                                                'customers = 100\nreplications = 2\n' +
                                                "".join(f'[[vary]]\nkey = "{key}"\nvalues = {values}\n' for key, (values, _) in keys.items()))
        self.sojourn("sweep", "units.toml", "-o", "units", "--quiet")
        self.sojourn("merge", "units", "-o", "units.h5", "--quiet")
        self.sojourn("explore", "units.h5", "-o", "units.html", "--quiet")
        browser = self.browser
        browser.get((self.folder / "units.html").as_uri())
        self.assertEqual([knob["key"] for knob in self.start()["knobs"]], list(keys))
        for i, (key, (_, text)) in enumerate(keys.items()):
            self.slide(i, 1)
            self.assertEqual(self.element(f"knob-{i}-range").get_attribute("aria-valuetext"), text, key)
        titles = [one.text for one in browser.find_elements("css selector", "#curves h3")]
        self.assertTrue(all(title.startswith("Net present value, by ") for title in titles), titles)

    def test_a_server_that_is_gone_is_told(self):
        browser = self.open()
        self.wait("return document.body.classList.contains('answered')")
        browser.execute_script("window.EventSource = class extends EventTarget { constructor() { super(); setTimeout(() => this.dispatchEvent(new Event('error'))); } close() {} }")
        self.slide(0, browser.execute_script("return document.getElementById('knob-0-range').max"))
        self.wait("return document.getElementById('notes').textContent.includes('not there any more')")


if __name__ == "__main__":
    unittest.main(verbosity=2)
