"""An installed Sojourn serves a C++ program by find_package, without the headers of its dependencies in the program's own code."""

import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py

BUILD = Path(os.environ["SOJOURN_BUILD"])
SOURCE = Path(os.environ["SOJOURN_SOURCE"])

CMAKE = """cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
find_package(Sojourn 0.1 REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE Sojourn::scenario Sojourn::engine Sojourn::outcomes Sojourn::map Sojourn::sojourn)
add_executable(readme readme.cpp)
target_link_libraries(readme PRIVATE Sojourn::sojourn)
add_executable(facade facade.cpp)
target_link_libraries(facade PRIVATE Sojourn::sojourn)
"""

# What a program can do with the facade alone; each line of its output is a figure that the commands print too.
FACADE = r"""#include <sojourn/sojourn.hpp>

#include <cmath>
#include <cstdio>
#include <string>
#include <thread>

template <class Work>
std::string refusal(Work work) {
  try {
    work();
  } catch (const sojourn::Error& error) {
    return error.message();
  }
  return "nothing was thrown";
}

void say(const char* name, const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  std::printf("\"%s\": \"%s\",\n", name, escaped.c_str());
}

int main(int, char* argv[]) {
  const sojourn::Study study = sojourn::load(argv[1], {{"scenario.customers", "400"}, {"scenario.replications", "6"}});
  const auto told = [](const char* name, const sojourn::Figure& figure) {
    std::printf("\"%s\": [%.17g, %.17g, %.17g],\n", name, figure.mean, figure.low, figure.high);
  };
  std::puts("{");
  const sojourn::Results results = sojourn::run(study);
  told("run retained", results["retained"]);
  const sojourn::Results comparison = sojourn::compare(study, {"mend-the-weakest"});
  told("difference npv", comparison.plan("mend-the-weakest").difference("npv"));
  told("touchpoint", comparison.plan("baseline").touchpoint("drink", "satisfaction"));
  comparison.write("facade.h5");
  const sojourn::Results read = sojourn::read_results_file("facade.h5");
  told("read", read.plan("mend-the-weakest").difference("npv"));
  double customers = 0.0;
  for (const double people : read.array("customers").values) customers += people;
  std::printf("\"customers\": %.17g,\n", customers);
  std::printf("\"best\": \"%s\",\n", sojourn::rank(study, "retained").front().id.c_str());
  const sojourn::BestBuy buy = sojourn::optimize(study, 4000.0);
  told("buy", buy.gain);
  told("solved", sojourn::solve(sojourn::load(argv[2]))["conversion"]);

  std::stop_source source;
  sojourn::Execution how;
  how.stop = source.get_token();
  double reached = 0.0;
  how.progress = [&](double share) {
    reached = share;
    if (share >= 0.5) source.request_stop();
  };
  how.threads = 1;
  const sojourn::Results part = sojourn::run(study, "baseline", how);
  std::printf("\"part\": [%d, %u],\n", part.interrupted(), part.replications());
  say("stopped", refusal([&] { (void)sojourn::rank(study, "npv", "baseline", how); }));
  say("no plan", refusal([&] { (void)comparison.plan("mend-the-weakst"); }));
  say("no touchpoint", refusal([&] { (void)results.plan("baseline").touchpoint("drnk", "satisfaction"); }));
  say("no metric", refusal([&] { (void)results["zzzzz"]; }));
  std::printf("\"warnings\": %zu\n}\n", study.warnings().size());
}
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


def run(*command, cwd=None, stderr=subprocess.STDOUT):
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command} returned {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def quiet(*command):
    return run(*command, stderr=None)


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
            (folder / "facade.cpp").write_text(FACADE)
            readme = (SOURCE / "README.md").read_text()
            (folder / "readme.cpp").write_text(re.search(r"```cpp\n(.*?)```", readme, re.DOTALL).group(1))
            cache = (BUILD / "CMakeCache.txt").read_text()
            compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE).group(1)
            sanitize = re.search(r"^SOJOURN_SANITIZE:\w+=(.*)$", cache, re.MULTILINE).group(1)
            run("cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={folder / 'installed'}",
                f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_FLAGS={'-fsanitize=' + sanitize if sanitize else ''}")
            run("cmake", "--build", folder / "build")
            self.assertEqual(run(folder / "build/consumer", SOURCE / "scenarios/coffee.toml"), "scenario\ndigraph\n")
            self.assertRegex(run(folder / "installed/bin/sojourn", "--version"), r"\b0\.1\.0\b")
            self.check_facade(folder)

    def check_facade(self, folder):
        """The README's example runs, and the facade says what the commands say."""
        coffee = SOURCE / "scenarios/coffee.toml"
        program = folder / "installed/bin/sojourn"
        size = ("--customers", 400, "--replications", 6, "--no-progress", "--json")
        said = json.loads(run(folder / "build/facade", coffee, SOURCE / "scenarios/gym.toml", cwd=folder))
        one = json.loads(quiet(program, "run", coffee, *size, "-o", folder / "run.h5"))
        many = json.loads(quiet(program, "compare", coffee, "--plans", "mend-the-weakest", *size, "-o", folder / "compare.h5"))
        interval = lambda figure: [figure["mean"], figure["low"], figure["high"]]
        self.assertEqual(said["run retained"], interval(one["metrics"]["retained"]))
        plan = many["plans"]["mend-the-weakest"]
        self.assertEqual(said["difference npv"], interval(plan["difference"]["npv"]))
        self.assertEqual(said["read"], said["difference npv"])
        self.assertEqual(said["touchpoint"], interval(one["touchpoints"]["drink"]["satisfaction"]))
        with h5py.File(folder / "compare.h5") as file:
            self.assertEqual(said["customers"], float(file["customers"][()].sum()))
        self.assertGreater(said["customers"], 0.0)
        checked = json.loads(quiet(program, "check", coffee, "--set", "scenario.customers=400", "--set", "scenario.replications=6", "--json"))
        self.assertEqual(said["warnings"], len(checked["findings"]))
        ranked = json.loads(quiet(program, "rank", coffee, "--by", "retained", *size))
        self.assertEqual(said["best"], next(iter(ranked["touchpoints"])))
        bought = json.loads(quiet(program, "optimize", coffee, "--budget", 4000, *size))
        self.assertEqual(said["buy"], interval(bought["gain"]))
        solved = json.loads(quiet(program, "solve", SOURCE / "scenarios/gym.toml", "--json"))
        self.assertEqual(said["solved"], interval(solved["metrics"]["conversion"]))
        self.assertEqual(said["part"][0], 1)
        self.assertLess(said["part"][1], 6)
        self.assertEqual(said["stopped"], "interrupted")
        self.assertEqual(said["no plan"], 'there is no plan "mend-the-weakst"; did you mean "mend-the-weakest"?')
        self.assertEqual(said["no touchpoint"], 'there is no touchpoint "drnk"; did you mean "drink"?')
        self.assertEqual(said["no metric"], 'there is no metric "zzzzz"')
        # The command line is told in other words, which the digest of the contents covers; nothing else differs.
        compared = subprocess.run(["h5diff", folder / "facade.h5", folder / "compare.h5"], capture_output=True, text=True, check=False)
        self.assertLess(compared.returncode, 2, compared.stderr)
        told = {line for line in compared.stdout.splitlines() if not line.endswith(" differences found")}
        allowed = {f"attribute: <{name} of </>> and <{name} of </>>" for name in ("changes", "history", "content_sha256")}
        self.assertEqual(told - allowed, set())
        run(program, "new", "-o", folder / "my.toml")
        self.assertRegex(run(folder / "build/readme", cwd=folder), r"^Net present value: .*\n$")


if __name__ == "__main__":
    unittest.main()
