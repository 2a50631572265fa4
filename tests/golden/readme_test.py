"""Runs every command of the READMEs: each ```sh block, as one bash script, in a copy of the source tree."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(os.environ["SOJOURN_SOURCE"]).resolve()
BUILD = Path(os.environ["SOJOURN_BUILD"])
READMES = ["README.md", "scenarios/README.md", "scenarios/lessons/README.md"]
# These install packages and build: not from within a test. What quickstart runs after its build is run in its place.
NOT_RUN = ["tools/quickstart", "tools/run-tests"]
# Blocks that use these are left out, aloud, where they are not installed.
OPTIONAL = ["Rscript", "mpirun"]
# Open MPI wants to be told that root may, and that there may be more ranks than processors.
MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1"}
MINUTES = 5


def blocks(text):
    """The fenced sh blocks of a Markdown text as (line of the first command, commands)."""
    fence = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, match.start(1)) + 1, match.group(1)) for match in fence.finditer(text)]


def sources():
    """The text files of the program and its tests."""
    for folder in ("include", "sim", "tools", "tests", "scenarios"):
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.is_file() and path.suffix in (".hpp", ".cpp", ".py", ".js", ".css", ".toml", ".txt", ""):
                yield path


def documents():
    return [path for pattern in ("*.md", "sim/**/*.md", "scenarios/*.md", "scenarios/lessons/*.md") for path in sorted(SOURCE.glob(pattern))]


def in_backquotes(text):
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def missing_files(text, folder):
    """The names of files in backquotes under which there is no file: from the root, include, include/sojourn or the document's folder; a
    name without a folder may lie anywhere."""
    missing = []
    for quoted in in_backquotes(text):
        for name in re.findall(r"(?<![\w./-])[\w./{},*-]+\.(?:hpp|cpp|py|md|js|css|txt)\b", quoted):
            several = re.fullmatch(r"(.*)\{(.*)\}(.*)", name)
            for each in [several[1] + middle + several[3] for middle in several[2].split(",")] if several else [name]:
                places = [SOURCE, SOURCE / "include", SOURCE / "include" / "sojourn", folder]
                anywhere = "/" not in each and any(True for top in ("include", "sim", "tests", "tools") for _ in (SOURCE / top).rglob(each))
                if not anywhere and not any(True for place in places for _ in place.glob(each)):
                    missing.append(each)
    return missing


def missing_words(text, known):
    """The words of code in backquotes that are in no source."""
    return [word for quoted in in_backquotes(text) if not re.search("[./]", quoted) for word in re.findall(r"[A-Za-z_]\w*", quoted)
            if word not in known]


class Readme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.copy = Path(cls.folder.name) / "sojourn"
        shutil.copytree(SOURCE, cls.copy, ignore=shutil.ignore_patterns(".git", "build", "build-*", "*.h5"))
        (cls.copy / "build").symlink_to(BUILD)
        for name in NOT_RUN:
            commands = [line for line in (SOURCE / name).read_text().splitlines() if line.startswith("build/sojourn ")]
            (cls.copy / name).write_text("#!/usr/bin/env bash\nset -euo pipefail\n" + "\n".join(commands) + "\n")
        # `python3` is the one that has h5py and xarray.
        cls.programs = Path(cls.folder.name) / "programs"
        cls.programs.mkdir()
        (cls.programs / "python3").symlink_to(sys.executable)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_block(self, commands):
        """Status and output of a block; the output ends with the line and the command that failed."""
        script = "set -euo pipefail\ntrap 'echo \"failed: $BASH_COMMAND\"' ERR\n" + commands
        path = f"{self.programs}:{BUILD}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-c", script], cwd=self.copy, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60 * MINUTES, env={**os.environ, **MPI, "PATH": path}, check=False)
        return done.returncode, done.stdout

    def test_every_command_runs(self):
        for name in READMES:
            found = blocks((SOURCE / name).read_text(encoding="utf-8"))
            self.assertTrue(found or name != "README.md", "README.md has no ```sh block")
            for line, commands in found:
                absent = [tool for tool in OPTIONAL if tool in commands and shutil.which(tool) is None]
                if absent:
                    print(f"skipped: {name}:{line}: there is no {absent[0]}")
                    continue
                with self.subTest(f"{name}:{line}"):
                    status, output = self.run_block(commands)
                    self.assertEqual(status, 0, f"{name}:{line}: exit status {status}\n{commands}\n{output[-4000:]}")

    def test_a_wrong_command_is_noticed(self):
        [(line, commands)] = blocks("Text\n\n```sh\ntrue\nbuild/sojourn no-such-command\ntrue\n```\n")
        status, output = self.run_block(commands)
        self.assertEqual(line, 4)
        self.assertNotEqual(status, 0)
        self.assertIn("failed: build/sojourn no-such-command", output)

    def test_what_the_control_variate_is_said_to_save(self):
        text = " ".join((SOURCE / "README.md").read_text(encoding="utf-8").split())
        self.assertIn("the variance of retention falls to less than a half, of money to less than a tenth, for twice the visits", text)
        done = subprocess.run([BUILD / "sojourn", "run", SOURCE / "scenarios" / "coffee.toml", "--control-variate", "--json", "-o", "café.h5"],
                              cwd=self.folder.name, capture_output=True, text=True, check=True)
        said = json.loads(done.stdout)["control_variate"]
        for metric, falls_to in (("retention", 2.0), ("npv", 10.0), ("revenue", 10.0), ("cost_to_serve", 10.0)):
            self.assertGreater(said[metric]["variance_ratio"], falls_to, metric)
            self.assertGreater(said[metric]["variance_ratio"] / said[metric]["net_ratio"], 1.8, metric)  # the cost: twice the visits
            self.assertLess(said[metric]["variance_ratio"] / said[metric]["net_ratio"], 2.2, metric)

    def test_what_is_said_to_be_printed_is_printed(self):
        [said] = re.findall(r"```text\n(.*?)```", (SOURCE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
        environment = {**os.environ, "COLUMNS": "80"}
        done = subprocess.run([BUILD / "sojourn", "compare", SOURCE / "scenarios" / "telecom.toml", "-o", "said.h5"],
                              cwd=self.folder.name, capture_output=True, text=True, check=True, env=environment)
        self.assertEqual(done.stdout, said)

    def test_what_is_not_run_is_sound(self):
        for name in NOT_RUN + ["tools/packages", ".ci/run"]:
            with self.subTest(name):
                self.assertTrue(os.access(SOURCE / name, os.X_OK), f"{name} cannot be executed")
                subprocess.run(["bash", "-n", name], cwd=SOURCE, check=True)

    def test_local_links_exist(self):
        for name in READMES:
            text = (SOURCE / name).read_text(encoding="utf-8")
            for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", text):
                with self.subTest(f"{name}: {target}"):
                    self.assertTrue(((SOURCE / name).parent / target).exists(), f"{name} links to {target}, which is not there")

    def test_documents_name_files_that_exist(self):
        for path in documents():
            with self.subTest(path.name):
                self.assertEqual(missing_files(path.read_text(encoding="utf-8"), path.parent), [])

    def test_the_model_names_code_that_exists(self):
        known = {word for path in sources() if path != Path(__file__).resolve()
                 for word in re.findall(r"[A-Za-z_]\w*", path.read_text(encoding="utf-8", errors="replace"))}
        self.assertEqual(missing_words((SOURCE / "sim" / "MODEL.md").read_text(encoding="utf-8"), known), [])

    def test_the_model_lists_every_purpose_of_draws(self):
        header = (SOURCE / "include" / "sojourn" / "base" / "random.hpp").read_text(encoding="utf-8")
        purposes = re.findall(r"^  (\w+) = (\d+),", header.partition("enum class Purpose")[2].partition("};")[0], re.MULTILINE)
        self.assertGreater(len(purposes), 10)
        text = (SOURCE / "sim" / "MODEL.md").read_text(encoding="utf-8")
        self.assertEqual([f"| `{name}` ({number})" for name, number in purposes if f"| `{name}` ({number})" not in text], [])

    def test_comments_cite_documents_that_exist(self):
        known = {path.name for path in documents()}
        for path in sources():
            cited = re.findall(r"(?<![\w/.])[A-Z_]{3,}\.md\b", path.read_text(encoding="utf-8", errors="replace"))
            with self.subTest(str(path.relative_to(SOURCE))):
                self.assertEqual(sorted(set(cited) - known), [])

    def test_a_name_that_is_gone_is_noticed(self):
        self.assertEqual(missing_files("See `engine/life.hpp` and `report/gone.hpp`, `life.hpp`, `gone.cpp`.", SOURCE / "sim"),
                         ["report/gone.hpp", "gone.cpp"])
        self.assertEqual(missing_words("(`weigh`, `outlive`)", {"weigh"}), ["outlive"])


if __name__ == "__main__":
    unittest.main()
