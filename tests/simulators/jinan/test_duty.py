"""The roster of the simulated city has nobody real in it, no address, and no gap."""

from datetime import UTC, datetime, timedelta

from domain.duty import DutyRole
from rules.duty.plan import DutyPlan
from simulators.jinan.city import city_of
from simulators.jinan.duty import ROSTER

PLAN = DutyPlan(ROSTER)
NEW_YEAR = datetime(2026, 12, 31, 12, tzinfo=UTC)


def test_there_is_no_gap_in_any_post_that_is_told() -> None:
    roles = (DutyRole.OFFICER, DutyRole.SHIFT_HEAD, DutyRole.LEADER)
    assert PLAN.gaps(roles, NEW_YEAR, NEW_YEAR + timedelta(days=40)) == []


def test_posts_are_named_and_people_are_not_and_nobody_has_an_address() -> None:
    assert all(person.contacts == {} for person in ROSTER.people)
    assert all(person.name.endswith(("值班员", "值班长", "值守", "领导一", "领导二")) for person in ROSTER.people)


def test_the_units_that_are_told_are_units_of_the_register() -> None:
    units = {device.device.responsible_unit for device in city_of(200, 1)}
    contacts = {person.unit for person in ROSTER.people if person.unit_contact}
    assert contacts <= units
    assert len(contacts) == 2
