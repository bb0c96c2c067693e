"""Nobody acknowledges, through the engine: each is told at its second over the year's end, whatever is killed when."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.notice import Notice, NoticeFilter, NoticeKind
from domain.severity import Severity
from rules.duty.plan import DutyPlan
from tests.app.alert_house import AlertHouse
from tests.support.duty import MINUTE, PLAN, roster, utc

EVE = utc("2026-12-31T23:57:00+08:00")
CHAINS = replace(PLAN, by_severity={Severity.CRITICAL: "urgent"}, digest_channels=())
STEPS = 24
"""Of 100 s: forty minutes."""


@contextmanager
def house_in(folder: Path) -> Iterator[AlertHouse]:
    duty = DutyPlan(roster()), CHAINS
    house = AlertHouse(folder, duty=lambda: duty, at=EVE)
    try:
        yield house
    finally:
        house.close()


def night(house: AlertHouse, kills: frozenset[int]) -> list[Notice]:
    """Let a lamp burn for forty minutes and return what was told at once."""
    for second in range(0, STEPS * 100, 20):
        if second // 20 in kills:
            house.kill()
        house.say(1, voltage=270.0)
        house.pass_(20)
    told = house.operational.outbox.list(NoticeFilter(limit=1000))
    return [p.notice for p in told if not p.notice.digest]


def course(told: list[Notice]) -> list[tuple[timedelta, NoticeKind, str | None, str]]:
    return [(n.at - told[0].at, n.kind, n.person, n.channel) for n in told]


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> list[Notice]:
    with house_in(tmp_path_factory.mktemp("unharmed")) as house:
        return night(house, frozenset())


def test_each_step_comes_at_its_second_over_midnight_and_the_end_of_the_year(unharmed: list[Notice]) -> None:
    chat = [entry[:3] for entry in course(unharmed) if entry[3] == "chat"]
    assert chat == [
        (0 * MINUTE, NoticeKind.WORSENED, "cao"),  # it was minor first, which has no chain
        (3 * MINUTE, NoticeKind.REMINDER, "cao"),  # the night's officer, also in the new year
        (5 * MINUTE, NoticeKind.ESCALATED, "head"),
        (15 * MINUTE, NoticeKind.ESCALATED, "lead"),
        (30 * MINUTE, NoticeKind.ESCALATED, "lead"),  # no unit has a contact for it: the fallback hears
        (35 * MINUTE, NoticeKind.REMINDER, "lead"),
    ]
    assert unharmed[0].at < utc("2027-01-01T00:00:00+08:00") < unharmed[-1].at


def test_nobody_is_told_twice_within_a_step(unharmed: list[Notice]) -> None:
    told = Counter((n.person, n.channel, n.facts["round"], n.step, n.kind) for n in unharmed)
    assert set(told.values()) == {1}


@pytest.mark.parametrize("kills", [frozenset({1, 2, 10, 45, 91}), frozenset(range(0, 120, 7))])
def test_kills_move_nothing_and_tell_nobody_again(
    tmp_path: Path, unharmed: list[Notice], kills: frozenset[int]
) -> None:
    with house_in(tmp_path) as house:
        told = night(house, kills)
    assert sorted(n.key for n in told) == sorted(n.key for n in unharmed)
    assert sorted(course(told)) == sorted(course(unharmed))
