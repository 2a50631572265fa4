#!/usr/bin/env python3
"""Measures what a sweep costs beside its simulation; judges nothing. Not part of CI.

    tests/bench/sweep_bench.py [--points 2000] [--customers 10000] [--giant 1000000 [--replications 1]] [--folder FOLDER]

Points of coffee.toml, one plan, no series: seconds a point with that many customers and with one, which is what a point costs beyond
its simulation; files; the size of the memory; the merge. --giant simulates that many points of one customer each (a quarter of an hour on
two cores for a million; 100,000 with 10 replications have as many bytes in a tenth of the time), and times the plan of a resume and the
merge. Times are of the wall clock on all processors; SOJOURN names the program."""

import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOJOURN = pathlib.Path(os.environ.get("SOJOURN", ROOT / "build" / "sojourn")).resolve()

SWEEP = """\
schema = 1
[sweep]
scenario = "coffee.toml"
design = {{ sobol = {{ samples = {points} }} }}
plans = ["baseline"]
customers = {customers}
replications = {replications}
[[vary]]
key = "touchpoint.drink.quality.mean"
from = 0.3
to = 0.8
[[vary]]
key = "touchpoint.drink.next.queue.after.lognormal.median"
from = "2 days"
to = "9 days"
"""


def timed(*arguments, folder):
    """Seconds of the wall clock and of the processors, and the most memory (MB) of any command so far."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run([SOJOURN, *map(str, arguments)], cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024.0


def sweep(folder, name, points, customers, replications=1):
    (folder / f"{name}.toml").write_text(SWEEP.format(points=points, customers=customers, replications=replications))
    wall, cpu, memory = timed("sweep", f"{name}.toml", "-o", name, "--no-progress", folder=folder)
    files = len(list((folder / name).glob("points-*.h5")))
    size = sum(path.stat().st_size for path in (folder / name).iterdir()) / 1e6
    print(f"{points} points of {customers} customers x {replications}: {wall:.1f} s, {1e3 * cpu / points:.3f} ms of a processor each; {files} files, {size:.1f} MB; "
          f"at most {memory:.0f} MB of memory", flush=True)
    return 1e3 * cpu / points


def finish(folder, name):
    wall, cpu, memory = timed("sweep", f"{name}.toml", "-o", name, "--dry-run", folder=folder)
    print(f"  resume, planned: {wall:.2f} s ({cpu:.2f} s of a processor); at most {memory:.0f} MB of memory so far", flush=True)
    wall, cpu, memory = timed("merge", name, "-o", f"{name}.h5", folder=folder)
    size = (folder / f"{name}.h5").stat().st_size / 1e6
    print(f"  merge: {wall:.2f} s ({cpu:.2f} s of a processor), {size:.1f} MB; at most {memory:.0f} MB of memory so far", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--customers", type=int, default=10000)
    parser.add_argument("--giant", type=int, default=0)
    parser.add_argument("--replications", type=int, default=1)
    parser.add_argument("--folder", type=pathlib.Path)
    asked = parser.parse_args()
    folder = asked.folder or pathlib.Path(tempfile.mkdtemp(prefix="sojourn-sweep-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "scenarios" / "coffee.toml", folder)
    one = sweep(folder, "one", asked.points, 1)
    whole = sweep(folder, "whole", asked.points, asked.customers)
    print(f"  beyond simulation: {one:.3f} ms of {whole:.3f} ms a point")
    finish(folder, "whole")
    if asked.giant > 0:
        sweep(folder, "giant", asked.giant, 1, asked.replications)
        finish(folder, "giant")
    if asked.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
