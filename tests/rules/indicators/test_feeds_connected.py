"""数据接入率: feeds heard of within their agreed time, of those the bureaus have agreed to deliver."""

import csv
from dataclasses import replace
from datetime import datetime, timedelta

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.kinds import KINDS
from domain.measure import Measure, Span
from domain.reading import Reading
from domain.scope import CITY, Scope
from rules.city.feeds import FeedTally
from rules.live import City
from tests.support.parking import bay, device, says
from tests.support.rules import NO_PLAN, local, register, version
from tests.support.service import REPOSITORY

NOW = local("2026-11-23T12:00")
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
TICK = timedelta.resolution


def _feed(name: str, delivers: str = "hospitals", minutes: int = 60, bureau: str = "济南市公安局") -> Device:
    made = device("data_feed", name, delivers=delivers, agreed_minutes=minutes)
    return replace(made, responsible_unit=bureau)


def _told(name: str, at: datetime, faults: tuple[str, ...] = (), revision: int = 0) -> Reading:
    return Reading(name, "data_feed", at, at, {"records": 5}, faults=faults, revision=revision)


def _city(*devices: Device | DeviceVersion) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(NOW)
    return city


def _share(city: City, scope: str = "city") -> Measure:
    assert city.now is not None
    return city.measure("feeds_connected", Scope.parse(scope), city.now)


def test_feeds_are_fresh_late_or_not_connected() -> None:
    city = _city(_feed("f1"), _feed("f2"), _feed("f3"), _feed("f4"))
    city.apply(_told("f1", NOW - HOUR))
    city.apply(_told("f2", NOW - HOUR - TICK))
    city.apply(_told("f3", NOW - WEEK - TICK))
    found = _share(city)
    assert (found.numerator, found.denominator, found.unknown, found.value) == (1, 4, 0, 25.0)
    assert found.detail == {"connected": 2, "late": ["f2"], "not_connected": ["f3", "f4"]}
    assert found.span == Span(NOW - HOUR - TICK, NOW - HOUR)
    assert (found.coverage, found.official, found.verdict_allowed, found.reason) == (1.0, True, True, "")
    assert _share(city, "feed:f1").value == 100.0
    assert _share(city, "feed:f2").value == 0.0


def test_a_feed_becomes_late_and_is_let_go_of_after_a_week() -> None:
    city = _city(_feed("f1"))
    city.apply(_told("f1", NOW))
    city.take_dirty()
    city.advance(NOW + HOUR)
    assert _share(city).value == 100.0
    assert not {s for n, s in city.take_dirty() if n == "feeds_connected"}
    city.advance(NOW + HOUR + TICK)
    assert _share(city).detail["late"] == ["f1"]
    assert {str(s) for n, s in city.take_dirty() if n == "feeds_connected"} == {"city", "feed:f1"}
    city.advance(NOW + WEEK)
    assert _share(city).detail["late"] == ["f1"]
    city.advance(NOW + WEEK + TICK)
    assert _share(city).detail["not_connected"] == ["f1"]


def test_a_feed_of_devices_is_fresh_while_any_device_of_its_bureau_is() -> None:
    other = replace(bay("b2"), responsible_unit="济南市城市管理局")
    idle = bay("b3", state=AssetState.MAINTENANCE)
    city = _city(
        _feed("f1", "parking_bay"), _feed("f2", "parking_bay", bureau="济南市城市管理局"), bay("b1"), other, idle
    )
    city.apply(says("b3", NOW, occupied=True))
    assert _share(city).numerator == 0
    city.apply(says("b1", NOW - HOUR, occupied=True))
    assert (_share(city, "feed:f1").numerator, _share(city, "feed:f2").numerator) == (1, 0)
    city.advance(NOW + TICK)
    assert _share(city).detail["late"] == ["f1"]
    city.apply(says("b1", NOW, occupied=False))
    assert _share(city).numerator == 1
    city.apply(says("b1", NOW - 2 * HOUR, occupied=False))
    assert _share(city).span == Span(NOW, NOW)


def test_a_feed_hears_its_bureaus_devices_from_the_moment_it_is_agreed() -> None:
    feed, bays = _feed("f1", "parking_bay"), (bay("b1"), bay("b2"))
    for agreed, agree in ((version(feed, start=NOW + HOUR), False), (version(feed), True)):
        city = _city(*bays) if agree else _city(*bays, agreed)
        city.apply(says("b1", NOW, occupied=True))
        city.advance(NOW + HOUR)
        if agree:
            city.set_world(register(*bays, agreed, number=2), NO_PLAN, NOW + HOUR)
        assert _share(city).span == Span(NOW, NOW)
        city.take_dirty()
        city.apply(says("b2", NOW + HOUR, occupied=True))
        assert ("feeds_connected", CITY) in city.take_dirty()
        assert _share(city).span == Span(NOW + HOUR, NOW + HOUR)


def test_what_another_bureaus_devices_say_later_does_not_hide_those_of_the_feed() -> None:
    other = replace(bay("b2"), responsible_unit="济南市城市管理局")
    city = _city(_feed("f1", "parking_bay"), bay("b1"), bay("b3"), other)
    for name, since in (("b1", 3 * TICK), ("b3", 2 * TICK), ("b2", TICK)):
        city.apply(says(name, NOW - since, occupied=True))
    assert _share(city).span == Span(NOW - 2 * TICK, NOW - 2 * TICK)


def test_an_interface_that_reports_a_fault_is_not_connected() -> None:
    city = _city(_feed("f1"))
    city.apply(_told("f1", NOW, ("interfaceFault",)))
    assert _share(city).detail["not_connected"] == ["f1"]
    city.apply(_told("f1", NOW, revision=1))
    assert _share(city).numerator == 1


def test_without_an_agreed_feed_there_is_no_figure() -> None:
    city = _city(bay("b1"))
    found = _share(city)
    assert (found.value, found.denominator, found.coverage, found.official) == (None, 0, None, False)
    assert found.verdict_allowed is False
    assert found.reason == "no feed is agreed: the register has no data_feed in service"
    assert city.scopes("feeds_connected") == [CITY]


def test_feeds_out_of_service_are_not_agreed_and_assumed_ones_not_official() -> None:
    ended = replace(_feed("f1"), state=AssetState.SCRAPPED)
    city = _city(ended, replace(_feed("f2"), synthetic=True))
    found = _share(city)
    assert (found.denominator, found.official) == (1, False)
    assert found.reason == "1 of the feeds' agreements are assumed"


def test_the_register_decides_whose_device_speaks() -> None:
    later = NOW + HOUR / 2
    handed = replace(bay("b1"), responsible_unit="济南市城市管理局")
    city = _city(_feed("f1", "parking_bay"), version(bay("b1"), end=later), version(handed, start=later))
    city.apply(says("b1", NOW, occupied=True))
    assert _share(city).numerator == 1
    city.advance(later)
    assert _share(city).numerator == 0
    city.set_world(register(_feed("f1", "parking_bay"), bay("b1"), number=2), NO_PLAN, later)
    assert _share(city).numerator == 1


def test_every_feed_is_explained() -> None:
    city = _city(_feed("f1"), _feed("f2"), _feed("f3"), replace(_feed("f4"), state=AssetState.MAINTENANCE))
    city.apply(_told("f1", NOW))
    city.apply(_told("f2", NOW - 2 * HOUR))
    found = city.explain("feeds_connected", CITY, NOW)
    assert [(i.device, i.used, i.why, i.at) for i in found.inputs] == [
        ("f1", True, "", NOW),
        ("f2", False, "late", NOW - 2 * HOUR),
        ("f3", False, "not_connected", None),
        ("f4", False, "maintenance", None),
    ]
    assert found.inputs[0].says == {"bureau": "济南市公安局", "delivers": "hospitals", "agreed_minutes": 60}
    assert [step.result for step in found.steps] == ["3", "2", "1", "33.33 %"]


def test_tallies_of_disjoint_feeds_merge() -> None:
    one, two = FeedTally({"a": NOW}, frozenset("a"), 1), FeedTally({"b": None}, frozenset(), 0)
    both = FeedTally({"a": NOW, "b": None}, frozenset("a"), 1)
    assert one.merged(two) == two.merged(one) == both
    assert one.merged(FeedTally()) == one
    assert FeedTally.load(both.dump()) == both


def test_the_inventory_that_ships_names_every_data_of_item_26_and_only_kinds_that_exist() -> None:
    with (REPOSITORY / "config" / "feeds.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = " ".join(row["name"] for row in rows)
    for word in ("防汛", "应急", "综治", "道路", "停车场", "医院", "社区", "能源", "车流", "视频监控", "智慧灯杆"):
        assert word in names
    delivered = {row["delivers"] for row in rows}
    assert delivered & set(KINDS) == {
        *("streetlight", "parking_bay", "parking_lot", "illegal_stop", "air_station", "river_section", "spring_gauge"),
    }
    assert {row["synthetic"] for row in rows} == {"true"}
