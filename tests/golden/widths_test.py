"""Code built for newer processors stays in its own objects: each vector width offers one function and nothing that the linker may share."""

import os
import subprocess
import unittest
from pathlib import Path

BUILD = Path(os.environ["SOJOURN_BUILD"])


def offered(path):
    """Symbols that other objects could be linked to, weak ones among them."""
    lines = subprocess.run(["nm", "--demangle", "--defined-only", "--extern-only", path], capture_output=True, text=True, check=True).stdout
    return [line.split(" ", 2)[2] for line in lines.splitlines()]


class WidthsTest(unittest.TestCase):
    def test_one_function_of_each_source_leaves_the_objects(self):
        """A width's objects are one or several (SOJOURN_UNITY)."""
        for target, functions in (("engine_lock_step", ["lock_step::live"]),
                                  ("engine_draws", ["calls::draw_calls", "lock_step::people", "talk::draw", "talk::hear"]),
                                  ("population_draws", ["personas::draw", "rows::sort", "ties::skips"])):
            folders = sorted(BUILD.glob(f"CMakeFiles/sojourn_{target}_*.dir"))
            self.assertGreater(len(folders), 0)
            for folder in folders:
                width = folder.name.removeprefix(f"sojourn_{target}_").removesuffix(".dir")
                with self.subTest(target, width=width):
                    names = sorted({name.split("(")[0] for path in folder.rglob("*.o") for name in offered(path)})
                    self.assertEqual(names, [f"sojourn::{function}_{width}" for function in functions])

    def test_the_twin_offers_more(self):
        """An ordinary object has inline functions that the linker shares."""
        names = [name for path in (BUILD / "CMakeFiles/sojourn_engine.dir").rglob("*.o") for name in offered(path)]
        self.assertGreater(len(names), 3)
        self.assertTrue(any(name.startswith("std::") for name in names), names)


if __name__ == "__main__":
    unittest.main()
