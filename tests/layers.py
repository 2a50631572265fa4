#!/usr/bin/env python3
"""Proves the architecture's rules that a compiler does not: prints file:line: message for each breach and exits with 1.

    tests/layers.py [ROOT]        check a source tree (default: the one this file is in)
    tests/layers.py --self-test   prove on small trees that each rule can fail
"""

import re
import sys
import tempfile
import unittest
from pathlib import Path

# A folder includes only folders of a lower rank and itself; folders of one rank do not know each other.
RANKS = [["base"], ["behaviour"], ["model"], ["scenario", "population"], ["tally"], ["engine"], ["outcomes"], ["solve"], ["decide"], ["sweep"],
         ["report"], ["map"], ["page"], ["play"], ["facade"], ["tools"]]
RANK = {folder: rank for rank, folders in enumerate(RANKS) for folder in folders}

# What is included only through one door: name, pattern of the include, folder of the door.
DOORS = [("toml++", re.compile(r"toml\+\+/|toml\.hpp$"), "sim/scenario"),
         ("HDF5", re.compile(r"(hdf5|hdf5_hl|H5\w*)\.h$"), "sim/outcomes"),
         ("Graphviz", re.compile(r"graphviz/|(gvc|cgraph|gvplugin)\.h$"), "sim/map"),
         ("TBB", re.compile(r"(oneapi/)?tbb/"), "sim/base"),
         ("Boost.Graph", re.compile(r"boost/(graph|pending|property_map)/"), "sim/model"),
         ("OpenSSL", re.compile(r"openssl/"), "sim/base"),
         ("cpp-httplib", re.compile(r"httplib\.h$"), "sim/play"),
         ("MPI", re.compile(r"mpi\.h$"), "sim/sweep"),
         ("CLI11", re.compile(r"CLI/|CLI11\.hpp$"), "tools")]

# Headers that the compiler brings, as it brings the standard library.
OF_THE_COMPILER = ("immintrin.h",)

PRINTS = re.compile(r"\bstd::(cout|cerr|clog|print|println)\b|\bstd(out|err)\b|\bfmt::print(ln)?\b|(?<![\w.])(v?printf|puts|putchar|perror)\s*\(")
EXITS = re.compile(r"\bstd::(exit|abort|terminate|quick_exit|_Exit)\s*\(|(?<!\w)::(exit|_exit|abort)\s*\("
                   r"|(?:^|[;{})])\s*(exit|_exit|abort|quick_exit|_Exit)\s*\(")
# A child process that this file forks ends itself; the program's own process does not.
FORKS = "sim/outcomes/read_apart.cpp"
# Equations work on plain numbers, or rows of them (std::span), so that they inline anywhere.
CONTAINERS = re.compile(r"(vector|string|string_view|map|set|unordered_map|unordered_set|deque|list|forward_list|queue|stack|array|memory|"
                        r"functional|variant|any|optional|sojourn/base/(quantity|distribution)\.hpp)$")

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Comments and literals, longest first, so that a quote in a comment or a slash in a string does not mislead.
NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def code_lines(text):
    """The lines of `text` with comments and literals emptied; includes are kept."""
    def empty(match):
        start = text.rfind("\n", 0, match.start()) + 1
        if INCLUDE.match(text[start:match.end() + 1]) and match.group()[0] == '"':
            return match.group()
        return "\n" * match.group().count("\n")
    return NOISE.sub(empty, text).split("\n")


def folder_of(path):
    """The layer of a file, or None: "sim/engine/run.cpp" and "include/sojourn/engine/run.hpp" are of "engine"."""
    parts = path.split("/")
    if path == "include/sojourn/sojourn.hpp":  # the facade's own header stands where other programs look for it
        return "facade"
    if parts[0] == "tools":
        return "tools"
    if parts[0] == "sim" and len(parts) > 2:
        return parts[1]
    if parts[:2] == ["include", "sojourn"] and len(parts) > 3:
        return parts[2]
    return None


def check_includes(root, path, lines):
    """Breaches by the includes of one file."""
    folder = folder_of(path)
    includes = [(n, m.group(1), m.group(2)) for n, line in enumerate(lines, 1) if (m := INCLUDE.match(line))]
    for number, bracket, name in includes:
        target = None
        for base in ("include", ".", str(Path(path).parent)) if bracket == '"' or name.startswith("sojourn/") else ():
            if (root / base / name).is_file():
                target = (root / base / name).resolve().relative_to(root).as_posix()
                break
        other = folder_of(target or ("include/" + name if name.startswith("sojourn/") else name)) if target or "/" in name else None
        if target is None and bracket == '"' and not name.startswith("sojourn/"):
            yield number, f"no file '{name}' in this tree (headers of other projects stand in <>)"
        if name.startswith("sojourn/") and bracket == "<":
            yield number, f"own header <{name}> stands in quotes"
        if other in RANK and other != folder and RANK[other] >= RANK[folder]:
            yield number, f"'{folder}' includes '{name}' of '{other}', which is not to its left in the layers"
        elif target and other != folder and target.startswith("sim/"):
            yield number, f"'{folder}' includes the private header '{name}' of '{other}'"
        elif target and path.startswith("include/") and not target.startswith("include/"):
            yield number, f"a public header includes the private header '{name}'"
        if target is None:
            for library, pattern, door in DOORS:
                if pattern.match(name) and not path.startswith(door + "/"):
                    yield number, f"{library} is included only in {door}"
            if (path.startswith("include/") and bracket == "<" and re.search(r"/|\.h(pp)?$", name) and not name.startswith("sojourn/")
                    and name not in OF_THE_COMPILER):
                yield number, f"a public header includes <{name}>; only the standard library and own headers are public"
        if folder == "behaviour" and CONTAINERS.match(name):
            yield number, f"an equation includes '{name}'; behaviour/ works on plain numbers"
        if path.startswith(("sim/", "include/")) and name in ("iostream", "print"):
            yield number, f"the library never prints: <{name}>"
    if path.endswith(".cpp"):
        stem = Path(path).stem + ".hpp"
        own = [f"include/sojourn/{folder}/{stem}", f"{Path(path).parent.as_posix()}/{stem}"]
        first = includes[0][2] if includes else None
        for header in own:
            if (root / header).is_file() and first not in (header.removeprefix("include/"), header, stem):
                yield includes[0][0] if includes else 1, f"its own header '{header.removeprefix('include/')}' is not included first"
                break


def check_file(root, path):
    """Breaches of one source file as (line, message)."""
    text = (root / path).read_text(encoding="utf-8")
    lines = code_lines(text)
    yield from check_includes(root, path, lines)
    if path.endswith(".hpp"):
        if not any(re.match(r"\s*#\s*pragma\s+once\b", line) for line in lines):
            yield 1, "a header without #pragma once"
        for number, line in enumerate(lines, 1):
            if re.search(r"\busing\s+namespace\b", line):
                yield number, "a header with 'using namespace'"
    if path.startswith(("sim/", "include/")):
        for number, line in enumerate(text.split("\n"), 1):
            if '"sojourn: error' in line:
                yield number, "a message of the library begins with the program's name; the command line adds it"
        for number, line in enumerate(lines, 1):
            if match := PRINTS.search(line):
                yield number, f"the library never prints: '{match.group().strip(' (')}'"
            if (match := EXITS.search(line)) and not (path == FORKS and "::_exit" in match.group()):
                yield number, f"the library never exits: '{match.group().strip(' (;{})')}'"


def breaches(root):
    """All breaches under `root` as sorted (path, line, message)."""
    root = Path(root).resolve()
    found = []
    names = {}
    files = sorted(p.relative_to(root).as_posix() for top in ("include", "sim", "tools", "tests") if (root / top).is_dir()
                   for p in (root / top).rglob("*") if p.is_file() and p.suffix in (".cpp", ".hpp", ".h", ".py"))
    for path in files:
        name = Path(path).name
        if name in names:
            found.append((path, 1, f"the same name as {names[name]}"))
        names.setdefault(name, path)
        if path.startswith("tests/") or path.endswith(".py"):
            continue
        if folder_of(path) not in RANK:
            found.append((path, 1, "not in a folder of the layers"))
        else:
            found += [(path, line, message) for line, message in check_file(root, path)]
    return sorted(found), len(files)


CLEAN = {
    "include/sojourn/base/id.hpp": "#pragma once\n#include <cstdint>\n",
    "include/sojourn/behaviour/memory.hpp": "// The memory; std::cout in a comment is none.\n#pragma once\n#include <cmath>\n",
    "include/sojourn/model/model.hpp": '#pragma once\n#include <vector>\n#include "sojourn/base/id.hpp"\n',
    "include/sojourn/population/traits.hpp": '#pragma once\n#include "sojourn/model/model.hpp"\n',
    "sim/model/model.cpp": '#include "sojourn/model/model.hpp"\n#include <boost/graph/adjacency_list.hpp>\n#include "cycles.hpp"\n'
                           'const char* text() { return "printf(1); exit(0)"; }\n',
    "sim/model/cycles.hpp": "#pragma once\n",
    "sim/scenario/scenario.cpp": '#include <toml++/toml.h>\n#include "sojourn/model/model.hpp"\n',
    "tools/main.cpp": '#include <CLI/CLI.hpp>\n#include <iostream>\n#include "sojourn/model/model.hpp"\nint main() { std::cout << 1; }\n',
    "tests/unit/model_test.cpp": '#include "sim/model/cycles.hpp"\n#include <iostream>\n',
}

# One mutation each: a file, its text, and the one line that must be printed for it.
MUTANTS = {
    "to the right": ("sim/model/cycles.hpp", '#pragma once\n#include "sojourn/population/traits.hpp"\n',
                     "sim/model/cycles.hpp:2: 'model' includes 'sojourn/population/traits.hpp' of 'population', which is not to its left in "
                     "the layers"),
    "beside": ("sim/scenario/scenario.cpp", '#include "sojourn/population/traits.hpp"\n',
               "sim/scenario/scenario.cpp:1: 'scenario' includes 'sojourn/population/traits.hpp' of 'population', which is not to its left "
               "in the layers"),
    "not there yet": ("sim/model/cycles.hpp", '#pragma once\n#include "sojourn/engine/run.hpp"\n',
                      "sim/model/cycles.hpp:2: 'model' includes 'sojourn/engine/run.hpp' of 'engine', which is not to its left in the layers"),
    "private": ("sim/scenario/scenario.cpp", '#include "sim/model/cycles.hpp"\n',
                "sim/scenario/scenario.cpp:1: 'scenario' includes the private header 'sim/model/cycles.hpp' of 'model'"),
    "private, relative": ("sim/scenario/scenario.cpp", '#include "../model/cycles.hpp"\n',
                          "sim/scenario/scenario.cpp:1: 'scenario' includes the private header '../model/cycles.hpp' of 'model'"),
    "private from public": ("include/sojourn/model/model.hpp", '#pragma once\n#include "sim/model/cycles.hpp"\n',
                            "include/sojourn/model/model.hpp:2: a public header includes the private header 'sim/model/cycles.hpp'"),
    "angle brackets": ("sim/scenario/scenario.cpp", "#include <sojourn/model/model.hpp>\n",
                       "sim/scenario/scenario.cpp:1: own header <sojourn/model/model.hpp> stands in quotes"),
    "missing": ("sim/scenario/scenario.cpp", '#include "nothing.hpp"\n',
                "sim/scenario/scenario.cpp:1: no file 'nothing.hpp' in this tree (headers of other projects stand in <>)"),
    "toml++": ("sim/model/cycles.hpp", "#pragma once\n#include <toml++/toml.h>\n",
               "sim/model/cycles.hpp:2: toml++ is included only in sim/scenario"),
    "HDF5": ("tools/main.cpp", "#include <H5DSpublic.h>\n", "tools/main.cpp:1: HDF5 is included only in sim/outcomes"),
    "HDF5, main header": ("tools/main.cpp", "\n#include <hdf5.h>\n", "tools/main.cpp:2: HDF5 is included only in sim/outcomes"),
    "Graphviz": ("tools/main.cpp", "#include <graphviz/gvc.h>\n", "tools/main.cpp:1: Graphviz is included only in sim/map"),
    "TBB": ("sim/model/cycles.hpp", "#pragma once\n#include <oneapi/tbb/parallel_for.h>\n",
            "sim/model/cycles.hpp:2: TBB is included only in sim/base"),
    "Boost.Graph": ("sim/scenario/scenario.cpp", "# include <boost/graph/graphviz.hpp>\n",
                    "sim/scenario/scenario.cpp:1: Boost.Graph is included only in sim/model"),
    "MPI": ("tools/main.cpp", "#include <mpi.h>\n", "tools/main.cpp:1: MPI is included only in sim/sweep"),
    "CLI11": ("sim/model/cycles.hpp", "#pragma once\n#include <CLI/CLI.hpp>\n", "sim/model/cycles.hpp:2: CLI11 is included only in tools"),
    "public fmt": ("include/sojourn/model/model.hpp", "#pragma once\n#include <fmt/format.h>\n",
                   "include/sojourn/model/model.hpp:2: a public header includes <fmt/format.h>; only the standard library and own headers are "
                   "public"),
    "container": ("include/sojourn/behaviour/memory.hpp", "#pragma once\n#include <vector>\n",
                  "include/sojourn/behaviour/memory.hpp:2: an equation includes 'vector'; behaviour/ works on plain numbers"),
    "iostream": ("sim/model/cycles.hpp", "#pragma once\n#include <iostream>\n",
                 "sim/model/cycles.hpp:2: the library never prints: <iostream>"),
    "print": ("sim/scenario/scenario.cpp", "/* two\nlines */ void f() { std::cerr << 1; }\n",
              "sim/scenario/scenario.cpp:2: the library never prints: 'std::cerr'"),
    "printf": ("sim/scenario/scenario.cpp", "void f() { std::printf(text); }\n",
               "sim/scenario/scenario.cpp:1: the library never prints: 'printf'"),
    "exit": ("sim/scenario/scenario.cpp", "void f() { exit(1); }\n", "sim/scenario/scenario.cpp:1: the library never exits: 'exit'"),
    "std::exit": ("include/sojourn/base/id.hpp", "#pragma once\ninline void f() { if (true) std::exit(1); }\n",
                  "include/sojourn/base/id.hpp:2: the library never exits: 'std::exit'"),
    "program's name": ("sim/scenario/scenario.cpp", 'void f() { throw InputError("sojourn: error: no"); }\n',
                       "sim/scenario/scenario.cpp:1: a message of the library begins with the program's name; the command line adds it"),
    "own header": ("sim/model/model.cpp", '#include <vector>\n#include "sojourn/model/model.hpp"\n',
                   "sim/model/model.cpp:1: its own header 'sojourn/model/model.hpp' is not included first"),
    "same name": ("tests/unit/main.cpp", "", "tools/main.cpp:1: the same name as tests/unit/main.cpp"),
    "guard": ("sim/model/cycles.hpp", "int i();\n", "sim/model/cycles.hpp:1: a header without #pragma once"),
    "using namespace": ("sim/model/cycles.hpp", "#pragma once\nusing namespace std;\n",
                        "sim/model/cycles.hpp:2: a header with 'using namespace'"),
    "stray folder": ("sim/extras/more.cpp", "", "sim/extras/more.cpp:1: not in a folder of the layers"),
}


class SelfTest(unittest.TestCase):
    """Every rule passes a clean tree and fails its mutated twin with exactly one line."""

    def report(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / path).write_text(text, encoding="utf-8")
            return [f"{path}:{line}: {message}" for path, line, message in breaches(folder)[0]]

    def test_clean_tree_passes(self):
        self.assertEqual(self.report(CLEAN), [])

    def test_every_mutant_is_found(self):
        for name, (path, text, expected) in MUTANTS.items():
            with self.subTest(name):
                self.assertEqual(self.report({**CLEAN, path: text}), [expected])


def main():
    if sys.argv[1:] == ["--self-test"]:
        unittest.main(argv=sys.argv[:1])
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found, files = breaches(root)
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    print(f"{files} files, {len(found)} breaches of the layers")
    sys.exit(1 if found or files == 0 else 0)


if __name__ == "__main__":
    main()
