"""Issuing and lifting a heavy-pollution level is a reading in the journal: so the proposal knows what is in force."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.incidents import IncidentDesk, load_plan
from app.warning_notices import WarningNotices
from domain import incident_actions as act
from domain.citytime import JINAN
from domain.device import Device
from domain.errors import Conflict
from domain.incident import Incident, Origin, OwedNotice
from domain.lighting import LightingPlan
from domain.ports import DeviceChange, IncidentFilter
from domain.reading import Reading
from domain.scope import CITY
from rules.live import City
from tests.support.api_services import SmallCity, small_city
from tests.support.api_view import BUILT, NOW

NOTICE = Device("wn-1", "warning_notice", "预警发布", "370100", "370100", "应急指挥部")


class Desk:
    """A city with a desk whose warnings go through its door."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        city.services.world.change_devices([DeviceChange(NOTICE, BUILT)], "tests")
        store, register = city.operational.incidents, city.view.register
        self.notices = WarningNotices(store, register, city.door)
        self.desk = IncidentDesk(store, load_plan(), city.clock, JINAN.tz, register, self.notices.settle)

    def lift(self, case: Incident) -> None:
        for line in case.checklist:
            self.desk.act(case.id, act.Tick(line.id, done=True), "lead", lambda _: None)
        self.desk.act(case.id, act.Close("解除"), "lead", lambda _: None)

    def levels(self) -> list[tuple[object, object]]:
        return [(r.values["level"], r.values["document"]) for r in self.readings()]

    def readings(self) -> list[Reading]:
        return sorted(self.city.shelf.window("warning_notice", BUILT, NOW + timedelta(days=9)), key=lambda r: r.at)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with small_city(tmp_path) as city:
        yield Desk(city)


def test_a_level_is_recorded_when_it_is_issued_and_when_it_is_lifted(desk: Desk) -> None:
    case = desk.desk.issue_warning("orange", "预测", "lead")
    assert desk.levels() == [(2, case.id)]
    desk.city.clock.instant += timedelta(minutes=5)
    desk.lift(case)
    assert desk.levels() == [(2, case.id), (0, case.id)]
    assert desk.city.operational.incidents.owed() == []


def test_what_is_in_force_is_what_was_issued(desk: Desk) -> None:
    city = City(desk.city.view.register(), LightingPlan((), ()), JINAN)
    city.advance(NOW)
    assert city.measure("air_warning", CITY, NOW).detail["in_force"]["level"] == 0
    desk.desk.issue_warning("yellow", "预测", "lead")
    (reading,) = desk.readings()
    city.apply(reading)
    assert city.measure("air_warning", CITY, NOW).detail["in_force"]["level"] == 1


def test_a_journal_that_is_full_takes_it_later_and_once(desk: Desk) -> None:
    desk.city.door.room = 0
    case = desk.desk.issue_warning("red", "预测", "lead")  # the order stands, whatever the journal does
    assert (desk.levels(), len(desk.city.operational.incidents.owed())) == ([], 1)
    desk.city.door.room = 1000
    desk.notices.settle()
    desk.notices.settle()
    assert desk.levels() == [(3, case.id)]
    assert len(desk.city.door.deliveries) == 1


def test_a_crash_between_journal_and_book_offers_the_same_reading_again(desk: Desk) -> None:
    case = desk.desk.issue_warning("yellow", "预测", "lead")
    first = desk.city.door.deliveries[0]
    desk.notices._record(OwedNotice(case, lifted=False, at=case.opened_at))
    assert desk.city.door.deliveries[1].payload == first.payload
    assert desk.levels() == [(1, case.id)]


def test_a_city_without_such_a_device_issues_all_the_same(tmp_path: Path) -> None:
    with small_city(tmp_path) as city:
        store = city.operational.incidents
        notices = WarningNotices(store, city.view.register, city.door)
        IncidentDesk(store, load_plan(), city.clock, JINAN.tz, city.view.register, notices.settle).issue_warning(
            "red", "x", "lead"
        )
        assert (store.owed(), city.door.deliveries) == ([], [])


def test_only_one_is_in_force_however_many_other_cases_of_air_are_open(desk: Desk) -> None:
    first = desk.desk.issue_warning("yellow", "预测", "lead")
    for number in range(120):
        other = replace(first, id="", title=f"扬尘 {number}", origin=Origin.PHONE)
        desk.city.operational.incidents.open(other, "20261123")
    with pytest.raises(Conflict, match=f"{first.id} is in force"):
        desk.desk.issue_warning("red", "预测", "lead")
    assert len(desk.desk.list(IncidentFilter(open=True, category="air", limit=500))) == 121
