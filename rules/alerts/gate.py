"""When a rule is judged: local hours, and while lamps owe what the rule is about. Outside, the verdict is UNKNOWN."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.device import Device
from rules.alerts.rule import AlertRule, LampTime
from rules.indicator import World
from rules.lighting.schedule import Duty, Rota, Schedule

OUTSIDE: Final = "outside the hours in which this is judged"
EVER: Final = datetime.max.replace(tzinfo=UTC)
_EDGES: Final = 8
"""How many changes of duty are looked ahead at most: two nights with their half-night pauses."""


class Window:
    """When one rule is judged of what has the same duties. The last answer is kept for as long as it holds."""

    __slots__ = ("_answer", "_rota", "_rule", "_tz", "since", "until")

    def __init__(self, rule: AlertRule, rota: Rota | None, tz: ZoneInfo) -> None:
        """Take a rule, and the duties of a lamp where the rule asks for them."""
        self._rule, self._rota, self._tz = rule, rota, tz
        self.since = self.until = datetime.min.replace(tzinfo=UTC)
        """From when until before when the last answer holds."""
        self._answer = False

    def open(self, instant: datetime) -> bool:
        """Return whether the rule is judged at an instant."""
        if not self.since <= instant < self.until:
            self._answer = self._asked(instant)
            self.since, self.until = instant, self.next_change(instant) or EVER
        return self._answer

    def _asked(self, instant: datetime) -> bool:
        rule, rota = self._rule, self._rota
        if rule.hours is not None and not rule.hours.covers(instant, self._tz):
            return False
        return rota is None or rule.lamp_time is None or _owes(rota, rule.lamp_time, instant)

    def next_change(self, instant: datetime) -> datetime | None:
        """Return an instant after which to ask again; None when the answer never changes."""
        rule, rota, edges = self._rule, self._rota, []
        if rule.hours is not None:
            edges.append(rule.hours.next_edge(instant, self._tz))
        if rule.lamp_time is not None and rota is not None:
            edges.append(rota.phase(instant).until)
            edges.append(rota.phase(instant - rule.lamp_time.after).until + rule.lamp_time.after)
            edges.append(rota.phase(instant + rule.lamp_time.before).until - rule.lamp_time.before)
        return min((e for e in edges if e > instant), default=None)


class Gate:
    """Knows the hours and duties of one world."""

    def __init__(self, world: World) -> None:
        """Index the lighting plan."""
        self._tz = world.place.tz
        self._schedule = Schedule(world.lighting, world.place)
        self._last: tuple[Device, Rota] | None = None
        self._windows: dict[tuple[str, Rota | None], Window] = {}

    def _rota(self, device: Device) -> Rota:
        """Return the rota of a device; the same one is asked about several times in a row."""
        last = self._last
        if last is None or last[0] is not device:
            last = self._last = device, self._schedule.rota(device)
        return last[1]

    def window(self, rule: AlertRule, device: Device | None) -> Window | None:
        """Return when a rule is judged of a device; None: always. Lamps by the thousand have the same window."""
        if rule.hours is None and rule.lamp_time is None:
            return None
        rota = None if rule.lamp_time is None or device is None else self._rota(device)
        window = self._windows.get((rule.name, rota))
        if window is None:
            window = self._windows[rule.name, rota] = Window(rule, rota, self._tz)
        return window

    def open(self, rule: AlertRule, device: Device | None, instant: datetime) -> bool:
        """Return whether a rule is judged at an instant."""
        window = self.window(rule, device)
        return window is None or window.open(instant)

    def next_change(self, rule: AlertRule, device: Device | None, instant: datetime) -> datetime | None:
        """Return an instant after which to ask again; None when the answer never changes."""
        window = self.window(rule, device)
        return None if window is None else window.next_change(instant)

    def powered(self, device: Device, instant: datetime, span: timedelta) -> bool:
        """Return whether a lamp's circuit has been on by schedule for so long before an instant."""
        rota = self._rota(device)
        return all(rota.duty(i) is Duty.ON for i in (instant, instant - span / 2, instant - span))

    def next_edge(self, device: Device, instant: datetime) -> datetime:
        """Return the next instant at which a lamp's circuit may be switched by schedule."""
        return self._rota(device).phase(instant).until

    def on_next(self, device: Device, instant: datetime) -> datetime | None:
        """Return when a lamp's circuit is switched on next by schedule, or None when that is not foreseen."""
        rota = self._rota(device)
        for _ in range(_EDGES):
            instant = rota.phase(instant).until
            if rota.duty(instant) is Duty.ON:
                return instant
        return None


def _owes(rota: Rota, asked: LampTime, instant: datetime) -> bool:
    if rota.duty(instant) is not asked.duty:
        return False
    if asked.after and rota.duty(instant - asked.after) is not asked.duty:
        return False
    return not asked.before or rota.duty(instant + asked.before) is asked.duty
