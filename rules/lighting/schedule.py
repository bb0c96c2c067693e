"""When must a lamp be on: timetable, half-night group, 24-hour underpass, and the overrides that win over them.

Lamps that share all of these share one `Rota`, so the city has a handful of rotas for 128,000 lamps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.citytime import Place, evening_date, local_noon
from domain.device import Device
from domain.kinds import KINDS
from domain.lighting import LightingPlan, Override, OverrideAction, Timetable
from rules.lighting.night import Nights

SETTLING: Final = timedelta(minutes=30)
"""No verdict sooner than this after switch-on, nor later than this before switch-off (city_operations 2.1)."""
AFTERGLOW: Final = KINDS["streetlight"].freshness
"""A report may stem from before switch-off so long; only then every fresh report is one of lamps that must be off."""
STANDARD: Final = Timetable(id="standard", title="日落日出")
"""What holds while no timetable was entered: sunset + 8 min, sunrise - 16 min, the whole night."""
_DAY: Final = timedelta(days=1)
_KEPT: Final = 6
"""How many phases a rota keeps: now, and as long before and after it as rules look."""


class Duty(StrEnum):
    """What a lamp owes at an instant."""

    ON = "on"
    OFF = "off"
    NO_JUDGEMENT = "no_judgement"
    """On or off, nobody is blamed: out of the denominator."""


_DUTIES: Final[Mapping[OverrideAction, Duty]] = {
    OverrideAction.ON: Duty.ON,
    OverrideAction.OFF: Duty.OFF,
    OverrideAction.NO_JUDGEMENT: Duty.NO_JUDGEMENT,
}


@dataclass(frozen=True, slots=True)
class Phase:
    """The duty at an instant, whether a verdict may be given on it, and when to look again.

    `settled` is True within [on + 30 min, off - 30 min] of a lamp that must be on, within [off + 40 min, on - 30 min]
    of one that must be off, and while there is no judgement.
    """

    duty: Duty
    settled: bool
    until: datetime
    """The first instant at which duty or `settled` may differ."""


@dataclass(frozen=True, slots=True)
class RotaKey:
    """What lamps must share to be on and off together. `overrides` are ids, the latest recorded first."""

    timetable: str
    alternate: bool
    underpass: bool
    overrides: tuple[str, ...]


class Rota:
    """The duties of all lamps that share a `RotaKey`."""

    __slots__ = ("_known", "_place", "key", "nights", "overrides")

    def __init__(self, key: RotaKey, nights: Nights, overrides: tuple[Override, ...], place: Place) -> None:
        """Take the nights of the timetable and the overrides, the latest recorded first: the first that covers wins."""
        self.key = key
        self.nights = nights
        self.overrides = overrides
        self._place = place
        self._known: tuple[tuple[datetime, Phase], ...] = ()

    def duty(self, instant: datetime) -> Duty:
        """Return what the lamps owe at an instant."""
        for start, phase in self._known:
            if start <= instant < phase.until:
                return phase.duty
        for override in self.overrides:
            if override.start <= instant < override.end:
                return _DUTIES[override.action]
        if self.key.underpass:
            return Duty.ON
        evening = evening_date(instant, self._place.tz)
        night = self.nights.of(evening)
        intervals = night.alternate if self.key.alternate else (night.full,)
        return Duty.ON if any(i.covers(instant) for i in intervals) else Duty.OFF

    def phase(self, instant: datetime) -> Phase:
        """Return duty, settledness and the next change at an instant. 24-hour underpasses are always settled.

        It is the same until its end, and lamps by the thousand ask for the same hours: the last answers are kept.
        """
        for start, known in self._known:
            if start <= instant < known.until:
                return known
        phase = self._phase(instant)
        self._known = ((instant, phase), *self._known[: _KEPT - 1])
        return phase

    def _phase(self, instant: datetime) -> Phase:
        edges = self.edges(instant)
        duty = self.duty(instant)
        past = [e for e in edges if e <= instant]
        coming = [e for e in edges if e > instant]
        until = coming[0]
        if duty is Duty.NO_JUDGEMENT or (duty is Duty.ON and self.key.underpass):
            return Phase(duty, settled=True, until=until)
        since = next((e for e in reversed(past) if self.duty(e - timedelta.resolution) is not duty), past[0])
        ending = next((e for e in coming if self.duty(e) is not duty), coming[-1])
        begins = since + (SETTLING if duty is Duty.ON else AFTERGLOW)
        ends = ending - SETTLING + timedelta.resolution
        until = min(e for e in (until, begins, ends) if e > instant)
        return Phase(duty, settled=begins <= instant < ends, until=until)

    def edges(self, instant: datetime) -> list[datetime]:
        """Return, in order, every instant from noon to noon around now at which the duty may change, noons included."""
        tz = self._place.tz
        evening = evening_date(instant, tz)
        first, last = local_noon(evening - _DAY, tz), local_noon(evening + 2 * _DAY, tz)
        edges = {first, local_noon(evening, tz), local_noon(evening + _DAY, tz), last}
        for day in (evening - _DAY, evening, evening + _DAY):
            night = self.nights.of(day)
            for interval in night.alternate if self.key.alternate else (night.full,):
                edges |= {interval.start, interval.end}
        for override in self.overrides:
            edges |= {override.start, override.end}
        return sorted(e for e in edges if first <= e <= last)


class Schedule:
    """Finds the rota of a lamp. Built anew whenever the lighting plan changes."""

    __slots__ = ("_before", "_default", "_known", "_overrides", "_place", "nights", "rotas")

    def __init__(self, plan: LightingPlan, place: Place, before: "Schedule | None" = None) -> None:
        """Index the plan. The first timetable holds for lamps that name none, or one that does not exist.

        Rotas that are the same as `before` stay the same objects, so a small change of the plan moves few lamps.
        """
        timetables = plan.timetables or (STANDARD,)
        self._default = timetables[0].id
        self.nights = {t.id: _nights(t, place, before) for t in timetables}
        self._overrides = _by_scope(plan.overrides)
        self._place = place
        self._before = {} if before is None else before.rotas
        self.rotas: dict[RotaKey, Rota] = {}
        self._known: dict[tuple[object, ...], Rota] = {}
        """The same by what the register says of a lamp: this is asked for every reading."""

    def rota(self, lamp: Device) -> Rota:
        """Return the rota of a lamp; the same object for lamps with the same duties."""
        overrides = self._overrides_of(lamp)
        said, ids = lamp.attributes, tuple([o.id for o in overrides])
        asked = said.get("timetable"), said.get("half_night"), said.get("underpass") is True, ids
        rota = self._known.get(asked)
        if rota is None:
            rota = self._known[asked] = self._rota(lamp, overrides)
        return rota

    def _rota(self, lamp: Device, overrides: tuple[Override, ...]) -> Rota:
        named = lamp.text("timetable")
        key = RotaKey(
            timetable=named if named in self.nights else self._default,
            alternate=lamp.text("half_night") == "alternate",
            underpass=lamp.flag("underpass"),
            overrides=tuple(o.id for o in overrides),
        )
        rota = self.rotas.get(key)
        if rota is None:
            rota = self.rotas[key] = self._make(key, overrides)
        return rota

    def _make(self, key: RotaKey, overrides: tuple[Override, ...]) -> Rota:
        nights = self.nights[key.timetable]
        same = self._before.get(key)
        if same is not None and same.nights is nights and same.overrides == overrides:
            return same
        return Rota(key, nights, overrides, self._place)

    def _overrides_of(self, lamp: Device) -> tuple[Override, ...]:
        if not self._overrides:
            return ()
        found = (o for scope in _scopes_of(lamp) for o in self._overrides.get(scope, ()))
        return tuple(sorted(found, key=lambda o: (o.recorded_at, o.id), reverse=True))


def _nights(timetable: Timetable, place: Place, before: Schedule | None) -> Nights:
    known = None if before is None else before.nights.get(timetable.id)
    return known if known is not None and known.timetable == timetable else Nights(timetable, place)


def _by_scope(overrides: Iterable[Override]) -> dict[str, list[Override]]:
    found: dict[str, list[Override]] = {}
    for override in overrides:
        if override.recorded_to is None:
            found.setdefault(override.scope, []).append(override)
    return found


def _scopes_of(lamp: Device) -> tuple[str, ...]:
    return (
        "city",
        f"district:{lamp.district}",
        f"management_area:{lamp.management_area}",
        f"road_class:{lamp.text('road_class')}",
        f"road:{lamp.text('road')}",
        f"supply_point:{lamp.text('supply_point')}",
        f"device:{lamp.id}",
    )
