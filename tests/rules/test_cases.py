"""Case files across bureaus: a month by its records, as it stood at its end, in any order of arrival."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.kind import Value
from domain.reading import Reading
from domain.scope import CITY
from rules.live import City
from tests.support.recompute import assert_live_equals_recompute
from tests.support.rules import NO_PLAN, local, register

JOINT, TICKET = "joint_handling", "ticket_handling"
MONTH = local("2026-09-01T00:00")
AFTER = local("2026-10-01T12:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def system(device_id: str = "desk", unit: str = "市城管局", *, synthetic: bool = False, **more: Value) -> Device:
    return Device(
        *(device_id, "case_record", device_id, "370100", "370100", unit), synthetic=synthetic, attributes=more
    )


def said(
    at: datetime, case: str, *, device_id: str = "desk", revision: int = 0, opened: datetime = MONTH, **more: Value
) -> Reading:
    usual: dict[str, Value] = {"case": case, "opened_at": int(opened.timestamp()), "units": 2, "parts": 2, **more}
    return Reading(device_id, "case_record", at, at, usual, revision=revision)


def closed(at: datetime, case: str, **more: Value) -> Reading:
    return said(at, case, closed_at=int(at.timestamp()), **more)  # type: ignore[arg-type]


def city_of(*readings: Reading, at: datetime = AFTER, devices: tuple[Device, ...] = (system(),)) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(at)
    for reading in readings:
        city.apply(reading)
    return city


def second(at: datetime) -> int:
    return int(at.timestamp())


def test_a_case_counts_in_the_month_in_which_it_was_closed_and_with_every_part_in_time() -> None:
    city = city_of(
        closed(MONTH + DAY, "1", accepted=2, handover=1800, returned=1),
        closed(MONTH + 2 * DAY, "2", late=1, accepted=1, handover=600),
        closed(MONTH - HOUR, "before"),
        closed(MONTH + 30 * DAY, "after", late=1),
        closed(MONTH + 3 * DAY, "alone", units=1, parts=1, late=1),
    )
    found = city.measure(JOINT, CITY, AFTER)
    assert (found.numerator, found.denominator, found.unknown, found.value) == (1, 2, 0, 50.0)
    assert (found.official, found.verdict_allowed, found.coverage, found.reason) == (True, True, 1.0, "")
    detail = found.detail
    assert (detail["month"], detail["parts"], detail["returned"]) == ("2026-09", 4, 1)
    assert (detail["handover_mean_minutes"], detail["handling_mean_minutes"]) == (13.33, 2160.0)
    assert detail["month_to_date"]["closed"] == 1


def test_an_open_case_beyond_its_limit_counts_against_and_one_within_it_does_not_count() -> None:
    end = MONTH + 30 * DAY
    city = city_of(
        said(MONTH + DAY, "late", due_at=second(MONTH + 5 * DAY)),
        said(MONTH + DAY, "at the end", device_id="other", due_at=second(end)),
        said(MONTH + 2 * DAY, "running", due_at=second(end + DAY)),
        said(MONTH + 3 * DAY, "waiting"),
        devices=(system(), system("other", "市水务局")),
    )
    found = city.measure(JOINT, CITY, AFTER)
    assert (found.numerator, found.denominator, found.value) == (0, 1, 0.0)
    assert (found.detail["overdue"], found.detail["open"]) == (1, 3)
    assert found.detail["month_to_date"]["overdue"] == 2


def test_a_month_is_as_it_stood_at_its_end() -> None:
    late = said(MONTH + DAY, "1", due_at=second(MONTH + 5 * DAY))
    city = city_of(late, closed(MONTH + 30 * DAY + HOUR, "1", late=1))
    assert city.measure(JOINT, CITY, AFTER).detail["overdue"] == 1
    november = local("2026-11-01T00:00")
    found = city.measure(JOINT, CITY, november)
    assert (found.numerator, found.denominator, found.detail["month"]) == (0, 1, "2026-10")


def test_mistaken_cases_and_those_without_a_part_do_not_count() -> None:
    city = city_of(
        said(MONTH + DAY, "1", mistaken=True, ticket=True),
        closed(MONTH + 2 * DAY, "2", units=0, parts=0, ticket=True),
        closed(MONTH + 3 * DAY, "3", units=1, parts=1, ticket=True),
    )
    found = city.measure(TICKET, CITY, AFTER)
    assert (found.numerator, found.denominator) == (1, 1)
    assert (found.detail["mistaken"], found.detail["without_part"]) == (1, 1)
    none = city.measure(JOINT, CITY, AFTER)
    assert (none.value, none.verdict_allowed, none.reason) == (
        None,
        False,
        "no cases of several units had to be done that month",
    )


def test_a_silent_system_and_a_made_up_one_are_told() -> None:
    devices = (system(), system("other", "市水务局"))
    found = city_of(closed(MONTH + DAY, "1"), devices=devices).measure(JOINT, CITY, AFTER)
    assert (found.coverage, found.official, found.verdict_allowed) == (0.5, False, False)
    assert found.reason == "1 of 2 systems told of no case that month"
    made_up = city_of(closed(MONTH + DAY, "1"), devices=(system(synthetic=True),)).measure(JOINT, CITY, AFTER)
    assert (made_up.official, made_up.reason) == (False, "1 of the systems are made up")


@pytest.mark.parametrize("values", [{"opened_at": 5}, {"case": "1"}, {"case": "", "opened_at": 5}])
def test_a_reading_that_names_no_case_is_no_record(values: dict[str, Value]) -> None:
    at = MONTH + DAY
    city = city_of(closed(at, "1"), Reading("desk", "case_record", at, at, values, revision=1))
    assert city.measure(JOINT, CITY, AFTER).coverage == 0


def test_a_corrected_record_counts_instead_of_the_first() -> None:
    first = closed(MONTH + DAY, "1", late=1)
    city = city_of(first, replace(first, values={**first.values, "late": 0}, revision=1))
    assert city.measure(JOINT, CITY, AFTER).numerator == 1


def test_explain_shows_each_system() -> None:
    devices = (system(), system("gone", "市水务局"), system("quiet", "市水务局"))
    devices = (devices[0], replace(devices[1], state=AssetState.SCRAPPED), devices[2])
    found = city_of(closed(MONTH + DAY, "1"), devices=devices).explain(JOINT, CITY, AFTER)
    assert [(i.device, i.why) for i in found.inputs] == [
        *(("desk", ""), ("gone", "scrapped"), ("quiet", "told_of_no_case")),
    ]
    assert [s.result for s in found.steps] == ["1", "1", "0", "100.00 %"]


def step(name: str, hours: int, case: str, kind: str, revision: int) -> Reading:
    """A record of one of four kinds, so many hours after the month's beginning."""
    at = MONTH + hours * HOUR
    more: dict[str, dict[str, Value]] = {
        "open": {"due_at": second(MONTH + 400 * HOUR)},
        "closed": {"closed_at": second(at), "ticket": True},
        "late": {"closed_at": second(at), "late": 1},
        "mistaken": {"mistaken": True},
    }
    found = said(at, case, device_id=name, revision=revision)
    return replace(found, values={**found.values, **more[kind]})


READINGS = st.lists(
    st.builds(
        step,
        st.sampled_from(["desk", "other"]),
        st.sampled_from([-9000, -8000, -100, -1, 0, 1, 300, 500, 719, 720, 1000, 9000]),
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from(["open", "closed", "late", "mistaken"]),
        st.integers(0, 2),
    ),
    max_size=20,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


@settings(deadline=None)
@given(READINGS, st.randoms(use_true_random=False))
def test_cases_end_equal_in_any_order_with_restarts_and_changed_worlds(readings: list[Reading], random: Random) -> None:
    worlds = [
        (register(system(), system("other", "市水务局")), NO_PLAN),
        (register(system(unit="市公安局"), number=2), NO_PLAN),
    ]
    strides = [HOUR, 20 * DAY, 200 * DAY]
    assert_live_equals_recompute(readings, worlds, random, (JOINT, TICKET), start=MONTH - 30 * DAY, strides=strides)
