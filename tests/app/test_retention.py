"""Summaries equal a plain recount, late readings change them, and nothing raw goes that is not kept elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from app.retention import Done, Retention, RetentionOptions
from app.retention_parts import RetentionWorker
from domain.citytime import JINAN
from domain.errors import StoreUnavailable
from domain.period import period_of
from domain.ports import Page, TelemetryStore
from domain.reading import Reading
from domain.retention import PERIODS, Resolution, RetentionPolicy, Stats, Summary, SummaryRows
from store.archive import ParquetArchive
from store.telemetry.duckdb_store import DuckDbStore
from store.telemetry.memory import MemoryStore, MemorySummaries
from tests.support.ingest import FixedClock
from tests.support.processes import wait_until

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""12:00 in the city."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EVER = Page(NOON - 999 * DAY, NOON + 999 * DAY, 10_000)
RAW, BY_HOUR, BY_DAY = Resolution
POLICY = RetentionPolicy(10 * DAY, 100 * DAY, 1000 * DAY)


def lamp(device: str, at: datetime, power: float | None = 1.0, **changes: object) -> Reading:
    values = {"power": power, "on": bool(power)} if power is not None else {"voltage": 220.0}
    return replace(Reading(device, "streetlight", at, at, values), **changes)  # type: ignore[arg-type]


class House:
    """An archive and a store that get the same readings, as two consumers of one journal would."""

    def __init__(self, folder: Path, store: TelemetryStore | None = None, **options: object) -> None:
        self.archive, self.store, self.given = ParquetArchive(folder), store or MemoryStore(), list[Reading]()
        given = {"slice_rows": 7, **options}
        self.retention = Retention(
            self.archive,
            self.store.summaries,
            RetentionOptions(JINAN.tz, POLICY, **given),  # type: ignore[arg-type]
        )

    def take(self, *readings: Reading, archive: bool = True) -> None:
        if archive:
            self.archive.gather([(len(self.given) + n, 0, r) for n, r in enumerate(readings)])
            self.archive.write()
        self.given += readings
        self.store.append(readings)

    def run(self, now: datetime, *, dry: bool = False) -> Done:
        self.archive.complete(now)
        return self.retention.run(now, dry=dry)

    def of(self, device: str, every: Resolution) -> list[Summary]:
        return list(self.store.summaries.of_device(device, "streetlight", every, EVER))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def recounted(readings: Sequence[Reading], every: Resolution, through: datetime) -> list[Summary]:
    """Return the summaries of readings, each identity once, reading by reading."""
    current: dict[tuple[str, datetime], Reading] = {}
    for reading in readings:
        known = current.get(reading.key)
        if known is None or reading.revision > known.revision:
            current[reading.key] = reading
    groups: dict[tuple[str, datetime], list[Reading]] = {}
    for reading in sorted(current.values(), key=lambda r: r.at):
        period = period_of(PERIODS[every], reading.at, JINAN.tz)
        if period.end <= through:
            groups.setdefault((reading.device, period.start), []).append(reading)
    return [
        Summary(device, "streetlight", start, len(group), _stats(group)) for (device, start), group in groups.items()
    ]


def _stats(group: Sequence[Reading]) -> dict[str, Stats]:
    found = {}
    for metric in {name for reading in group for name in reading.values}:
        said = [reading.values[metric] for reading in group if metric in reading.values]
        numbers = [float(value) for value in said if not isinstance(value, str)]
        low, high = (None, None) if isinstance(said[0], bool) else (min(numbers), max(numbers))
        mean: Any = pytest.approx(fmean(numbers))
        found[metric] = Stats(len(said), said[-1], low, high, mean)
    return found


READINGS = st.lists(
    st.builds(
        lamp,
        st.sampled_from(["L1", "L2", "灯3", "L4"]),
        st.integers(-60 * 40, 60 * 40).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        st.none() | st.integers(0, 300).map(float),
        revision=st.integers(0, 2),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(READINGS, st.integers(-50, 50)), max_size=3))
def test_summaries_equal_a_recount_whenever_it_is_run_and_whatever_comes_late(
    tmp_path_factory: pytest.TempPathFactory, courses: list[tuple[list[Reading], int]]
) -> None:
    house = House(tmp_path_factory.mktemp("archive"))
    for readings, hours in [*courses, ([], 60)]:
        house.take(*readings)
        house.run(NOON + hours * HOUR)
    for every in (BY_HOUR, BY_DAY):
        found = [s for device in ("L1", "L2", "灯3", "L4") for s in house.of(device, every)]
        expected = recounted(house.given, every, NOON + 60 * HOUR)
        assert sorted(found, key=_place) == sorted(expected, key=_place)
    assert house.archive.due.waiting() == {}


def _place(summary: Summary) -> tuple[str, datetime]:
    return summary.device, summary.start


def test_an_hour_is_summarised_when_it_is_over_and_a_day_when_it_is(house: House) -> None:
    house.take(lamp("L1", NOON, 1.0), lamp("L1", NOON + HOUR, 3.0))
    assert house.run(NOON + 1.5 * HOUR).periods == {BY_HOUR: 1}
    assert [s.start for s in house.of("L1", BY_HOUR)] == [NOON]
    assert house.run(NOON + 11.9 * HOUR).periods == {BY_HOUR: 1}
    assert house.of("L1", BY_DAY) == []
    assert house.run(NOON + 12 * HOUR).periods == {BY_DAY: 1}
    [day] = house.of("L1", BY_DAY)
    assert (day.start, day.readings, day.metrics["power"].mean) == (NOON - 12 * HOUR, 2, 2.0)
    assert house.run(NOON + 13 * HOUR) == Done()


def test_a_late_reading_changes_its_hour_and_its_day_and_no_other(house: House) -> None:
    house.take(*(lamp("L1", NOON + n * HOUR, 10.0) for n in range(5)))
    house.run(NOON + DAY)
    house.take(lamp("L1", NOON + HOUR + timedelta(minutes=5), 40.0))
    done = house.run(NOON + DAY)
    assert (done.periods, done.summaries) == ({BY_HOUR: 1, BY_DAY: 1}, {BY_HOUR: 1, BY_DAY: 1})
    assert [s.metrics["power"].highest for s in house.of("L1", BY_HOUR)] == [10.0, 40.0, 10.0, 10.0, 10.0]
    assert house.of("L1", BY_DAY)[0].metrics["power"] == Stats(6, 10.0, 10.0, 40.0, 15.0)


def test_what_is_too_old_goes_day_by_day_and_its_summaries_stay(house: House) -> None:
    house.take(*(lamp(f"L{n}", NOON + day * DAY) for n in range(3) for day in range(4)))
    now = NOON + 12 * DAY
    house.run(NOON + 5 * DAY)
    assert house.run(now, dry=True).removed == {RAW: 6}
    assert house.run(now).removed == {RAW: 6}
    assert house.run(now) == Done()
    assert {r.at for r in house.store.window("streetlight", EVER.start, EVER.end)} == {NOON + 2 * DAY, NOON + 3 * DAY}
    assert len(house.of("L1", BY_HOUR)) == len(house.of("L1", BY_DAY)) == 4
    done = house.run(NOON + 110 * DAY)
    assert done.removed == {RAW: 6, BY_HOUR: 12}
    assert [s.start for s in house.of("L1", BY_DAY)] == [NOON - 12 * HOUR + n * DAY for n in range(4)]


def test_nothing_raw_goes_that_the_archive_does_not_hold(house: House) -> None:
    house.take(lamp("L1", NOON), lamp("L2", NOON, revision=0), lamp("L2", NOON, 5.0, revision=1))
    house.take(lamp("L3", NOON), archive=False)
    house.take(lamp("L1", NOON + DAY))
    done = house.run(NOON + 20 * DAY)
    assert (done.kept_back, done.removed) == (4, {RAW: 1})
    house.archive.gather([(99, 0, lamp("L3", NOON))])
    house.archive.write()
    done = house.run(NOON + 20 * DAY)
    assert (done.kept_back, done.removed) == (0, {RAW: 4})


def test_nothing_raw_goes_while_its_summaries_cannot_be_written(tmp_path: Path) -> None:
    store = Away()
    house = House(tmp_path, store)
    house.take(lamp("L1", NOON))
    with pytest.raises(StoreUnavailable):
        house.run(NOON + 20 * DAY)
    assert list(house.store.window("streetlight", EVER.start, EVER.end)) == [lamp("L1", NOON)]
    store.refusing.away = False
    done = house.run(NOON + 20 * DAY)
    assert (done.summaries, done.removed) == ({BY_HOUR: 1, BY_DAY: 1}, {RAW: 1})


def test_a_reading_that_comes_when_its_day_has_gone_still_changes_summaries_and_goes_again(house: House) -> None:
    house.take(lamp("L1", NOON, 1.0))
    house.run(NOON + 20 * DAY)
    house.take(lamp("L1", NOON + timedelta(minutes=1), 3.0))
    done = house.run(NOON + 20 * DAY)
    assert (done.removed, house.of("L1", BY_DAY)[0].metrics["power"].mean) == ({RAW: 1}, 2.0)


def test_a_day_that_the_archive_let_go_of_keeps_the_summaries_that_it_has(tmp_path: Path) -> None:
    house = House(tmp_path, archive_keep=15 * DAY)
    house.take(*(lamp("L1", NOON + timedelta(minutes=n)) for n in range(9)))
    house.run(NOON + 2 * DAY)
    house.archive.tidy(NOON + 20 * DAY, 15 * DAY)
    house.take(lamp("L1", NOON + timedelta(minutes=30)))
    done = house.run(NOON + 20 * DAY)
    assert (done.too_late, done.summaries) == (1, {})
    assert [s.readings for s in house.of("L1", BY_HOUR)] == [9]
    assert house.archive.due.waiting() == {}


def test_a_run_that_is_stopped_goes_on_with_the_next(house: House) -> None:
    house.take(*(lamp("L1", NOON + n * DAY) for n in range(4)))
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(True)
        return len(asked) > 2

    house.retention.stopping = stopping
    first = house.run(NOON + 5 * DAY)
    house.retention.stopping = lambda: False
    second = house.run(NOON + 5 * DAY)
    assert 0 < first.periods[BY_DAY] < 4
    assert second.periods[BY_DAY] >= 4 - first.periods[BY_DAY]
    assert len(house.of("L1", BY_DAY)) == 4


def test_the_whole_of_it_on_duckdb(tmp_path: Path) -> None:
    store = DuckDbStore(tmp_path / "telemetry.duckdb")
    house = House(tmp_path / "archive", store)
    house.take(*(lamp(f"L{n}", NOON + h * HOUR, float(n + h)) for n in range(5) for h in range(0, 60, 7)))
    done = house.run(NOON + 12 * DAY)
    expected = recounted(house.given, BY_DAY, NOON + 12 * DAY)
    assert sorted((s for n in range(5) for s in house.of(f"L{n}", BY_DAY)), key=_place) == sorted(expected, key=_place)
    assert done.removed[RAW] == sum(r.at.date() < date(2026, 11, 25) for r in house.given)
    store.close()


class Away(MemoryStore):
    """A store that takes no summaries while it is away."""

    @property
    @override
    def summaries(self) -> MemorySummaries:
        return self.refusing

    def __init__(self) -> None:
        super().__init__()
        self.refusing = Refusing(super().summaries)


class Refusing(MemorySummaries):
    away = True

    def __init__(self, whole: MemorySummaries) -> None:
        vars(self).update(vars(whole))

    @override
    def put(self, kind: str, every: Resolution, start: datetime, rows: SummaryRows) -> None:
        if self.away:
            raise StoreUnavailable("away")
        super().put(kind, every, start, rows)


@pytest.fixture
def worker(house: House) -> Iterator[RetentionWorker]:
    house.archive.complete(NOON + DAY)
    worker = RetentionWorker(house.retention, FixedClock(NOON + DAY))
    worker.start()
    yield worker
    worker.stop(10)
    assert not worker.alive()


def test_the_part_runs_when_it_is_asked_and_counts_what_it_did(house: House, worker: RetentionWorker) -> None:
    house.take(lamp("L1", NOON))
    worker.request()
    wait_until(lambda: len(house.of("L1", BY_DAY)) == 1, "the day is summarised", 10)

    def told() -> dict[str, float]:
        return {s.name + "".join(s.labels.values()): s.value for m in worker.collect() for s in m.samples}

    wait_until(lambda: told()["quanyan_summaries_written_totalhour"] == 1, "it is counted", 10)
    assert told()["quanyan_retention_failing"] == 0
    assert told()["quanyan_retention_removed_totalraw"] == 0
