"""错时共享泊位占用率: car parks of offices while they are open to all."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.citytime import JINAN
from domain.device import Device
from domain.errors import NotFound
from domain.measure import Measure
from domain.scope import CITY, Scope
from rules.live import City
from rules.parking.sharing import Sharing, sharing
from tests.support.parking import bay, counts, lot
from tests.support.rules import NO_PLAN, local, register

EVENING = local("2026-11-23T20:00")


def _shared(name: str, capacity: int = 100, since: str = "19:00", until: str = "07:30") -> Device:
    hours = {key: text for key, text in (("shared_from", since), ("shared_until", until)) if text}
    return replace(lot(name), attributes={"capacity": capacity, **hours})


def _city(*devices: Device, now: datetime = EVENING) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(now)
    return city


def _share(city: City, scope: str = "city") -> Measure:
    assert city.now is not None
    return city.measure("parking_shared", Scope.parse(scope), city.now)


@pytest.mark.parametrize(
    ("at", "since", "until", "found"),
    [
        ("18:59:59", "19:00", "07:30", Sharing.CLOSED),
        ("19:00:00", "19:00", "07:30", Sharing.OPEN),
        ("07:29:59", "19:00", "07:30", Sharing.OPEN),
        ("07:30:00", "19:00", "07:30", Sharing.CLOSED),
        ("12:00:00", "12:00", "13:00", Sharing.OPEN),
        ("11:59:59", "12:00", "13:00", Sharing.CLOSED),
        ("13:00:00", "12:00", "13:00", Sharing.CLOSED),
        ("12:00:00", "", "", Sharing.NOT_SHARED),
        ("12:00:00", "19:00", "", Sharing.UNREADABLE),
        ("12:00:00", "evening", "07:30", Sharing.UNREADABLE),
        ("12:00:00", "19:00", "07:30+08:00", Sharing.UNREADABLE),
    ],
)
def test_hours_are_local_and_may_pass_midnight(at: str, since: str, until: str, found: Sharing) -> None:
    assert sharing(_shared("p1", since=since, until=until), local(f"2026-11-23T{at}"), JINAN.tz) is found


def test_open_car_parks_count_and_closed_ones_are_told_apart() -> None:
    city = _city(_shared("p1"), _shared("p2", 40), _shared("p3", 30, "22:00", "06:00"), lot("p4"), bay("b1", lot="p1"))
    city.apply(counts("p1", EVENING, {"occupied": 120}))
    city.apply(counts("p4", EVENING, {"occupied": 50}))
    found = _share(city)
    assert found.value == pytest.approx(100 / 1.4)
    assert (found.numerator, found.denominator, found.unknown) == (100, 140, 40)
    assert (found.coverage, found.official, found.verdict_allowed, found.reason) == (100 / 140, True, True, "")
    assert found.detail == {
        "open_lots": 2,
        "vacant": 0,
        "closed_lots": 1,
        "closed_spaces": 30,
        "below_zero": [],
        "above_capacity": [{"lot": "p1", "counted": 120, "capacity": 100}],
    }
    assert [str(s) for s in city.scopes("parking_shared")] == [
        *("city", "district:370102", "lot:p1", "lot:p2", "lot:p3", "lot:p4"),
    ]
    assert {s.kind.value for n, s in city.take_dirty() if n == "parking_shared"} == {"city", "district", "lot"}


def test_outside_their_hours_there_is_no_figure() -> None:
    city = _city(_shared("p1"), now=EVENING - timedelta(hours=1, microseconds=1))
    city.apply(counts("p1", city.now or EVENING, {"occupied": 5}))
    found = _share(city)
    assert (found.value, found.coverage, found.official, found.verdict_allowed) == (None, None, False, False)
    assert (found.reason, found.detail["closed_spaces"]) == ("no shared car park is open now", 100)
    city.advance(EVENING - timedelta(hours=1))
    assert _share(city).value == 5.0
    with pytest.raises(NotFound):
        _share(city, "lot:p2")
    with pytest.raises(ValueError, match="not defined for a bay"):
        _share(city, "bay:b1")


def test_every_car_park_is_explained_and_made_up_ones_are_not_official() -> None:
    city = _city(replace(_shared("p1", 10), synthetic=True), _shared("p2", since="22:00"), lot("p3"), bay("b1"))
    city.apply(counts("p1", EVENING, {"occupied": 5}))
    found = city.explain("parking_shared", CITY, EVENING)
    assert [(i.device, i.used, i.why) for i in found.inputs] == [
        ("p1", True, ""),
        ("p2", False, "closed_now"),
        ("p3", False, "not_shared"),
    ]
    assert found.inputs[0].says == {"shared_from": "19:00", "shared_until": "07:30", "occupied": 5}
    assert [step.result for step in found.steps] == ["10", "5", "50.00 %"]
    assert (found.measure.official, found.measure.reason) == (False, "10 of the parking spaces are made up")
    assert _city(lot("p3")).explain("parking_shared", CITY, EVENING).steps[-1].result == "none open"
