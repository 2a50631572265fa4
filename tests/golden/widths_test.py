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
    def test_one_function_leaves_each_object(self):
        for folder, source, function in (("engine", "lock_step", "lock_step::live"), ("engine", "people_draws", "lock_step::people"),
                                         ("engine", "talk_draws", "talk::draw"), ("engine", "talk_hearing", "talk::hear"),
                                         ("engine", "call_draws", "calls::draw_calls"), ("population", "tie_skips", "ties::skips"),
                                         ("population", "row_sorting", "rows::sort"), ("population", "personas_draws", "personas::draw")):
            objects = sorted(BUILD.glob(f"CMakeFiles/sojourn_{source}_*.dir/sim/{folder}/{source}.cpp.o"))
            self.assertGreater(len(objects), 0)
            for path in objects:
                width = path.parts[-4].removeprefix(f"sojourn_{source}_").removesuffix(".dir")
                with self.subTest(source, width=width):
                    names = offered(path)
                    self.assertEqual(len(names), 1, names)
                    self.assertIn(f"sojourn::{function}_{width}(", names[0])

    def test_the_twin_offers_more(self):
        """An ordinary object has inline functions that the linker shares."""
        names = offered(BUILD / "CMakeFiles/sojourn_engine.dir/sim/engine/lock_step_tables.cpp.o")
        self.assertGreater(len(names), 3)
        self.assertTrue(any(name.startswith("std::") for name in names), names)


if __name__ == "__main__":
    unittest.main()
