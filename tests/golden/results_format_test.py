"""The results file in other people's hands: h5py, xarray, netCDF4, ncdump and h5diff read names, units and coordinates from it, and the
digests of sim/outcomes/FORMAT.md can be worked out from that page alone."""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import netCDF4
import numpy
import xarray

BUILD = Path(os.environ["SOJOURN_BUILD"])
SOURCE = Path(os.environ.get("SOJOURN_SOURCE", Path(__file__).parents[2]))
SOJOURN = Path(os.environ.get("SOJOURN", BUILD / "sojourn"))
SEAL_SIZE = 80


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def number(value):
    return struct.pack("<Q", int(value))


def text(value):
    return number(len(value)) + value


def attribute_bytes(value):
    return value if isinstance(value, bytes) else str(int(value)).encode()


def axis_name(axis):
    """Of the dimension, from its path: it may have been reached through a group."""
    return axis[0].name.split("/")[-1]


def content_sha256(file):
    """As FORMAT.md defines it, with h5py's view of the file."""
    structural = {"content_sha256", "_FillValue", "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"}
    entries = {b"/": file}
    for path, thing in [(name, file[name]) for name in file]:
        if isinstance(thing, h5py.Group):
            entries.update({f"/{path}/{name}".encode(): thing[name] for name in thing if "CLASS" not in thing[name].attrs})
        else:
            entries[f"/{path}".encode()] = thing

    lines = []
    for path, thing in sorted(entries.items()):
        attributes = sorted((name.encode(), attribute_bytes(value)) for name, value in thing.attrs.items() if name not in structural)
        described = number(len(attributes)) + b"".join(text(name) + text(value) for name, value in attributes)
        if path == b"/":
            digested = number(0) + described + text(b"none")
        else:
            is_scale = "CLASS" in thing.attrs
            axes = [path[1:].decode()] if is_scale else [axis_name(axis) for axis in thing.dims]
            digested = number(len(axes)) + b"".join(text(name.encode()) + number(size) for name, size in zip(axes, thing.shape))
            digested += described
            if is_scale and thing.attrs["NAME"].startswith(b"This is a netCDF dimension but not a netCDF variable."):
                digested += text(b"none")
            elif thing.dtype.kind == "f":
                digested += text(b"double") + thing[()].astype("<f8").tobytes()
            elif thing.dtype.kind == "i":
                digested += text(b"integer") + thing[()].astype("<i8").tobytes()
            else:
                digested += text(b"text") + b"".join(text(value) for value in thing[()])
        lines.append(hashlib.sha256(digested).hexdigest().encode() + b"  " + path + b"\n")
    return hashlib.sha256(b"".join(lines)).hexdigest()


class FileInOtherHands(unittest.TestCase):
    """What holds for every results file."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sojourn-golden-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.file = self.folder / "out.h5"

    def check_every_promise(self):
        contents = self.file.read_bytes()
        self.assertEqual(contents[-SEAL_SIZE:].decode(), f"sojourn sha256 {hashlib.sha256(contents[:-SEAL_SIZE]).hexdigest()}\n")
        with h5py.File(self.file) as file:
            self.check_attributes(file)
            self.assertEqual(content_sha256(file), file.attrs["content_sha256"].decode())
            scales = {name for name in file if "CLASS" in file[name].attrs}
            for name in scales:
                self.check_scale(name, file[name])
            variables = []
            file.visititems(lambda path, thing: variables.append(path) if isinstance(thing, h5py.Dataset) else None)
            for path in variables:
                if path.split("/")[-1] not in scales:
                    self.check_variable(file[path], scales)
        self.check_netcdf(scales)
        self.check_xarray(scales)

    def check_attributes(self, file):
        attributes = dict(file.attrs)
        for name in ("Conventions", "title", "history", "command", "changes", "plans", "sojourn_version", "seed_text", "scenario_name", "scenario_sha256",
                     "scenario_toml", "build", "content_sha256"):
            kind = file.attrs.get_id(name).get_type()
            self.assertFalse(kind.is_variable_str(), f"{name} is not of fixed length")
            self.assertEqual(kind.get_cset(), h5py.h5t.CSET_UTF8)
            self.assertEqual(file.attrs.get_id(name).shape, (), f"{name} is not scalar")
        self.assertEqual(attributes["Conventions"], b"CF-1.11")
        self.assertEqual(attributes["schema"], 2)
        self.assertEqual(attributes["seed"].dtype, numpy.dtype("u8"))
        self.assertEqual(str(attributes["seed"]).encode(), attributes["seed_text"])
        self.assertEqual(hashlib.sha256(attributes["scenario_toml"]).hexdigest().encode(), attributes["scenario_sha256"])

    def check_scale(self, name, scale):
        self.assertEqual(scale.attrs["CLASS"], b"DIMENSION_SCALE", name)
        self.assertTrue(h5py.h5ds.is_scale(scale.id))
        self.assertNotIn("_FillValue", scale.attrs)
        if name == "time":
            self.assertRegex(scale.attrs["units"], rb"^days since \d{4}-\d\d-\d\d$")
            self.assertEqual((scale.attrs["standard_name"], scale.attrs["calendar"]), (b"time", b"proleptic_gregorian"))
        string = h5py.check_string_dtype(scale.dtype)
        if string is not None:
            self.assertEqual((string.encoding, string.length), ("utf-8", None), name)

    def check_variable(self, variable, scales):
        self.assertIn("long_name", variable.attrs, variable.name)
        self.assertIn("units", variable.attrs, variable.name)
        self.assertTrue(variable.fletcher32 or variable.size == 0 or variable.shape == (), variable.name)
        self.assertIn(variable.dtype, (numpy.dtype("f8"), numpy.dtype("i8")), variable.name)
        if variable.dtype.kind == "f":
            self.assertTrue(numpy.isnan(variable.attrs["_FillValue"]).all() and numpy.isnan(variable.fillvalue), variable.name)
        else:
            self.assertNotIn("_FillValue", variable.attrs, variable.name)
        for axis, size in zip(variable.dims, variable.shape):
            self.assertEqual(len(axis), 1, variable.name)
            self.assertIn(axis_name(axis), scales)
            self.assertEqual(axis[0].shape, (size,))

    def check_netcdf(self, scales):
        with netCDF4.Dataset(self.file) as file:
            self.assertEqual(set(file.dimensions), scales)
            self.assertEqual(file.data_model, "NETCDF4")
            for variable in [*file.variables.values(), *file["horizon"].variables.values()]:
                self.assertTrue(set(variable.dimensions) <= scales)
                variable[...]
            self.assertEqual(file["horizon/retention"].dimensions, ("plan", "replication"))
        header = run("ncdump", "-h", self.file)
        self.assertIn("group: horizon {", header)
        self.assertNotIn("phony", header)

    def check_xarray(self, scales):
        for engine in ("netcdf4", "h5netcdf", None):  # the last: whichever xarray takes by itself
            with xarray.open_dataset(self.file, engine=engine) as out, \
                 xarray.open_dataset(self.file, group="horizon", engine=engine) as horizon:
                self.assertEqual(set(out.dims), scales)
                self.assertEqual(out.time.dtype, numpy.dtype("datetime64[ns]"))
                self.assertEqual(out.plan.values[0], "baseline")
                self.assertIsInstance(out.attrs["scenario_toml"], str)
                self.assertEqual(str(out.attrs["seed"]), out.attrs["seed_text"])
                self.assertIn("units", out.customers.attrs)
                self.assertIn("long_name", out.customers.attrs)
                self.assertEqual(list(horizon.coords), ["plan", "replication"])
                self.assertEqual(list(horizon.plan.values), list(out.plan.values))
                out.load()
                horizon.sel(plan="baseline").load()


class ExampleTest(FileInOtherHands):
    """A file with text, gaps and a dimension without values, whose contents are known."""

    def setUp(self):
        super().setUp()
        run(BUILD / "fault-write_results", self.file, "18446744073709551615", "400000")

    def test_every_promise(self):
        self.check_every_promise()

    def test_values_and_text(self):
        with xarray.open_dataset(self.file) as out:
            self.assertEqual(list(out.plan.values), ["baseline", "größer"])
            self.assertEqual(list(out.persona.values), ["regular", "", "日本"])
            self.assertEqual(out.attrs["title"], "Café: a first lesson")
            self.assertEqual(out.attrs["seed_text"], "18446744073709551615")
            self.assertEqual(str(out.time.values[1])[:10], "2026-01-08")
            self.assertEqual(int(out.visits[1, 5]), 1 << 62)
            self.assertEqual(int(numpy.isnan(out.customers).sum()), 1)
            self.assertTrue(numpy.isnan(out.customers[0, 0, 0, 1]))
            self.assertNotIn("stage", out.coords)
        self.assertIn('string plan(plan) ;', run("ncdump", "-h", self.file))

    def test_h5diff_compares_all_of_it(self):
        other = self.folder / "other.h5"
        run(BUILD / "fault-write_results", other, "18446744073709551615", "400000")
        self.assertEqual(run("h5diff", self.file, other), "")
        run(BUILD / "fault-write_results", other, "1", "400000")
        self.assertEqual(subprocess.run(["h5diff", "-q", self.file, other]).returncode, 1)


@unittest.skipUnless(SOJOURN.exists(), f"there is no {SOJOURN}")
class RunTest(FileInOtherHands):
    """The file of a real run holds what FORMAT.md lists."""

    series = ("plan", "replication", "persona", "time")
    touch = ("plan", "replication", "persona", "touchpoint")
    variables = {
        **dict.fromkeys(("prospects", "lost", "customers", "churned", "bought", "promoters", "passives", "detractors"),
                        (series, "int64", "people")),
        **dict.fromkeys(("heard_positive", "heard_negative"), (series, "int64", "messages")),
        **dict.fromkeys(("satisfaction", "expectation"), (series, "float64", "1")),
        **dict.fromkeys(("revenue", "cost_to_serve"), (series, "float64", "currency")),
        "investment": (("plan", "replication", "time"), "float64", "currency"),
        "occupancy": (("plan", "replication", "touchpoint", "time"), "int64", "people"),
        **dict.fromkeys(("visits", "repeats"), (touch, "int64", "count")),
        **dict.fromkeys(("touch_quality", "touch_satisfaction", "touch_effort"), (touch, "float64", "1")),
        "touch_wait": (touch, "float64", "day"),
        "taken": (("plan", "replication", "persona", "exit"), "int64", "count"),
        **dict.fromkeys(("tenure", "tenure_censored"), (("plan", "replication", "persona", "tenure_bin"), "int64", "people")),
        "touchpoint_stage": (("touchpoint",), "int64", "1"),
        "stage_order": (("stage",), "int64", "1"),
    }
    shares = ("prospects", "lost", "customers", "churned", "conversion", "retention", "retained", "retention_90", "retention_365", "nps",
              "promoters", "passives", "detractors", "satisfaction", "expectation", "effort", "visits", "repeats", "heard_positive",
              "heard_negative")
    horizon = {**dict.fromkeys(shares + ("promoters_per_start", "effort_per_purchase"), "1"), "cost_per_purchase": "currency",
               **dict.fromkeys(("revenue", "cost_to_serve", "investment", "npv", "clv"), "currency"),
               "time_to_purchase": "day"}
    dimensions = {"plan", "replication", "persona", "time", "touchpoint", "exit", "stage", "tenure_bin", "sample"}

    def setUp(self):
        super().setUp()
        run(SOJOURN, "run", SOURCE / "scenarios" / "coffee.toml", "--customers", "2000", "--replications", "2", "--quiet",
            "-o", self.file)

    def test_every_promise(self):
        self.check_every_promise()

    def test_variables_dimensions_and_units(self):
        with netCDF4.Dataset(self.file) as file:
            self.assertEqual(set(file.dimensions), self.dimensions)
            self.assertEqual((len(file.dimensions["plan"]), len(file.dimensions["replication"])), (1, 2))
            self.assertEqual(set(file.variables), self.dimensions | set(self.variables))
            self.assertEqual(set(file["horizon"].variables), {"plan", "replication"} | set(self.horizon))
            currency = file["revenue"].units
            self.assertRegex(currency, "^[A-Z]{3}$")
            for name, (dimensions, kind, unit) in self.variables.items():
                with self.subTest(name=name):
                    variable = file[name]
                    self.assertEqual((variable.dimensions, str(variable.dtype), variable.units),
                                     (dimensions, kind, currency if unit == "currency" else unit))
            for name, unit in self.horizon.items():
                with self.subTest(name=f"horizon/{name}"):
                    variable = file[f"horizon/{name}"]
                    self.assertEqual((variable.dimensions, str(variable.dtype), variable.units),
                                     (("plan", "replication"), "float64", currency if unit == "currency" else unit))
            for name in ("plan", "persona", "touchpoint", "exit", "stage"):
                self.assertEqual(file[name].dtype, str)
            self.assertEqual(file["tenure_bin"].units, "day")

    def test_the_page_lists_them(self):
        page = (SOURCE / "sim" / "outcomes" / "FORMAT.md").read_text()
        for name in [*self.variables, *self.horizon, *self.dimensions]:
            self.assertIn(f"`{name}`", page)

    def test_a_second_run_differs_in_nothing(self):
        again = self.folder / "again.h5"
        run(SOJOURN, "run", SOURCE / "scenarios" / "coffee.toml", "--customers", "2000", "--replications", "2", "--quiet", "-o", again)
        self.assertEqual(run("h5diff", self.file, again), "")
        self.assertEqual(self.file.read_bytes(), again.read_bytes())


def rows_of(page, section):
    """The cells of the first table behind a heading of FORMAT.md."""
    table = page.partition(f"\n## {section}\n")[2]
    lines = [line for line in table.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def listed(page):
    """What FORMAT.md lists: variables (axes, type, unit, needs) and dimensions (needs); needs are what must be there for them."""
    needs = lambda text: frozenset(need.strip() for need in re.findall(r"only (?:with|where|in) ([\w ]+)", text))
    names = lambda cell: re.findall(r"`(\w+)`", re.sub(r"\([^()]*\)", "", cell))
    variables = {name: (tuple(axis.strip() for axis in axes.split(",")), kind, needs(cell))
                 for cell, axes, kind in rows_of(page, "Variables") for name in names(cell)}
    dimensions = {name: needs(values) for cell, values, _ in rows_of(page, "Dimensions") for name in names(cell)}
    return variables, dimensions


@unittest.skipUnless(SOJOURN.exists(), f"there is no {SOJOURN}")
class PageTest(unittest.TestCase):
    """Files of every kind of scenario hold what FORMAT.md lists for them, and nothing else."""

    def differences(self, page, file, given):
        """How a file and the page disagree, where the scenario has what is `given`."""
        variables, dimensions = listed(page)
        known = {"servers", "accounts", "surveys", "rules", "content", "tiers", "several plans"}
        found, wanted = [], lambda needs: needs <= given
        certain = lambda needs: needs <= known
        units = {"currency": file["revenue"].units}
        for name, needs in dimensions.items():
            if name != "sample" and certain(needs) and (name in file.dimensions) != wanted(needs):
                found.append(f"dimension {name}")
        found += [f"dimension {name} is not listed" for name in file.dimensions if name not in dimensions]
        for name, (axes, kind, needs) in variables.items():
            if name not in file.variables:
                found += [f"variable {name} is missing"] if certain(needs) and wanted(needs) else []
                continue
            if certain(needs) and not wanted(needs):
                found.append(f"variable {name} should not be there")
            variable = file[name]
            word, _, unit = kind.partition(", ")
            told = (variable.dimensions, {"int64": "integer", "float64": "real"}[str(variable.dtype)], variable.units)
            if told != (axes, word, units.get(unit, unit)):
                found.append(f"variable {name} is {told}")
        found += [f"variable {name} is not listed" for name in file.variables if name not in variables and name not in dimensions]
        found += [f"metric {name} is not listed" for name in file["horizon"].variables if f"`{name}`" not in page]
        return found

    def test_files_of_all_mechanisms(self):
        page = (SOURCE / "sim" / "outcomes" / "FORMAT.md").read_text(encoding="utf-8")
        for scenario, command, given in (("coffee", "run", set()), ("contact-centre", "compare", {"servers", "several plans"}),
                                         ("retail-word-of-mouth", "compare", {"several plans"}),
                                         ("b2b-software", "compare", {"accounts", "several plans"}),
                                         ("perception-gap", "run", {"surveys"}),
                                         ("closed-loop", "compare", {"surveys", "servers", "rules", "several plans"}),
                                         ("right-message", "compare", {"content", "several plans"}),
                                         ("loyalty-programme", "compare", {"tiers", "several plans"}),
                                         ("printer-support", "compare", {"surveys", "several plans"})):
            with self.subTest(scenario), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "out.h5"
                run(SOJOURN, command, SOURCE / "scenarios" / f"{scenario}.toml", "--customers", "300", "--replications", "2", "--quiet", "-o", path)
                with netCDF4.Dataset(path) as file:
                    self.assertEqual(self.differences(page, file, given), [])
                    # The comparison can fail: a variable that is not listed, one that is not there, another unit, another need.
                    spoilt = page.replace("| `visits`, `repeats` |", "| `visits`, `visitors` |").replace("touchpoint | real, day |", "touchpoint | real, hour |")
                    wrong = [] if "surveys" in given else ["dimension survey", "dimension answer"]
                    wrong += ["variable visitors is missing", "variable touch_wait is " + str((("plan", "replication", "persona", "touchpoint"), "real", "day"))]
                    self.assertEqual(self.differences(spoilt, file, given | {"surveys"})[:len(wrong)], wrong)


if __name__ == "__main__":
    unittest.main()
