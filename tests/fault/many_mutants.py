#!/usr/bin/env python3
"""Millions of mutated results files, scenarios or command lines, outside CI, by ranges of their numbers.

    tests/fault/many_mutants.py results   --last 1000000 --log /tmp/mutants     what fault-mutate_results reads
    tests/fault/many_mutants.py scenarios --last 1000000 --log /tmp/mutants     what fault-mutate_scenarios checks
    tests/fault/many_mutants.py lines     --last 1000000 --log /tmp/mutants     what fault-mutate_lines parses and does
    tests/fault/many_mutants.py results   --log /tmp/mutants --sum              what the log holds so far

Build the three programs first: ninja -C build fault-mutate_results fault-mutate_scenarios fault-mutate_lines. --build names
another build than build/. A case follows from its number alone: --first and --last (not included) are a range, which several
processes and machines may share (--jobs, 1 unless said). LOG/KIND.log has a line of JSON for each stretch of 1,000; stretches
that it has are not done again, so that the same command goes on where it was stopped. A case that crashes, comes to no end or
throws an exception without a name is told, kept in the log as "bad", and the stretch goes on behind it. Exit status: 0 where
there was none in the whole log, else 1. Run it as `nice -n 19`: a million take from ten minutes (lines) to some hours
(results), on one processor."""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
STRETCH = 1000


def stretch(program, first, count):
    """The ends of cases from `first` on, and those that ended badly."""
    ends, bad = collections.Counter(), []
    at, end = first, first + count
    while at < end:
        done = subprocess.run([program, str(end - at), str(at)], cwd=SOURCE, capture_output=True, text=True, errors="replace")
        if done.returncode == 0:
            for line in done.stdout.splitlines():
                if found := re.fullmatch(r" *(\d+) (.*)", line):
                    ends[found[2]] += int(found[1])
            break
        # The cases before the bad one are done again, since their ends were not told.
        told = re.findall(r"at case (\d+)", done.stderr)
        if not told or not at <= int(told[-1]) < end:
            bad.append({"case": None, "from": at, "status": done.returncode, "said": done.stderr[-500:]})
            break
        number = int(told[-1])
        bad.append({"case": number, "status": done.returncode, "said": done.stderr[-500:]})
        if number > at:
            before, more = stretch(program, at, number - at)
            ends.update(before)
            bad.extend(more)
        at = number + 1
    return ends, bad


def done_already(log):
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


def total(entries):
    ends, bad = collections.Counter(), []
    for entry in entries:
        ends.update(entry["ends"])
        bad.extend(entry["bad"])
    for end, times in sorted(ends.items()):
        print(f"{times:10} {end}")
    print(f"{sum(ends.values()):10} in all, in {len(entries)} stretches; {len(bad)} bad")
    for each in bad:
        print(f"bad: {each}")
    return 1 if bad else 0


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("kind", choices=("results", "scenarios", "lines"))
    words.add_argument("--first", type=int, default=0)
    words.add_argument("--last", type=int, default=1_000_000)
    words.add_argument("--jobs", type=int, default=1)
    words.add_argument("--log", type=Path, required=True)
    words.add_argument("--build", type=Path, default=SOURCE / "build")
    words.add_argument("--sum", action="store_true")
    asked = words.parse_args()
    log = asked.log / f"{asked.kind}.log"
    entries = done_already(log)
    if asked.sum:
        return total(entries)
    asked.log.mkdir(parents=True, exist_ok=True)
    program = asked.build.resolve() / f"fault-mutate_{asked.kind}"
    known = {entry["first"] for entry in entries}
    starts = [first for first in range(asked.first, asked.last, STRETCH) if first not in known]
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        def work(first):
            count = min(STRETCH, asked.last - first)
            ends, bad = stretch(program, first, count)
            for each in bad:
                print(f"bad: {each}", file=sys.stderr, flush=True)
            line = json.dumps({"first": first, "count": count, "ends": ends, "bad": bad}) + "\n"
            with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "w", encoding="utf-8") as file:
                file.write(line)
        list(pool.map(work, starts))
    return total(done_already(log))


if __name__ == "__main__":
    sys.exit(main())
