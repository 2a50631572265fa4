"""An installed Sojourn serves a C++ program by find_package, without the headers of its dependencies in the program's own code."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["SOJOURN_BUILD"])
SOURCE = Path(os.environ["SOJOURN_SOURCE"])

CMAKE = """cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
find_package(Sojourn 0.1 REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE Sojourn::scenario Sojourn::engine Sojourn::outcomes Sojourn::report)
"""

MAIN = """#include <cstdio>
#include <string>

%s
int main(int, char* argv[]) {
  const sojourn::Scenario scenario = sojourn::read_scenario(argv[1]);
  const sojourn::Model model = sojourn::build(scenario);
  std::puts(sojourn::looks_like_results(argv[1]) ? "results" : "scenario");
  std::puts(sojourn::journey_dot(model).substr(0, 7).c_str());
}
"""


def run(*command):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command} returned {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


class Install(unittest.TestCase):
    def test_find_package(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            run("cmake", "--install", BUILD, "--prefix", folder / "installed")
            for path in folder.rglob("*.cmake"):
                self.assertNotIn(str(SOURCE), path.read_text(), f"{path.name} names the source tree")
            include = folder / "installed/include"
            headers = sorted(path.relative_to(include).as_posix() for path in include.rglob("*.hpp"))
            self.assertIn("sojourn/scenario/scenario.hpp", headers)
            (folder / "main.cpp").write_text(MAIN % "".join(f'#include "{header}"\n' for header in headers))
            (folder / "CMakeLists.txt").write_text(CMAKE)
            cache = (BUILD / "CMakeCache.txt").read_text()
            compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE).group(1)
            sanitize = re.search(r"^SOJOURN_SANITIZE:\w+=(.*)$", cache, re.MULTILINE).group(1)
            run("cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={folder / 'installed'}",
                f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_FLAGS={'-fsanitize=' + sanitize if sanitize else ''}")
            run("cmake", "--build", folder / "build")
            self.assertEqual(run(folder / "build/consumer", SOURCE / "scenarios/coffee.toml"), "scenario\ndigraph\n")
            self.assertRegex(run(folder / "installed/bin/sojourn", "--version"), r"\b0\.1\.0\b")


if __name__ == "__main__":
    unittest.main()
