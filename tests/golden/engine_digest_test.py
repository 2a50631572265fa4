"""The engine gives the bits that it gave when tests/golden/engine_digest.txt was kept: every engine, every vector width, any threads."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["SOJOURN_BUILD"])
SOURCE = Path(os.environ.get("SOJOURN_SOURCE", "."))
KEPT = (SOURCE / "tests/golden/engine_digest.txt").read_text()
RENEW = "where the bits are meant to change: build/sojourn-digest scenarios > tests/golden/engine_digest.txt"


def digest(*arguments, scenarios=SOURCE / "scenarios", **environment):
    done = subprocess.run([BUILD / "sojourn-digest", scenarios, *arguments], capture_output=True, text=True, timeout=300, check=False,
                          env={**os.environ, **environment})
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class EngineDigestTest(unittest.TestCase):
    maxDiff = None

    def test_every_engine_width_and_number_of_threads(self):
        """Each engine, each vector width and several numbers of threads at least once; a width that this processor lacks is not chosen."""
        for engine, width, threads in (("lock_step", "v2", "1"), ("lock_step", "v3", "3"), ("lock_step", "v4", "2"),
                                       ("window_by_window", "v3", "2"), ("window_by_window", "v4", "3"), ("one_customer", "v4", "2")):
            with self.subTest(f"{engine} {width} on {threads} threads"):
                self.assertEqual(digest(engine, SOJOURN_VECTORS=width, SLURM_CPUS_PER_TASK=threads), KEPT, RENEW)

    def test_another_scenario_is_another_digest(self):
        """The twin: a quality that differs by a ten-millionth."""
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        folder = Path(holder.name)
        text = (SOURCE / "scenarios/coffee.toml").read_text()
        changed, count = re.subn(r"(quality *= *\{ *mean *= *0\.\d+)", r"\g<1>00001", text, count=1)
        self.assertEqual(count, 1)
        (folder / "coffee.toml").write_text(changed)
        lines = [line for line in digest(scenarios=folder).splitlines() if line.endswith("  coffee.toml")]
        self.assertEqual(len(lines), 1)
        self.assertIn("  coffee.toml\n", KEPT)
        self.assertNotIn(lines[0], KEPT)


if __name__ == "__main__":
    unittest.main()
