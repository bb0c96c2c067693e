"""The city's dust monitors with what they said on the running and on the closed day: one board for sites and roads."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.period import Period, PeriodKind, following, last_closed
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.dust.samples import Samples, at_of, label_of, sample_of, samples_of
from rules.dust.tally import DustTally, MonitorDay, monitor_day
from rules.indicator import Latest, World
from rules.shared_board import SharedBoard
from rules.standards.gb3095_limits import Over, limit, limits_of_day
from rules.standards.hj633 import Pollutant

BOARD: Final = "dust"
"""What its dump is kept under."""
KIND: Final = "dust_monitor"
SITE, ROAD = "construction", "road"
"""The types of place in the register."""
LOOKBACK: Final = timedelta(hours=50, minutes=5)
"""The running and the closed day, 25 hours each at most."""
_HOUR: Final = timedelta(hours=1)


class DustBoard(SharedBoard):
    """Monitors and their samples. What is asked for is the closed day, of those that were in service at its end."""

    kinds: ClassVar[tuple[str, ...]] = (KIND,)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the monitors of a world up as of `now`, with what their latest readings say."""
        self._tz = world.place.tz
        self._samples: dict[str, Samples] = {}
        self._days: dict[str, MonitorDay] = {}
        self._then: dict[Scope, list[Device]] = {}
        self._close(last_closed(PeriodKind.DAY, now, self._tz))
        super().__init__(world, latest, now)
        for reading in latest.values():
            if reading.kind == KIND:
                self.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        kind, name = (ScopeKind.SITE, device.text("site")) if device.text("site_type") == SITE else _road(device)
        parts = (
            (ScopeKind.DISTRICT, device.district),
            (ScopeKind.MANAGEMENT_AREA, device.management_area),
            (kind, name),
            (ScopeKind.STATION, device.id),
        )
        return CITY, *(Scope(each, ident) for each, ident in parts if ident)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Keep a sample of the running or the closed day; an older one comes too late to count."""
        said = sample_of(reading)
        label = label_of(said.at)
        if label <= self._first or not self._samples.setdefault(reading.device, Samples()).put(said):
            return
        if label <= self._last:
            self._days.pop(reading.device, None)
            self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let days close until `now`."""
        self.now = now
        if now < self._next:
            return
        self._close(last_closed(PeriodKind.DAY, now, self._tz))
        for samples in self._samples.values():
            samples.drop_until(self._first)
        self.look_up()

    @override
    def touch_all(self) -> None:
        self.changed({*self._by_scope, *self._then})

    @override
    def look_up(self) -> None:
        super().look_up()
        self._days.clear()
        self._then = {}
        for device in self.world.register.in_service(self._last_instant, KIND):
            for scope in self.scopes_of(device):
                self._then.setdefault(scope, []).append(device)
        self.touch_all()

    @override
    def scopes_touched(self, devices: Iterable[str]) -> set[Scope]:
        register, then = self.world.register, self._last_instant
        devices = list(devices)
        stood = (register.at(device, then) for device in devices)
        return super().scopes_touched(devices).union(*(self.scopes_of(d) for d in stood if d is not None))

    def now_there(self, scope: Scope, site_type: str) -> list[Device]:
        """Return the monitors of a type in a scope now, by id, in any asset state."""
        return [device for device in self.devices(scope) if device.text("site_type") == site_type]

    def then_there(self, scope: Scope, site_type: str) -> list[Device]:
        """Return those that were in service at the end of the closed day, by id."""
        found = (device for device in self._then.get(scope, ()) if device.text("site_type") == site_type)
        return sorted(found, key=lambda device: device.id)

    def tally(self, scope: Scope, site_type: str) -> DustTally:
        """Return the closed day of the monitors of a type in a scope."""
        return DustTally({device.id: self.day(device) for device in self.then_there(scope, site_type)})

    def day(self, device: Device) -> MonitorDay:
        """Return the closed day of a monitor."""
        found = self._days.get(device.id)
        if found is None:
            samples = self._samples.get(device.id) or Samples()
            said = monitor_day(samples, self._first, self.hours, self.mark)
            found = self._days[device.id] = replace(said, place=place_of(device), synthetic=device.synthetic)
        return found

    @property
    def hours(self) -> int:
        """How many hours the closed day has: 24, but where clocks change."""
        return round((self.closed.end - self.closed.start) / _HOUR)

    def dump(self) -> Any:
        """Return the samples by monitor."""
        return {monitor: samples.dump() for monitor, samples in self._samples.items() if len(samples)}

    def restore(self, dumped: Any) -> None:
        """Take over the samples of a dump; of a dump from before there was this board there are none."""
        for monitor, packed in (dumped or {}).items():
            for said in samples_of(packed):
                if label_of(said.at) > self._first:
                    self._samples.setdefault(monitor, Samples()).put(said)
        self._days.clear()

    def _close(self, day: Period) -> None:
        self.closed = day
        self._first, self._last = at_of(day.start), at_of(day.end)
        self._next = following(day, self._tz).end
        try:
            limits = limits_of_day(day.first_day)
        except ValueError as uncovered:
            self.mark, self.limits, self.uncovered = 0, "", str(uncovered)
        else:
            self.mark, self.limits, self.uncovered = limit(limits, Pollutant.PM10, Over.DAY) or 0, limits.value, ""

    @property
    def _last_instant(self) -> datetime:
        return self.closed.end - datetime.resolution


def place_of(device: Device) -> str:
    """Return what a monitor is ranked under."""
    named = device.text("site") if device.text("site_type") == SITE else device.text("road")
    return named or device.id


def _road(device: Device) -> tuple[ScopeKind, str]:
    return ScopeKind.ROAD, device.text("road")
