"""Reports kept packed: any order, duplicates and revisions end in the same series, and a dump brings it back."""

import json
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.instants import instant_of, micros
from domain.reading import Reading
from rules.parking.lot_day import LotSeries
from rules.parking.series import Report, Series
from tests.support.parking import counts, says
from tests.support.rules import local

NOW = local("2026-11-23T12:00")
READINGS = st.lists(
    st.builds(
        lambda us, state, event, revision: says("b1", instant_of(micros(NOW) + us), state, event, revision=revision),
        st.integers(0, 9),
        st.sampled_from([True, False, None]),
        st.sampled_from(["", "Occupied", "Vacant"]),
        st.integers(0, 3),
    ),
    max_size=30,
    unique_by=lambda r: (r.at, r.revision),
)


@settings(deadline=None)
@given(READINGS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_leaves_no_trace(readings: list[Reading], random: Random) -> None:
    ordered, mixed = Series(), Series()
    for reading in sorted(readings, key=lambda r: (r.at, r.revision)):
        ordered.put(micros(reading.at), reading)
    for reading in random.sample(readings + readings, 2 * len(readings)):
        mixed.put(micros(reading.at), reading)
    assert mixed.dump() == ordered.dump()
    last = {r.at: r for r in sorted(readings, key=lambda r: r.revision)}
    assert len(mixed) == len(last)
    again = Series()
    again.restore(json.loads(json.dumps(mixed.dump())), 0)
    assert again.dump() == mixed.dump()
    since = micros(NOW) + 5
    mixed.drop_before(since)
    assert [r.at for r in mixed.reports(since + 10)] == [r.at for r in ordered.reports(since + 10) if r.at >= since]
    partly = Series()
    partly.restore(ordered.dump(), since)
    assert partly.dump() == mixed.dump()


def test_a_report_is_what_the_sensor_said() -> None:
    series = Series()
    for n, (state, event) in enumerate(
        [(True, "Occupied"), (True, ""), (False, "Occupied"), (None, "Vacant"), (None, "")]
    ):
        assert series.put(n, says("b1", instant_of(n), state, event))
    assert list(series.reports(9)) == [
        Report(0, occupied=True, event=True),
        Report(1, occupied=True, event=False),
        Report(2, occupied=False, event=False),
        Report(3, occupied=False, event=True),
    ]
    assert [r.at for r in series.reports(2)] == [0, 1]


def test_news_is_what_changes_something() -> None:
    series = Series()
    assert series.put(micros(NOW), says("b1", NOW, occupied=True))
    assert not series.put(micros(NOW), says("b1", NOW, occupied=False))
    assert series.put(micros(NOW), says("b1", NOW, occupied=False, revision=1))
    assert not series.put(micros(NOW), says("b1", NOW, occupied=True, revision=1))
    first = series.dump()
    assert series.dump() is first
    assert series.put(micros(NOW), says("b1", NOW, occupied=True, revision=2))
    assert series.dump() != first


def test_instants_are_exact_to_the_microsecond() -> None:
    assert instant_of(micros(NOW) + 1) - NOW == NOW.resolution
    assert micros(instant_of(-1)) == -1


def test_a_counters_reports_come_back_from_a_dump() -> None:
    series = LotSeries()
    for n, revision in ((3, 0), (1, 0), (2, 1), (2, 0)):
        series.put(n, counts("p1", instant_of(n), {"occupied": n + revision, "capacity": 9}, revision=revision))
    series.put(4, counts("p1", instant_of(4), {"free": 1}, ["counterFault"]))
    assert [(at, r.values) for at, r in series.reports(3)] == [
        (1, {"occupied": 1, "capacity": 9}),
        (2, {"occupied": 3, "capacity": 9}),
    ]
    again = LotSeries()
    again.restore("p1", json.loads(json.dumps(series.dump())), 2)
    series.drop_before(2)
    assert again.dump() == series.dump()
    assert [at for at, _ in again.reports(9)] == [2, 3, 4]
    assert [r.faults for _, r in again.reports(9)] == [(), (), ("counterFault",)]
