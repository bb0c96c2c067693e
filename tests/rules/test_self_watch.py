"""What is the matter with Quanyan itself: told after its hold, once, again while it lasts, and when it is over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.severity import Severity
from rules.self_watch import Patience, SelfWatch, Signs, Told, Trouble
from tests.support.duty import utc

START = utc("2026-11-25T12:00:00+08:00")
PATIENCE = Patience(repeat_s=600)


class Case:
    """A watch that looks every second; the engine ticks and deliveries come unless they are stopped."""

    def __init__(self, patience: Patience = PATIENCE) -> None:
        self.watch, self.second, self.signs = SelfWatch(patience), 0, Signs(START, 1000.0, ticked=START)
        self.ticking = self.coming = True

    def look(self, seconds: int = 1, **changes: Any) -> list[Told]:
        told: list[Told] = []
        for _ in range(seconds):
            self.second += 1
            moved = timedelta(seconds=1)
            self.signs = replace(
                self.signs,
                wall=self.signs.wall + moved,
                steady=self.signs.steady + 1,
                ticked=START + self.second * moved if self.ticking else self.signs.ticked,
                received=self.signs.received + self.coming,
                **changes,
            )
            told += self.watch.look(self.signs)
        return told


def test_a_broker_that_is_back_within_the_hold_is_no_news() -> None:
    case = Case()
    assert case.look(59, broker="refused") == []
    assert case.look(60, broker=None) == []
    assert case.watch.standing == {}


def test_a_broker_that_stays_away_is_told_once_again_after_an_hour_and_when_it_is_back() -> None:
    case = Case()
    (first,) = case.look(61, broker="refused")
    assert (first.finding.trouble, first.finding.severity, first.again) == (Trouble.BROKER, Severity.CRITICAL, False)
    assert first.finding.text == "refused"
    (again,) = case.look(600)
    assert (again.again, again.number, again.since) == (True, 1, first.since)
    (over,) = case.look(1, broker=None)
    assert (over.over, over.since) == (True, first.since)


def test_silence_of_everybody_is_told_though_the_broker_is_there_and_not_while_it_is_away() -> None:
    case = Case()
    case.look(5)
    case.coming = False
    (told,) = case.look(901)
    assert told.finding.trouble is Trouble.SILENT
    case.coming = True
    assert [t.over for t in case.look(1)] == [True]
    case.coming = False
    kinds = {t.finding.trouble for t in case.look(1000, broker="refused")}
    assert kinds == {Trouble.BROKER}
    never = Case(replace(PATIENCE, silent_s=0))
    never.coming = False
    assert never.look(5000) == []


def test_the_journal_is_told_at_half_and_once_more_when_half_of_the_rest_is_gone() -> None:
    case = Case()
    (major,) = case.look(3, journal_share=0.5)
    (critical,) = case.look(3, journal_share=0.75)
    assert [major.finding.severity, critical.finding.severity] == [Severity.MAJOR, Severity.CRITICAL]
    assert case.look(1, journal_share=0.74) == []
    assert [t.over for t in case.look(1, journal_share=0.1)] == [True]
    (broken,) = case.look(1, journal="disk full")
    assert broken.finding.text == "disk full; 10 % of its cap"


def test_an_engine_that_stands_still_is_told_and_one_that_is_behind_after_its_hold() -> None:
    case = Case()
    case.look()
    case.ticking = False
    (stands,) = case.look(60)
    assert (stands.finding.trouble, stands.finding.severity) == (Trouble.ENGINE, Severity.CRITICAL)
    case.ticking = True
    assert [t.over for t in case.look(1)] == [True]
    assert case.look(60, behind=timedelta(seconds=61)) == []
    (late,) = case.look(1)
    assert (late.finding.severity, late.finding.text) == (Severity.MAJOR, "61 s behind")


def test_an_engine_without_any_tick_is_not_late_before_it_had_time() -> None:
    watch = SelfWatch(PATIENCE)
    assert watch.look(Signs(START, 9_000_000.0)) == []
    assert [t.finding.trouble for t in watch.look(Signs(START + timedelta(seconds=61), 9_000_061.0))] == [
        Trouble.ENGINE
    ]


def test_each_failing_channel_is_a_trouble_of_its_own() -> None:
    case = Case()
    told = case.look(1, channels={"chat": "http_500", "sms": "connect"})
    assert [t.finding.key for t in told] == ["channel:chat", "channel:sms"]
    assert [(t.finding.key, t.over) for t in case.look(1, channels={"sms": "connect"})] == [("channel:chat", True)]


def test_a_clock_that_jumps_is_told_each_time_and_never_over() -> None:
    case = Case()
    case.look(3)
    case.signs = replace(case.signs, wall=case.signs.wall + timedelta(hours=1))
    (forward,) = case.look()
    case.signs = replace(case.signs, wall=case.signs.wall - timedelta(seconds=10))
    (back,) = case.look()
    assert "went forward by 3600 s" in forward.finding.text
    assert "went back by 10 s" in back.finding.text
    assert forward.since != back.since
    assert case.look(10) == []
    case.signs = replace(case.signs, wall=case.signs.wall + timedelta(seconds=4))
    assert case.look() == []


def test_a_jump_of_the_clock_does_not_shorten_a_hold() -> None:
    case = Case()
    case.look(30, broker="refused")
    case.signs = replace(case.signs, wall=case.signs.wall + timedelta(hours=1))
    assert [t.finding.trouble for t in case.look(1)] == [Trouble.CLOCK]
    assert [t.finding.trouble for t in case.look(30)] == [Trouble.BROKER]


@given(st.lists(st.booleans(), max_size=400))
def test_each_spell_is_told_at_most_once_and_its_end_only_when_it_was_told(away: list[bool]) -> None:
    case = Case(Patience(broker_s=3, repeat_s=10_000))
    told = [t for is_away in away for t in case.look(1, broker="x" if is_away else None)]
    assert [t.over for t in told] == [bool(n % 2) for n in range(len(told))]
    longest = max((len(run) for run in "".join("x" if a else " " for a in away).split()), default=0)
    assert bool(told) == (longest > 3)
