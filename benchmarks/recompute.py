"""What recomputing the past costs: values per second and core by columns, from an archive, beside the scalar rules.

Run: python -m benchmarks.recompute [indicator …]
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import isnan
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from app.recompute.task import tasks
from benchmarks.lamps import PLAN
from benchmarks.lamps import versions as lamp_versions
from benchmarks.report import Figure
from domain.citytime import JINAN
from domain.device import Device, DeviceVersion
from domain.instants import micros
from domain.kind import Value
from domain.kinds import KINDS
from domain.measure import Measure
from domain.period import midnight
from domain.register import Register
from rules.columnar.gb3838 import section_class
from rules.columnar.kernel import Compute, Grid
from rules.columnar.kernels import IN_FULL, KERNELS
from rules.columnar.table import Table
from rules.indicator import World
from rules.indicators import INDICATORS
from rules.kept import Due
from rules.replay import replay
from rules.standards.gb3838 import AUTO5, Body
from store.archive import ParquetArchive
from store.archive.schema import schema_of
from store.telemetry.columns import Fitter

SINCE: Final = datetime(2020, 12, 31, 16, tzinfo=UTC)
FIRST: Final = date(2026, 2, 1)
"""The archive begins here; the edition of HJ 633 changes a month later."""
CLASSED: Final = 10
"""Times that all records are classed, to have something to measure."""
SCALAR_PERIODS: Final = 1
"""So many periods of an indicator are computed by the scalar rules, too: they are slow."""


@dataclass(frozen=True, slots=True)
class Load:
    """An archive of one kind: how many devices say what, how often and for how long."""

    kind: str
    devices: int
    days: int
    every: timedelta
    values: Mapping[str, tuple[float, float, int]]
    """By metric: lowest, highest, decimals."""
    versions: Callable[[int], Iterator[DeviceVersion]]
    indicators: tuple[str, ...]

    def world(self) -> World:
        """Return the city of these devices."""
        return World(Register.of(self.versions(self.devices), 1), PLAN, JINAN)


def _stations(count: int) -> Iterator[DeviceVersion]:
    return _plain(count, "air_station", lambda n: {"control": "city", "background": n % 20 == 0})


def _sections(count: int) -> Iterator[DeviceVersion]:
    def attributes(n: int) -> dict[str, Value]:
        body = "lake" if n % 10 == 0 else "river"
        return {"river": f"R{n % 40}", "body_type": body, "target_class": 2 + n % 3, "section_set": "all"}

    return _plain(count, "river_section", attributes)


def _plain(count: int, kind: str, attributes: Callable[[int], dict[str, Value]]) -> Iterator[DeviceVersion]:
    for n in range(count):
        district = f"3701{n % 12:02}"
        device = Device(f"D{n:06}", kind, "", district, district, "", attributes=attributes(n))
        yield DeviceVersion(device, SINCE, None, SINCE)


GAS: Final = (1.0, 180.0, 1)
WATER: Final = {
    "ph": (6.0, 9.0, 2),
    "do": (2.0, 12.0, 2),
    "codmn": (1.0, 12.0, 2),
    "nh3n": (0.02, 2.2, 3),
    "tp": (0.01, 0.4, 3),
}
LOADS: Final = (
    Load(
        kind="air_station",
        devices=400,
        days=62,
        every=timedelta(hours=1),
        values={"pm25": GAS, "pm10": GAS, "so2": GAS, "no2": GAS, "o3": GAS, "co": (0.1, 4.0, 2)},
        versions=_stations,
        indicators=("aqi", "aqi_daily", "good_air_days", "air_period_mean", "air_composite_index"),
    ),
    Load(
        kind="river_section",
        devices=500,
        days=34,
        every=timedelta(hours=4),
        values=WATER,
        versions=_sections,
        indicators=("section_class", "section_compliance"),
    ),
    Load(
        kind="river_section",
        devices=20,
        days=400,
        every=timedelta(hours=4),
        values=WATER,
        versions=_sections,
        indicators=tuple(IN_FULL),
    ),
    Load(
        kind="streetlight",
        devices=20_000,
        days=4,
        every=timedelta(minutes=15),
        values={"power": (0.0, 150.0, 1), "current": (0.0, 0.7, 2), "voltage": (215.0, 235.0, 1), "dim": (50, 100, 0)},
        versions=lamp_versions,
        indicators=("light_on_rate",),
    ),
)


def fill(folder: Path, load: Load, names: Sequence[str]) -> ParquetArchive:
    """Write an archive as the service leaves it when days are over: one sorted file a day."""
    chance, types = np.random.default_rng(1), Fitter(KINDS).types[load.kind]
    per_day = timedelta(days=1) // load.every
    for n in range(load.days):
        day = FIRST + timedelta(days=n)
        start = micros(datetime(day.year, day.month, day.day, tzinfo=UTC))
        instants = start + np.arange(per_day) * (load.every // timedelta.resolution)
        rows = len(names) * per_day
        at = np.tile(instants, len(names))
        columns: dict[str, Any] = {
            "device": np.repeat(np.array(sorted(names), dtype=object), per_day),
            "at": at,
            "received": at,
            "revision": np.zeros(rows, dtype=np.int64),
            "faults": np.full(rows, "", dtype=object),
            "events": np.full(rows, "", dtype=object),
            "backfill": np.zeros(rows, dtype=np.bool_),
            "offset": np.arange(rows) + n * rows,
            "position": np.zeros(rows, dtype=np.int64),
            **{m: chance.uniform(low, high, rows).round(d) for m, (low, high, d) in load.values.items()},
        }
        schema = schema_of(types)
        empty = {name: pa.nulls(rows, schema.field(name).type) for name in schema.names if name not in columns}
        path = folder / load.kind / day.isoformat() / "day-000001-00.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({**columns, **empty}, schema=schema), path, compression="zstd", compression_level=1)
    return ParquetArchive(folder)


@contextmanager
def clocked(into: list[float]) -> Iterator[None]:
    """Add the CPU seconds of the process, all its threads together: so figures are per core."""
    started = time.process_time()
    yield
    into.append(time.process_time() - started)


def measure(load: Load) -> Iterator[Figure]:
    """Yield the figures of each indicator of a load."""
    world = load.world()
    names = [timeline[0].device.id for timeline in world.register.timelines()]
    with tempfile.TemporaryDirectory(prefix="quanyan-bench-") as folder:
        archive = fill(Path(folder), load, names)
        for name in load.indicators:
            yield from (_in_full if name in IN_FULL else _of)(name, load, archive, world)
        if "section_class" in load.indicators:
            yield _classes(
                archive.columns(load.kind, midnight(FIRST, JINAN.tz), datetime.max.replace(tzinfo=UTC), AUTO5)
            )


def _of(name: str, load: Load, archive: ParquetArchive, world: World) -> Iterator[Figure]:
    indicator, kernel, tz = INDICATORS[name], KERNELS[name], JINAN.tz
    start, end = midnight(FIRST, tz) + timedelta(days=1), midnight(FIRST, tz) + timedelta(days=load.days - 1)
    extract, compute, held, prepare, points = list[float](), list[float](), list[float](), list[float](), 0
    with clocked(prepare):
        prepared = kernel.prepare(world)
    periods = 0
    for task in tasks(indicator, start, end, end + timedelta(days=1), tz):
        dues = task.dues(indicator, tz)
        with clocked(extract):
            first, following = dues[0].at - kernel.reach, dues[-1].at + datetime.resolution
            table = archive.columns(kernel.kind, first, following, kernel.metrics)
        with clocked(compute):
            grid = prepared(dues, table)
        published = [_measures(grid, row, due) for row, due in enumerate(dues)]
        with clocked(held):
            periods += sum(grid.confirms(row, said) for row, said in enumerate(published))
        points += table.points()
    rate = points / sum(compute)
    scalar = _scalar(name, task.dues(indicator, tz)[:SCALAR_PERIODS], archive, world, prepared)
    print(f"  {name}: {periods} periods, {points:,} values, {prepare[0]:.2f} s to look the register up once")
    yield Figure(f"{name}: by columns, figures of every scope", rate / 1e6, "M values/s", rate / scalar)
    yield Figure(f"{name}: held against what was published", points / sum(held) / 1e6, "M values/s")
    yield Figure(f"{name}: taking columns out of the archive", points / sum(extract) / 1e6, "M values/s")
    yield Figure(f"{name}: scalar rules, with details", scalar / 1e6, "M values/s", 1.0)


def _in_full(name: str, load: Load, archive: ParquetArchive, world: World) -> Iterator[Figure]:
    """Yield the figures of an indicator that columns compute in full; the scalar rules must say the same."""
    indicator, kernel, tz = INDICATORS[name], IN_FULL[name], JINAN.tz
    start, end = midnight(FIRST, tz), midnight(FIRST, tz) + timedelta(days=load.days - 1)
    (task,) = tasks(indicator, start, end, end + timedelta(days=1), tz)
    dues, extract, compute, scalar = task.dues(indicator, tz), list[float](), list[float](), list[float]()
    with clocked(extract):
        first, following = dues[0].at - max(indicator.lookback.values()), dues[-1].at + datetime.resolution
        table = archive.columns(kernel.kind, first, following, kernel.metrics)
    with clocked(compute):
        said = list(kernel.measures(indicator, dues, table, archive.window, world))
    with clocked(scalar):
        expected = list(replay(indicator, dues, archive.window, world))
    if said != expected:
        raise SystemExit(f"{name}: columns and rules differ")
    points = table.points()
    print(f"  {name}: {len(said)} periods, {sum(len(each.found) for each in said)} measures, {points:,} values")
    yield Figure(f"{name}: by columns, in full", points / compute[0] / 1e6, "M values/s", scalar[0] / compute[0])
    yield Figure(f"{name}: taking columns out of the archive", points / extract[0] / 1e6, "M values/s")
    yield Figure(f"{name}: scalar rules", points / scalar[0] / 1e6, "M values/s", 1.0)


def _classes(table: Table) -> Figure:
    """Return what it takes to class every record, not only the newest of each period."""
    taken = list[float]()
    with clocked(taken):
        for _ in range(CLASSED):
            section_class(table.values, Body.RIVER)
    rate = table.points() * CLASSED / taken[0]
    return Figure("class of every 4-hourly record, by columns", rate / 1e6, "M values/s")


def _measures(grid: Grid, row: int, due: Due) -> dict[str, Measure]:
    """Return the measures of a due instant as if they had been published."""
    columns = (grid.value[row], grid.numerator[row], grid.denominator[row], grid.unknown[row])
    rows = zip(grid.scopes, grid.there[row], *(column.tolist() for column in columns), strict=True)
    return {
        scope: Measure(due.indicator, scope, due.at, "", None if isnan(value) else value, part, whole, unknown, None)
        for scope, there, value, part, whole, unknown in rows
        if there
    }


def _scalar(name: str, dues: Sequence[Due], archive: ParquetArchive, world: World, compute: Compute) -> float:
    """Return values per second by the scalar rules, which must say the same."""
    indicator, kernel, taken = INDICATORS[name], KERNELS[name], list[float]()
    table = archive.columns(kernel.kind, dues[0].at - kernel.reach, dues[-1].at + datetime.resolution, kernel.metrics)
    archive.columns(kernel.kind, dues[0].at - max(indicator.lookback.values()), dues[-1].at, kernel.metrics)
    with clocked(taken):
        found = list(replay(indicator, dues, archive.window, world))
    grid = compute(dues, table)
    said = [{p.measure.scope: p.measure for p in each.found} for each in found]
    wrong = [due.at for row, due in enumerate(dues) if not grid.confirms(row, said[row])]
    if wrong:
        raise SystemExit(f"{name}: columns and rules differ at {wrong}")
    return table.points() / taken[0]


def main() -> None:
    """Print the figures."""
    wanted = set(sys.argv[1:])
    for load in LOADS:
        if not wanted or wanted & set(load.indicators):
            for figure in measure(load):
                ratio = "" if figure.ratio is None else f"{figure.ratio:8.1f} x scalar"
                print(f"{figure.name:<60} {figure.value:8.3f} {figure.unit} {ratio}")


if __name__ == "__main__":
    main()
