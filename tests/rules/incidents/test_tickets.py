"""What a call may be about: near, and named by its words; plain only when one case file alone fits."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.incidents import load_plan
from domain.alert import Alert, AlertGroup, AlertState, Verdict
from domain.device import Device
from domain.incident import Incident
from domain.severity import Severity
from rules.incidents.nearby import RADIUS_M
from rules.incidents.tickets import MOST, WINDOW, Call, offers
from rules.incidents.wording import meant
from tests.rules.incidents.builders import NOON, incident
from tests.support.rules import lamp

WORDINGS = load_plan().wordings
LON, LAT = 117.0, 36.65
STEP = 0.0005
"""44.6 m to the east."""
DARK = Call("经十路路灯不亮", LON, LAT, NOON)


def lamp_at(number: int, steps: float) -> Device:
    return replace(lamp(f"l{number}", supply_point="SP-1", road="经十路"), lon=LON + steps * STEP, lat=LAT)


BAY = Device("p1", "parking_bay", "泊位", "370102", "370102", "停车", lon=LON, lat=LAT)
LAMPS = [lamp_at(n, n) for n in range(8)]


def alert(ident: str, subject: str, **more: object) -> Alert:
    about = (ident, "r", "熄灯", subject, subject, AlertGroup(subject))
    base = Alert(*about, Severity.MAJOR, AlertState.FIRING, Verdict.BREACH, since=NOON, fired_at=NOON, changed_at=NOON)
    return replace(base, **more)  # type: ignore[arg-type]


def near_case(ident: str, steps: float, **more: object) -> Incident:
    return incident(**{"id": ident, "lon": LON + steps * STEP, "lat": LAT, **more})


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("小区门口路灯不亮", ["lamps"]),
        ("灯杆漏电有危险", ["safety", "lamps"]),
        ("河水发黑有黑臭", ["water"]),
        ("工地扬尘大", ["air"]),
        ("门口违停堵路", ["parking"]),
        ("涵洞积水", ["safety"]),
        ("邻居吵架", []),
    ],
)
def test_words_name_matters_and_nothing_is_guessed(text: str, categories: list[str]) -> None:
    assert [matter.category for matter in meant(text, WORDINGS)] == categories


def test_devices_that_the_words_name_come_before_others_that_are_nearer() -> None:
    found = offers(DARK, [BAY, *LAMPS], [], [], WORDINGS)
    assert [device.id for _, device in found.devices] == ["l0", "l1", "l2", "l3", "p1"]
    assert [round(away, 1) for away, _ in found.devices][:3] == [0.0, 44.7, 89.3]


def test_what_fits_comes_first_then_the_nearest_and_what_is_far_is_not_offered() -> None:
    cases = [
        near_case("20260928-0001", 3),
        near_case("20260928-0002", 1),
        near_case("20260928-0003", 0, category="parking", title="乱停"),
        near_case("20260928-0004", 4),
    ]
    found = offers(DARK, LAMPS, cases, [], WORDINGS)
    assert [(o.id[-1], o.fits) for o in found.incidents] == [("2", True), ("1", True), ("3", False)]
    assert found.sure() is None  # two would fit: a person decides


def test_it_is_plain_when_one_case_file_alone_fits() -> None:
    found = offers(DARK, LAMPS, [near_case("a", 1), near_case("b", 0, category="air", title="扬尘")], [], WORDINGS)
    sure = found.sure()
    assert sure is not None
    assert (sure.id, round(sure.distance, 1)) == ("a", 44.7)
    assert offers(DARK, LAMPS, [near_case("b", 0, category="air", title="扬尘")], [], WORDINGS).sure() is None


def test_a_circuit_that_is_dark_is_offered_at_every_lamp_of_it_however_far_its_cabinet_is() -> None:
    case = incident(id="c", subject="supply_point:SP-1", lon=LON + 1, lat=LAT, devices=("cab-1",))
    other = incident(id="d", subject="supply_point:SP-2", lon=LON + 1, lat=LAT)
    found = offers(DARK, LAMPS, [case, other], [], WORDINGS)
    assert [(o.id, o.fits, o.distance) for o in found.incidents] == [("c", True, 0.0)]


def test_another_call_of_the_same_words_is_about_the_same_though_its_category_is_that_of_the_hotline() -> None:
    first = near_case("a", 1, category="hotline", title="路灯坏了", text="")
    assert offers(DARK, [BAY], [first], [], WORDINGS).sure() is not None


def test_a_case_file_of_long_ago_is_another_matter() -> None:
    old = near_case("a", 0, opened_at=NOON - WINDOW - timedelta(seconds=1))
    assert offers(DARK, LAMPS, [old], [], WORDINGS).incidents == ()


def test_alerts_of_what_stands_near_are_offered() -> None:
    alerts = [
        alert("lamp", "device:l2"),
        alert("far", "device:l7"),
        alert("circuit", "supply_point:SP-1"),
        alert("road", "road:经十路"),
        alert("other", "road:泉城路"),
        alert("bay", "device:p1"),
    ]
    found = offers(DARK, [BAY, *LAMPS], [], alerts, WORDINGS)
    assert [(o.id, o.fits) for o in found.alerts] == [
        ("circuit", True),
        ("road", True),
        ("lamp", True),
        ("bay", False),
    ]


def test_a_call_without_a_place_is_offered_nothing_but_says_what_it_names() -> None:
    found = offers(replace(DARK, lon=None, lat=None), LAMPS, [near_case("a", 0)], [], WORDINGS)
    assert (found.kinds, found.devices, found.incidents) == (("streetlight", "lighting_cabinet"), (), ())


@given(st.lists(st.tuples(st.floats(-6, 6), st.booleans()), max_size=12))
def test_never_more_than_a_handful_and_none_beyond_the_radius(placed: list[tuple[float, bool]]) -> None:
    cases = [near_case(f"c{n}", s, category="lamps" if lit else "air") for n, (s, lit) in enumerate(placed)]
    found = offers(DARK, [], cases, [], WORDINGS).incidents
    assert len(found) <= MOST
    assert all(offer.distance <= RADIUS_M for offer in found)
    assert [o.fits for o in found] == sorted((o.fits for o in found), reverse=True)
