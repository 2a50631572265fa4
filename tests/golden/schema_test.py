"""`sojourn schema` describes what the reader accepts: every shipped scenario, and none of the corpus's unknown keys."""

import copy
import datetime
import json
import os
import pathlib
import re
import subprocess
import tempfile
import tomllib
import unittest

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOJOURN = pathlib.Path(os.environ.get("SOJOURN", ROOT / "build" / "sojourn")).resolve()
SHIPPED = sorted(path for path in (ROOT / "scenarios").rglob("*.toml") if not path.stem.endswith("-sweep"))
UNKNOWN = re.compile(r'error: (?:unknown key|there is no section|there is no distribution) "([^"]+)"')


def sojourn(*arguments, folder=None):
    return subprocess.run([SOJOURN, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def plain(value):
    """As JSON has it: dates are texts."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def unknown_keys(schema, document):
    """The keys that no `properties` of the schema has."""
    found = set()
    pending = list(jsonschema.Draft7Validator(schema).iter_errors(document))
    while pending:
        error = pending.pop()
        pending += error.context or []
        if error.validator == "additionalProperties":
            found |= set(error.instance) - set(error.schema.get("properties", {}))
    return found


def open_to_all(schema):
    """The schema, broken on purpose: any key is welcome."""
    if isinstance(schema, dict):
        return {key: open_to_all(part) for key, part in schema.items() if not (key == "additionalProperties" and part is False)}
    return [open_to_all(part) for part in schema] if isinstance(schema, list) else schema


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = sojourn("schema")
        assert done.returncode == 0 and done.stderr == "", done.stderr
        cls.schema = json.loads(done.stdout)
        cls.validator = jsonschema.Draft7Validator(cls.schema)

    def test_is_a_schema_of_draft_7(self):
        self.assertEqual(self.schema["$schema"], "http://json-schema.org/draft-07/schema#")
        jsonschema.Draft7Validator.check_schema(self.schema)

    def test_every_shipped_scenario_is_valid(self):
        self.assertGreaterEqual(len(SHIPPED), 8)
        for path in SHIPPED:
            with self.subTest(path.name):
                errors = list(self.validator.iter_errors(plain(tomllib.loads(path.read_text()))))
                self.assertEqual([f"{list(error.absolute_path)}: {error.message}" for error in errors], [])

    def test_a_variant_may_leave_out_what_its_base_says(self):
        document = plain(tomllib.loads((ROOT / "scenarios/policy-year-hail.toml").read_text()))
        self.assertEqual(list(self.validator.iter_errors(document)), [])
        # The twins: without a base it lacks what a scenario must have, and with one an entry needs its id.
        alone = copy.deepcopy(document)
        del alone["scenario"]["base"]
        missing = {error.message for error in self.validator.iter_errors(alone)}
        self.assertLessEqual({"'horizon' is a required property", "'starts' is a required property"}, missing)
        del document["persona"][0]["id"]
        self.assertEqual([error.message for error in self.validator.iter_errors(document)], ["'id' is a required property"])

    def test_finds_the_unknown_keys_of_the_corpus(self):
        found = 0
        for path in sorted((HERE / "bad").glob("*.toml")):
            told = set(UNKNOWN.findall(path.with_suffix(".expected").read_text()))
            if not told:
                continue
            with self.subTest(path.name):
                document = plain(tomllib.loads(path.read_text()))
                self.assertLessEqual(told, unknown_keys(self.schema, document))
                # The test can fail: a schema that is open to all keys finds none of them.
                self.assertEqual(unknown_keys(open_to_all(copy.deepcopy(self.schema)), document) & told, set())
                found += 1
        self.assertGreaterEqual(found, 5)

    def test_finds_values_of_a_wrong_type_unit_or_range(self):
        for edit in (("horizon = \"12 months\"", "horizon = \"12 moons\""), ("quality = 0.6", "quality = 6"),
                     ("customers = 20_000", "customers = 0.5"), ("stage = \"purchase\"", "stage = \"buying\""),
                     ("schema = 1", "schema = 2"), ("share = 1", "share = \"all\"")):
            text = sojourn("new", "minimal").stdout
            if edit[0] not in text:
                edit = (re.search(edit[0].split(" =")[0] + r" = \S+", text).group(), edit[1])
            with self.subTest(edit[1]):
                self.assertEqual(list(self.validator.iter_errors(plain(tomllib.loads(text)))), [])
                self.assertNotEqual(list(self.validator.iter_errors(plain(tomllib.loads(text.replace(*edit, 1))))), [])

    def test_servers_are_written_as_any_number_is(self):
        pool = {**self.schema["definitions"]["pool"], "definitions": self.schema["definitions"]}
        for servers, right in (("2k", True), ({"daily": ["1k"] + 23 * [2]}, True), ({"mon": {"08:00-12:00": "1.5k"}}, True), ("two", False), ("2 days", False)):
            with self.subTest(servers):
                self.assertEqual(jsonschema.Draft7Validator(pool).is_valid({"id": "p", "servers": servers}), right)

    def test_every_default_is_valid(self):
        checked = 0
        for name, table in [("", self.schema), *self.schema["definitions"].items()]:
            for key, value in table.get("properties", {}).items():
                if "default" not in value:
                    continue
                whole = {**value, "definitions": self.schema["definitions"]}
                with self.subTest(f"{name}.{key}"):
                    self.assertEqual([e.message for e in jsonschema.Draft7Validator(whole).iter_errors(value["default"])], [])
                checked += 1
        self.assertGreater(checked, 50)

    def test_every_key_has_a_meaning(self):
        for name, table in [("", self.schema), *self.schema["definitions"].items()]:
            for key, value in table.get("properties", {}).items():
                if key in ("id", "title") or name.startswith("drawn"):
                    continue
                with self.subTest(f"{name}.{key}"):
                    self.assertTrue(value.get("description"))


class Files(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def test_new_puts_the_schema_beside_the_scenario_that_names_it(self):
        self.assertEqual(sojourn("new", "-o", "my.toml", folder=self.folder).returncode, 0)
        named = re.fullmatch(r"#:schema (\./\S+)", (self.folder / "my.toml").read_text().splitlines()[0]).group(1)
        schema = json.loads((self.folder / named).read_text())
        document = plain(tomllib.loads((self.folder / "my.toml").read_text()))
        self.assertEqual(list(jsonschema.Draft7Validator(schema).iter_errors(document)), [])
        self.assertEqual((self.folder / named).read_text(), sojourn("schema").stdout)

    def test_new_leaves_a_schema_as_it_is(self):
        (self.folder / "sojourn.schema.json").write_text("{}")
        self.assertEqual(sojourn("new", "-o", "my.toml", folder=self.folder).returncode, 0)
        self.assertEqual((self.folder / "sojourn.schema.json").read_text(), "{}")

    def test_schema_replaces_what_it_wrote_and_nothing_else(self):
        for _ in range(2):
            self.assertEqual(sojourn("schema", "-o", "s.json", folder=self.folder).returncode, 0)
        (self.folder / "mine.json").write_text('{"title": "mine"}')
        refused = sojourn("schema", "-o", "mine.json", folder=self.folder)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertEqual((self.folder / "mine.json").read_text(), '{"title": "mine"}')
        self.assertEqual(sojourn("schema", "-o", "mine.json", "--force", folder=self.folder).returncode, 0)


if __name__ == "__main__":
    unittest.main()
