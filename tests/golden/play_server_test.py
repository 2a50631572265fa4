"""The server of `sojourn play`: answers of growing precision that the command line repeats to the bit, and requests that it refuses."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from program import SOJOURN, ProgramTest

SOURCE = Path(os.environ["SOJOURN_SOURCE"])
COFFEE = SOURCE / "scenarios/coffee.toml"


class PlayTest(ProgramTest):
    def play(self, *words):
        return self.serve("play", *words)

    def serve(self, *words):
        """Starts the server; its address is kept, and the start data of the page returned."""
        self.server = subprocess.Popen([SOJOURN, *map(str, words), "--no-open"], cwd=self.folder, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.stop)
        self.address = self.server.stdout.readline().strip()
        self.assertRegex(self.address, r"^http://127\.0\.0\.1:\d+/[0-9a-f]{32}/$", self.address or self.server.stderr.read())
        self.port = int(re.search(r":(\d+)/", self.address).group(1))
        self.token = self.address.split("/")[3]
        page = urllib.request.urlopen(self.address, timeout=60).read().decode()
        return json.loads(re.search(r'<script type="application/json" id="start">(.*?)</script>', page, re.DOTALL).group(1))

    def stop(self):
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=20)
        self.server.stdout.close()
        self.server.stderr.close()

    def events(self, page="one", limit=None, **state):
        """The events of a state, name and data; the first `limit` of them."""
        found = []
        with urllib.request.urlopen(self.address + "answers?" + urllib.parse.urlencode({"page": page, **state}), timeout=120) as stream:
            name = None
            for line in stream:
                line = line.decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line[len("event: "):]
                elif line.startswith("data: "):
                    found.append((name, json.loads(line[len("data: "):])))
                    if limit and len(found) == limit:
                        break
        return found

    def answers(self, **state):
        return [data for name, data in self.events(**state) if name == "answer"]

    def raw(self, text, wait=10):
        """What the server sends back to `text` as it stands; empty where it hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            try:
                connection.sendall(text)
                connection.shutdown(socket.SHUT_WR)
                said = b""
                while part := connection.recv(65536):
                    said += part
                return said
            except OSError:
                return b""

    def status(self, path=None, method="GET", **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}" + (path if path is not None else f"/{self.token}/"), method=method,
                                         headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=60) as done:
                return done.status
        except urllib.error.HTTPError as error:
            return error.code


class Answers(PlayTest):
    def test_they_grow_more_precise_and_the_command_line_repeats_them_to_the_bit(self):
        start = self.play(COFFEE)
        names = [metric["name"] for metric in start["metrics"]]
        improvement = start["improvements"][0]["id"]
        state = {"touchpoint.queue.quality.mean": 0.7, f"improvement.{improvement}": 1}
        answers = self.answers(**state)
        self.assertEqual(len(answers), start["answers"])
        widths = [answer["metrics"][names.index("retained")]["change"] for answer in answers]
        widths = [high - low for _, low, high in widths]
        self.assertLess(widths[-1], 0.5 * widths[0])
        for answer in (answers[0], answers[-1]):
            words = shlex.split(answer["command"])[1:]
            self.assertEqual(self.repeated(names, words), {name: (cell["now"], cell["change"]) for name, cell in zip(names, answer["metrics"])})
            # With other luck they are others.
            self.assertNotEqual(self.repeated(names, [*words, "--seed", "5"])["retained"], self.repeated(names, words)["retained"])
        self.assertIn("Satisfaction rises most at", " ".join(answers[-1]["words"]))

    def repeated(self, names, words):
        """The figures of a command as an answer has them."""
        plan = json.loads(self.sojourn(*words, "--json", "--quiet").stdout)["plans"]["tried"]
        return {name: tuple([plan[kind][name][end] for end in ("mean", "low", "high")] for kind in ("metrics", "difference")) for name in names}

    def test_nothing_tried_is_the_scenario_itself_and_the_file_holds_what_is_tried(self):
        self.play(COFFEE)
        (first, *_) = self.answers()
        self.assertTrue(all(cell["now"] == cell["before"] for cell in first["metrics"]))
        self.assertEqual(first["words"], ["Nothing is tried yet: this is the scenario as it stands."])
        text = urllib.request.urlopen(self.address + "scenario.toml?improvement.second-till=1&k0=0.25").read().decode()
        self.folder.joinpath("tried.toml").write_text(text)
        self.sojourn("check", "tried.toml")
        self.assertIn('id = "tried"', text)

    def test_words_tell_what_two_digits_show_and_what_changes_nothing(self):
        self.folder.joinpath("coffee.toml").write_text(COFFEE.read_text() + '[[knob]]\nkey = "improvement.second-till.effect.effort"\nfrom = 10\nto = 90\n'
                                                       '[[knob]]\nkey = "touchpoint.queue.quality.mean"\nfrom = 0\nto = 1\n')
        start = self.play("coffee.toml")
        effect, quality = (knob["key"] for knob in start["knobs"])
        answer = self.answers(**{quality: 0.421})[-1]
        queue = [place["id"] for place in start["map"]["touchpoints"]].index("queue")
        before, now = answer["touchpoints"][queue]["satisfaction"]
        self.assertTrue(0 < now - before < 0.01)
        for word in answer["words"]:
            self.assertNotRegex(word, r"from (\S+) to \1\b")
        (answer, *_) = self.answers(**{effect: 80})
        self.assertEqual(answer["words"][0], f'{effect} changes nothing while the improvement "A second till" is off.')
        self.assertNotIn("together", " ".join(answer["words"]))
        (answer, *_) = self.answers(**{effect: 80, "improvement.second-till": 1})
        self.assertNotIn("changes nothing", " ".join(answer["words"]))
        self.assertIn("The difference is that of all these changes together: before has none of them.", answer["words"])
        for more, noted in (((), True), (("--try", "improvement.second-till=1"), False)):
            done = self.sojourn("compare", COFFEE, "--try", f"{effect}=-80%", *more, "--customers", 100, "--replications", 2)
            self.assertEqual("note: " + effect in done.stderr, noted)

    def test_no_difference_is_said_of_all_figures_alone(self):
        start = self.serve("lesson", "queue", "--page")
        state = {f'improvement.{start["improvements"][0]["id"]}': 1}
        ((_, answer),) = self.events(limit=1, **state)
        self.assertTrue(any(cell["shown"] for cell in answer["metrics"]))
        self.assertFalse([word for word in answer["words"] if word.startswith(("No difference", "So far no"))], answer["words"])

    def test_money_is_a_headline_wherever_it_moves(self):
        for goal, text in (("retained", COFFEE.read_text()), (None, (SOURCE / "scenarios/lessons/weakest.toml").read_text())):
            if goal:
                text = text.replace('currency     = "EUR"', f'currency = "EUR"\ngoal = "{goal}"', 1)
            self.folder.joinpath("scenario.toml").write_text(text)
            start = self.play("scenario.toml")
            headlines = [metric["name"] for metric in start["metrics"] if metric["headline"]]
            self.assertEqual(headlines, ["retained", "nps", *(["npv"] if goal else [])])
            self.stop()

    def test_the_horizon_moves_both_sides(self):
        start = self.play(COFFEE)
        horizon = next(k for k, knob in enumerate(start["knobs"]) if knob["key"] == "scenario.horizon")
        self.assertTrue(start["knobs"][horizon]["both"])
        (answer, *_) = self.answers(**{f"k{horizon}": start["knobs"][horizon]["from"]})
        self.assertTrue(all(cell["now"] == cell["before"] for cell in answer["metrics"]))
        self.assertAlmostEqual(answer["series"]["days"][-1], start["knobs"][horizon]["from"])

    def test_what_is_no_state_is_refused_with_a_reason(self):
        self.play(COFFEE)
        for state, said in (({"touchpoint.till.quality.mean": 0.5}, "there is no knob"), ({"k0": 7}, "out of reach"), ({"k0": "x"}, "out of reach"),
                            ({"improvement.nothing": 1}, "there is no improvement"), ({"k99": 1}, "there is no knob"),
                            ({"scenario.seed": 4}, "there is no knob"), ({"word_of_mouth.network.file": "/etc/passwd"}, "there is no knob")):
            events = self.events(**state)
            self.assertEqual([name for name, _ in events], ["refused", "done"], state)
            self.assertIn(said, events[0][1]["message"])

    def test_a_state_that_is_no_valid_scenario_is_told_without_lines_of_the_file(self):
        """Each slider is right alone; both together are not."""
        self.folder.joinpath("two.toml").write_text('''schema = 1
[scenario]
title = "t"
horizon = "1 year"
customers = 300
[[persona]]
id = "a"
share = 1
starts = { shop = 1 }
[[touchpoint]]
id = "shop"
stage = "purchase"
next = [ { to = "shop", probability = 0.4, after = "9 days" }, { to = "gone", probability = 0.4 }, { to = "gone", odds = 1 } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
''' + "".join(f'[[knob]]\nkey = "touchpoint.shop.next[{exit}].probability"\nfrom = 0.2\nto = 0.6\n' for exit in (0, 1)), encoding="utf-8")
        self.play(self.folder / "two.toml")
        [refused, _] = self.events(k0=0.6, k1=0.6)
        self.assertEqual(refused, ("refused", {"message": "probabilities sum to 1.2, but must sum to 1 or less", "hint": "take away 0.2 in all"}))

    def test_only_the_newest_move_of_a_page_is_simulated_to_its_end(self):
        self.play(SOURCE / "scenarios/telecom.toml")
        ends = {}

        def move(number):
            ends[number] = [name for name, _ in self.events(page="fast", k0=f"{0.3 + 0.002 * number:.3f}")]

        threads = []
        for number in range(200):
            threads.append(threading.Thread(target=move, args=(number,)))
            threads[-1].start()
            time.sleep(0.004)
        for thread in threads:
            thread.join()
        finished = [number for number, names in ends.items() if names[-1:] == ["done"]]
        self.assertEqual(len(finished), 1)
        self.assertGreater(finished[0], 150)  # threads may overtake one another by a few
        self.assertEqual(self.answers(page="fast", k0=0.5)[0]["stage"], 1)


class Lessons(PlayTest):
    def test_the_page_of_a_lesson_shows_its_figures_and_moves_its_causes(self):
        for name, told in (("weakest", [True, True, True]), ("one-channel", [True, True, True]), ("queue", [True, True, False])):
            start = self.serve("lesson", name, "--page")
            lesson, said = start["lesson"], json.loads(self.sojourn("lesson", name, "--json").stdout)
            self.assertEqual((lesson["predict"], lesson["choices"], lesson["answer"] + 1), (said["question"], said["choices"], said["answer"]))
            for shown, again in ((lesson["figures"], said["figures"]), (lesson["without"]["figures"], said["without"]["figures"])):
                self.assertEqual([[bar["value"][0] for bar in figure["bars"]] for figure in shown],
                                 [[bar["value"] for bar in figure["bars"]] for figure in again])
            self.assertEqual([one["state"] is not None for one in lesson["try"]], told, name)
            for state in [lesson["state"]] + [one["state"] for one in lesson["try"] if one["state"] is not None]:
                kind, answer = self.events(limit=1, **dict(urllib.parse.parse_qsl(state)))[0]
                self.assertEqual(kind, "answer", answer)
                self.assertTrue(answer["command"].startswith(f"sojourn new {name} -o {name}.toml && sojourn compare {name}.toml"))
            self.stop()

    def test_a_state_of_a_lesson_does_what_the_lesson_says(self):
        """The drink forgotten, mending the queue keeps more guests; as it is, hardly any."""
        start = self.serve("lesson", "weakest", "--page")
        retained = [metric["name"] for metric in start["metrics"]].index("retained")
        as_it_is, forgotten = (self.answers(**dict(urllib.parse.parse_qsl(state)))[-1]["metrics"][retained]["change"]
                               for state in ("improvement.second-till=1", start["lesson"]["try"][0]["state"]))
        self.assertGreater(forgotten[1], 0.03)
        self.assertLess(as_it_is[2], 0.01)

    def test_the_page_goes_with_nothing_else(self):
        for more in (("--predict", "1"), ("--sheet",), ("--json",), ("--set", "touchpoint.drink.weight=1")):
            self.assertIn("--page", self.sojourn("lesson", "weakest", "--page", *more, status=2).stderr)


class Tabs(PlayTest):
    def test_two_take_turns(self):
        """The second tab has its first answer before the first one has its last, and both the figures that each has alone."""
        start = self.play(SOURCE / "scenarios/two-tills.toml")
        horizon = next(k for k, knob in enumerate(start["knobs"]) if knob["key"] == "scenario.horizon")
        states = {"a": {"k0": 0.9}, "b": {"k0": 0.2, f"k{horizon}": start["knobs"][horizon]["from"]}}
        alone = {page: self.answers(**state) for page, state in states.items()}
        heard = []

        def listen(page):
            with urllib.request.urlopen(self.address + "answers?" + urllib.parse.urlencode({"page": page, **states[page]}), timeout=120) as stream:
                for line in stream:
                    if line.startswith(b"data: {\"stage\""):
                        heard.append((page, json.loads(line[len("data: "):])))

        threads = [threading.Thread(target=listen, args=(page,)) for page in states]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for page, before in alone.items():
            self.assertEqual([answer["metrics"] for which, answer in heard if which == page], [answer["metrics"] for answer in before])
        last = {page: max(place for place, (which, _) in enumerate(heard) if which == page) for page in states}
        first = {page: min(place for place, (which, _) in enumerate(heard) if which == page) for page in states}
        self.assertLess(max(first.values()), min(last.values()))


class Refusals(PlayTest):
    def test_it_answers_its_own_page_at_its_own_address_alone(self):
        self.play(COFFEE)
        own = f"http://127.0.0.1:{self.port}"
        self.assertEqual(self.status(), 200)
        self.assertEqual(self.status(Origin=own), 200)
        for headers in ({"Host": "evil.example"}, {"Host": f"evil.example:{self.port}"}, {"Origin": "http://evil.example"}, {"Origin": "null"},
                        {"Host": f"127.0.0.1:{self.port + 1}"}, {"Origin": own.replace("http:", "https:")}):
            self.assertEqual(self.status(**headers), 403, headers)
        wrong = ("0" if self.token[0] != "0" else "1") + self.token[1:]
        for path in ("/", f"/{wrong}/", f"/{self.token[:-1]}/", f"/{self.token}", "/../etc/passwd", "/answers?page=a"):
            self.assertEqual(self.status(path), 403, path)
        for path in (f"/{self.token}/../etc/passwd", f"/{self.token}/..%2f..%2fetc/passwd", f"/{self.token}/coffee.toml", f"/{self.token}//"):
            self.assertEqual(self.status(path), 404, path)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            self.assertEqual(self.status(method=method), 405, method)
        self.assertEqual(self.status(f"/{self.token}/answers?page=a&x=" + "y" * 5000), 414)
        self.assertEqual(self.status(f"/{self.token}/answers"), 400)
        # Only this machine: the server listens at no other address.
        listening = subprocess.run(["cat", "/proc/net/tcp", "/proc/net/tcp6"], capture_output=True, text=True, check=False).stdout
        at = [line.split()[1] for line in listening.splitlines() if f":{self.port:04X} " in line and line.split()[3] == "0A"]
        self.assertEqual(at, [f"0100007F:{self.port:04X}"])

    def test_a_body_of_ten_megabytes_is_not_taken(self):
        self.play(COFFEE)
        head = f"POST /{self.token}/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: 10000000\r\n\r\n".encode()
        said = self.raw(head + b"x" * 10_000_000)
        self.assertTrue(said == b"" or b" 405 " in said.split(b"\r\n")[0] or b" 413 " in said.split(b"\r\n")[0], said[:80])
        self.assertEqual(self.status(), 200)

    def test_it_survives_ten_thousand_malformed_requests(self):
        self.play(COFFEE)
        import random
        luck = random.Random(1)
        good = f"GET /{self.token}/answers?page=a&k0=0.5 HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        kinds = [b"", b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00\xff\xfe" * 50, b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 2000 + b"\r\n", b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                 b"GET /%zz%00%ff HTTP/1.1\r\nHost: x\r\n\r\n", b"GET http://[::1 HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nRange: bytes=5-1\r\nHost: x\r\n\r\n"]
        for number in range(10_000):
            text = bytearray(luck.choice(kinds) if number % 2 else good)
            for _ in range(luck.randrange(4)):
                if text:
                    text[luck.randrange(len(text))] = luck.randrange(256)
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
                    connection.sendall(bytes(text))
            except OSError:
                pass
        self.assertIsNone(self.server.poll())
        self.assertEqual(self.status(), 200)
        self.assertEqual(self.answers()[0]["stage"], 1)


class Commands(PlayTest):
    def test_ctrl_c_ends_it(self):
        self.play(COFFEE)
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(timeout=20), 0)

    def test_a_port_has_one_server(self):
        self.play(COFFEE)
        done = self.sojourn("play", COFFEE, "--no-open", "--port", self.port, status=1)
        self.assertIn(f"port {self.port} cannot be had", done.stderr)
        self.assertEqual({self.status() for _ in range(20)}, {200})

    def test_wrong_knobs_are_told_before_anything_is_served(self):
        knob = '\n[[knob]]\nkey = "touchpoint.queue.quality.mean"\nfrom = 0.3\nto = 0.9\nname = "Pace"\nwhy = "how quickly one is served"\n'
        coffee = COFFEE.read_text()
        file = self.folder / "coffee.toml"
        file.write_text(coffee + knob)
        start = self.play(file)
        self.assertEqual([(k["key"], k["name"], k["why"], k["from"], k["to"]) for k in start["knobs"]],
                         [("touchpoint.queue.quality.mean", "Pace", "how quickly one is served", 0.3, 0.9)])
        for before, after, said in (("from = 0.3", "from = 0.95", "to is below from"), ("0.3", "0.8", "which the slider does not reach"),
                                    ("to = 0.9", "to = 1.9", "must be between 0 and 1"), ("queue.quality.mean", "que.quality.mean", "there is no"),
                                    ("touchpoint.queue.quality.mean", "scenario.seed", "is a setting of the simulation"),
                                    ("touchpoint.queue.quality.mean", "knob[0].from", "is nothing that is simulated"), ("touchpoint.queue.quality.mean", "schema", "is nothing that is simulated"),
                                    ("touchpoint.queue.quality.mean", "touchpoint.queue.quality", "or name the key of one"),
                                    ('to = 0.9', "", '"to" is missing'), ("to = 0.9", "too = 0.9", "unknown key")):
            self.assertIn(before, knob)
            file.write_text(coffee + knob.replace(before, after, 1))
            for command in (("play", file, "--no-open"), ("check", file)):
                done = self.sojourn(*command, status=2)
                self.assertIn(said, done.stderr, command)
                self.assertRegex(done.stderr, r"coffee\.toml:\d+:\d+: error")

    def test_of_what_is_tried_twice_the_last_word_counts(self):
        def told(*words):
            done = self.sojourn("compare", COFFEE, *(more for word in words for more in ("--try", f"improvement.second-till={word}")), "--customers", 300,
                                "--replications", 2, "--json")
            return json.loads(done.stdout)["plans"]["tried"]["metrics"]["retained"]["mean"], done.stderr

        self.assertEqual(told(0, 1), told(1))
        self.assertNotEqual(told(1)[0], told(0)[0])
        self.assertEqual(told(1, 0), told(0))
        self.assertIn("improvement.second-till=0 changes nothing", told(0)[1])
        self.assertNotIn("changes nothing", told(1)[1])

    def test_try_is_refused_where_it_makes_no_sense(self):
        for words, said in ((("--try", "improvement.second-til=1"), 'did you mean "second-till"?'), (("--try", "x"), "is not a key and its value"),
                            (("--try", "improvement.second-till=2"), "is no level"), (("--try", "improvement.second-till="), '"" is no level'),
                            (("--try", "scenario.horizon=1 year"), "--set 'scenario.horizon=1 year'"),
                            (("--try", "improvement.second-till=1", "-o", "x.h5"), 'cannot keep what is tried as "x.h5"'),
                            (("--try", "scenario.horizon='1 year'"), "a setting of the question"),
                            (("--try", "touchpoint.queue.quality.mean=3"), "must be between 0 and 1"), (("--try", "touchpoint.queue.quality.men=1"), "unknown key"),
                            ((COFFEE, "--try", "k=1"), "several are compared"), (("--try", "improvement.second-till=1", "--uncertain"), "--uncertain")):
            self.assertIn(said, self.sojourn("compare", COFFEE, *words, status=2).stderr, words)

    def test_sliders_are_called_what_people_call_their_keys(self):
        self.folder.joinpath("s.toml").write_text("""schema = 1
[scenario]
title = "Labels"
horizon = "1 year"
customers = 20
replications = 2
[[persona]]
id = "p"
name = "People"
share = 1
starts = { live = 1 }
traits.patience = { gamma = { shape = 2, mean = "3 days" } }
arrives = { exponential = { mean = "5 days" } }
[[touchpoint]]
id = "live"
name = "Lives there"
stage = "purchase"
exits = "race"
next = [
  { to = "moved", after = { exponential = { mean = "200 days" } }, satisfaction = -1 },
  { to = "live", after = { uniform = ["10 days", "20 days"] } },
  { to = "live", after = { weibull = { scale = "30 days", shape = 2 } }, odds = 2 },
]
[[touchpoint]]
id = "moved"
name = "Moved"
stage = "retention"
end = "churned"
""")
        for key, value, name in (
                ("touchpoint.live.next.moved.after.exponential.mean", "'90 days', '150 days'", "Lives there: to Moved, mean delay"),
                ("touchpoint.live.next.moved.satisfaction", "-1, 0", "Lives there: to Moved, satisfaction"),
                ("touchpoint.live.next[1].after.uniform[1]", "'20 days', '40 days'", "Lives there: to Lives there (exit 2), largest delay"),
                ("touchpoint.live.next[2].after.weibull.shape", "1, 2", "Lives there: to Lives there (exit 3), delay, shape"),
                ("touchpoint.live.next[2].odds", "1, 2", "Lives there: to Lives there (exit 3), odds"),
                ("touchpoint.live.quality.mean", "0.5, 0.6", "Lives there: quality"),
                ("persona.p.traits.patience.gamma.mean", "'1 day', '2 days'", "People: mean patience"),
                ("persona.p.arrives.exponential.mean", "'5 days', '9 days'", "People: mean arrival"),
                ("behaviour.memory", "0.1, 0.2", "Behaviour: memory")):
            with self.subTest(key):
                self.folder.joinpath("g.toml").write_text('schema = 1\n[sweep]\nscenario = "s.toml"\ndesign = { grid = {} }\n[[vary]]\n'
                                                          f'key = "{key}"\nvalues = [{value}]\n')
                self.sojourn("sweep", "g.toml", "-o", f"points-{key}", "--quiet")
                self.sojourn("merge", f"points-{key}", "-o", "g.h5", "--quiet")
                self.sojourn("explore", "g.h5", "-o", "g.html", "--quiet")
                start = json.loads(re.search(r'<script type="application/json" id="start">(.*?)</script>', self.folder.joinpath("g.html").read_text(), re.DOTALL).group(1))
                self.assertEqual([knob["name"] for knob in start["knobs"]], [name])

    def test_a_grid_of_little_says_what_it_holds(self):
        self.folder.joinpath("coffee.toml").write_text(COFFEE.read_text())
        self.folder.joinpath("grid.toml").write_text("""schema = 1
[sweep]
scenario = "coffee.toml"
design = { grid = {} }
plans = ["baseline"]
customers = 50
replications = 2
[[vary]]
key = "touchpoint.drink.quality.mean"
values = [0.1, 0.5, 0.9]
""")
        self.sojourn("sweep", "grid.toml", "-o", "grid", "--quiet")
        self.sojourn("merge", "grid", "-o", "grid.h5", "--quiet")
        self.sojourn("explore", "grid.h5", "-o", "grid.html", "--quiet")
        page = self.folder.joinpath("grid.html").read_text()
        start = json.loads(re.search(r'<script type="application/json" id="start">(.*?)</script>', page, re.DOTALL).group(1))
        self.assertIsNone(start["grid"]["own"])
        wide = 0
        for point in start["grid"]["values"]:
            for metric, (_, low, high) in zip(start["metrics"], point[0]):
                if metric["kind"] == "share" and low is not None:
                    self.assertTrue(0 <= low <= high <= 1, metric["name"])
                    wide += low == 0 or high == 1
        self.assertGreater(wide, 0, "no interval reached further")
        self.assertEqual([knob["name"] for knob in start["knobs"]], ["Drinks: quality"])
        # Of those few who are followed all leave within the horizon, or nobody is known for 90 days: run says "-", not 0 %.
        scenario = (SOURCE / "scenarios/telecom.toml").read_text().replace('horizon = "24 months"', 'horizon = "300 days"')
        self.folder.joinpath("short.toml").write_text(scenario)
        self.folder.joinpath("short-grid.toml").write_text("""schema = 1
[sweep]
scenario = "short.toml"
design = { grid = {} }
plans = ["baseline"]
customers = 2
replications = 6
[[vary]]
key = "touchpoint.first-bill.quality.mean"
values = [0.35, 0.65]
""")
        self.sojourn("sweep", "short-grid.toml", "-o", "short", "--quiet")
        self.sojourn("merge", "short", "-o", "short.h5", "--quiet")
        self.sojourn("explore", "short.h5", "-o", "short.html", "--quiet")
        page = self.folder.joinpath("short.html").read_text()
        start = json.loads(re.search(r'<script type="application/json" id="start">(.*?)</script>', page, re.DOTALL).group(1))
        self.assertNotIn("retention_365", [metric["name"] for metric in start["metrics"]])
        self.assertIn("retained", [metric["name"] for metric in start["metrics"]])
        said = self.sojourn("explore", "coffee.toml", "-o", "x.html", status=2).stderr
        self.assertIn("not the file of a merged sweep", said)
        self.assertIn("sojourn merge", said)
        self.assertFalse(self.folder.joinpath("x.html").exists())


if __name__ == "__main__":
    unittest.main()
