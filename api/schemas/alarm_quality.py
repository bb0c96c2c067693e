"""Alarm quality as an answer: the figures of shifts or days, with the published limits beside them."""

from collections.abc import Mapping
from typing import Self

from api.schemas.common import Answer, Instant
from domain.severity import Severity
from rules.alarm_quality.limits import Figure, Standing
from rules.alarm_quality.lives import Life
from rules.alarm_quality.load import Flood
from rules.alarm_quality.report import Held, Often, Quality, Waits
from rules.alarm_quality.spans import By


class HeldOut(Answer):
    """A figure beside its published limit, with the clause. `goal`: the source gives a distribution to come near to."""

    figure: Figure
    value: float | None
    unit: str
    acceptable: float
    manageable: float | None
    below: bool
    goal: bool
    standing: Standing
    source: str

    @classmethod
    def of(cls, held: Held) -> Self:
        """Make it from the rules' figure."""
        limit = held.limit
        named = {
            n: getattr(limit, n) for n in ("figure", "unit", "acceptable", "manageable", "below", "goal", "source")
        }
        return cls(**named, value=held.value, standing=held.standing)


class FloodOut(Answer):
    """A flood: begins above 10 alarms for one officer in 10 minutes, ends below 5."""

    start: Instant
    end: Instant
    alarms: int
    peak: float

    @classmethod
    def of(cls, flood: Flood) -> Self:
        """Make it from the rules' flood."""
        return cls(start=flood.start, end=flood.end, alarms=flood.alarms, peak=flood.peak)


class OftenOut(Answer):
    """An alarm (a rule at a subject), how often it rang, and its share of all in %.

    `alert`: its newest one; `name`: how the subject is called there.
    """

    alert: str
    rule: str
    subject: str
    name: str
    alarms: int
    share: float

    @classmethod
    def of(cls, often: Often, names: Mapping[str, str]) -> Self:
        """Make it from the rules' figure and the names of subjects by alert."""
        same = {name: getattr(often, name) for name in ("alert", "rule", "subject", "alarms", "share")}
        return cls(**same, name=names.get(often.alert, ""))


class StandingOut(Answer):
    """An alert that stood for more than 24 hours. `name`: how its subject is called."""

    alert: str
    rule: str
    subject: str
    name: str
    since: Instant

    @classmethod
    def of(cls, life: Life, names: Mapping[str, str]) -> Self:
        """Make it from an alert's life and the names of subjects by alert."""
        name = names.get(life.id, "")
        return cls(alert=life.id, rule=life.rule, subject=life.subject, name=name, since=life.raised)


class WaitsOut(Answer):
    """Seconds until something happened to the alerts raised in the period; those it did not happen to are apart."""

    count: int
    still: int
    never: int
    median_s: float | None
    p90_s: float | None

    @classmethod
    def of(cls, waits: Waits) -> Self:
        """Make it from the rules' figure."""
        return cls(**{name: getattr(waits, name) for name in cls.model_fields})


class QualityOut(Answer):
    """One shift or day. `until`: its end, or where the engine is; `officers`: on duty on average."""

    name: str
    shift: str
    title: str
    start: Instant
    end: Instant
    until: Instant
    alarms: int
    officers: float | None
    unstaffed_minutes: int
    peak_at: Instant | None
    held: list[HeldOut]
    floods: list[FloodOut]
    top: list[OftenOut]
    chattering: list[OftenOut]
    stale: list[StandingOut]
    time_to_acknowledge: WaitsOut
    time_to_clear: WaitsOut
    priorities: dict[Severity, int]
    shelved: int
    shelved_at_end: int

    @classmethod
    def of(cls, found: Quality, names: Mapping[str, str]) -> Self:
        """Make it from the rules' figures and the names of subjects by alert."""
        watch = found.watch
        same = ("until", "alarms", "officers", "peak_at", "shelved_at_end")
        return cls(
            **{name: getattr(watch, name) for name in ("name", "shift", "title", "start", "end")},
            **{name: getattr(found, name) for name in same},
            unstaffed_minutes=found.unstaffed_min,
            held=[HeldOut.of(h) for h in found.held],
            floods=[FloodOut.of(f) for f in found.floods],
            top=[OftenOut.of(o, names) for o in found.top],
            chattering=[OftenOut.of(o, names) for o in found.chattering],
            stale=[StandingOut.of(s, names) for s in found.stale],
            time_to_acknowledge=WaitsOut.of(found.acknowledged),
            time_to_clear=WaitsOut.of(found.cleared),
            priorities=dict(found.priorities),
            shelved=found.shelved_in,
        )


class QualityList(Answer):
    """The shifts or days that begin in the span asked for, by start.

    `kept_since`: alerts that were over before it are no longer all kept; what begins earlier is left out.
    """

    by: By
    kept_since: Instant | None
    items: list[QualityOut]
