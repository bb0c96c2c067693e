"""The days of the city's bays and car parks: one board for all indicators that look at a whole day of parking."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.instants import micros
from domain.period import Period, PeriodKind, following, last_closed
from domain.reading import Reading
from domain.scope import CITY, Scope
from rules.indicator import Latest, World
from rules.parking.bay_day import FRESH_US, BayDay, bay_day
from rules.parking.board import BAY, PARK, scopes_of
from rules.parking.day_tally import DayTally, day_tally
from rules.parking.lot_day import LotDay, LotSeries, lot_day
from rules.parking.profile import QUARTER_US
from rules.parking.series import Series
from rules.shared_board import SharedBoard

BOARD: Final = "parking_day"
"""What its dump is kept under."""
LOOKBACK: Final = timedelta(hours=75)
"""The running and the closed day, 25 hours each at most, and the day before that tells how the closed one began."""


class DayBoard(SharedBoard):
    """Bays and car parks with their reports of the running day, the closed one and a day before.

    What is asked for is the last closed day, of the devices that were in service at its end; it is worked out when
    asked for, bay by bay, and again only for bays that a late report touches.
    """

    kinds: ClassVar[tuple[str, ...]] = (BAY, PARK)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the devices of a world up as of `now`, with what their latest readings say."""
        self._tz = world.place.tz
        self._close(last_closed(PeriodKind.DAY, now, self._tz))
        self._bays: dict[str, Series] = {}
        self._lots: dict[str, LotSeries] = {}
        self._bay_days: dict[str, BayDay] = {}
        self._tallies: dict[Scope, DayTally] = {}
        self._then: dict[Scope, list[Device]] = {}
        self._left: list[Device] = []
        """Bays whose closed day nobody has worked out yet, as far as `work_out` is to do it."""
        self._late: set[str] = set()
        """Devices whose closed day has to be worked out again, with the tallies they are in."""
        super().__init__(world, latest, now)
        for reading in latest.values():
            if reading.kind in self.kinds:
                self.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> tuple[Scope, ...]:
        return scopes_of(device)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Keep a report; one that is older than the window comes too late to count."""
        at = micros(reading.at)
        if at < self._since:
            return
        if reading.kind == BAY:
            series = self._bays.get(reading.device)
            if series is None:
                series = self._bays[reading.device] = Series()
            news = series.put(at, reading)
        else:
            lot = self._lots.get(reading.device)
            if lot is None:
                lot = self._lots[reading.device] = LotSeries()
            news = lot.put(at, reading)
        if news and at < self._end:
            self._bay_days.pop(reading.device, None)
            self._late.add(reading.device)
            self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let days close until `now`."""
        self.now = now
        if now < self._next:
            return
        self._close(last_closed(PeriodKind.DAY, now, self._tz))
        for bay in self._bays.values():
            bay.drop_before(self._since)
        for lot in self._lots.values():
            lot.drop_before(self._since)
        self._look_back()

    @override
    def touch_all(self) -> None:
        self.changed({*self._by_scope, *self._then})

    @override
    def look_up(self) -> None:
        super().look_up()
        self._look_back()

    def _look_back(self) -> None:
        """Look up who was in service at the end of the closed day; nothing of it is worked out yet."""
        self.touch_all()
        self._bay_days.clear()
        self._tallies.clear()
        self._late.clear()
        self._then = {}
        for kind in self.kinds:
            for device in self.world.register.in_service(self._last_instant, kind):
                same = self.known.get(device.id) is device  # nearly always
                for scope in self._scopes[device.id] if same else scopes_of(device):
                    self._then.setdefault(scope, []).append(device)
        self._left = [device for device in self._then.get(CITY, ()) if device.kind == BAY]
        self.touch_all()

    @override
    def scopes_touched(self, devices: Iterable[str]) -> set[Scope]:
        register, then = self.world.register, self._last_instant
        devices = list(devices)
        stood = (register.at(device, then) for device in devices)
        return super().scopes_touched(devices).union(*(scopes_of(device) for device in stood if device is not None))

    def tally(self, scope: Scope) -> DayTally:
        """Return the closed day of a scope."""
        if self._late:
            for touched in self.scopes_touched(self._late) if self._tallies else ():
                self._tallies.pop(touched, None)
            self._late.clear()
        found = self._tallies.get(scope)
        if found is None:
            found = self._tallies[scope] = day_tally(self._bays_of(scope), self._lots_of(scope), self.quarters)
        return found

    def devices_then(self, scope: Scope) -> list[Device]:
        """Return the devices of a scope that were in service at the end of the closed day, by id."""
        return sorted(self._then.get(scope, ()), key=lambda device: device.id)

    def bay(self, device: Device) -> BayDay:
        """Return the closed day of a bay."""
        found = self._bay_days.get(device.id)
        if found is None:
            reports = self._bays.setdefault(device.id, Series()).reports(self._end)
            found = self._bay_days[device.id] = bay_day(reports, self._start, self._end, self.quarters)
        return found

    def work_out(self, bays: int) -> bool:
        """Work out the closed day of so many bays more; return whether any is left. Who asks before is served, too."""
        for _ in range(min(bays, len(self._left))):
            self.bay(self._left.pop())
        return bool(self._left)

    def lot(self, device: Device) -> LotDay | None:
        """Return the closed day of a car park; None when its capacity is not known."""
        series = self._lots.get(device.id) or LotSeries()
        return lot_day(device, series, self._start, self._end, self.quarters)

    @property
    def quarters(self) -> int:
        """How many quarters of an hour the closed day has: 96, but where clocks change."""
        return (self._end - self._start) // QUARTER_US

    def dump(self) -> Any:
        """Return the reports by device."""
        return {
            "bays": {bay: series.dump() for bay, series in self._bays.items() if len(series)},
            "lots": {lot: rows for lot, series in self._lots.items() if (rows := series.dump())},
        }

    def restore(self, dumped: Any) -> None:
        """Take over the reports of a dump; of a dump from before there was this board there are none."""
        if dumped is None:
            return
        for bay, rows in dumped["bays"].items():
            self._bays.setdefault(bay, Series()).restore(rows, self._since)
        for lot, rows in dumped["lots"].items():
            self._lots.setdefault(lot, LotSeries()).restore(lot, rows, self._since)
        self._bay_days.clear()
        self._tallies.clear()

    def _close(self, day: Period) -> None:
        """Take a day as the closed one; instants in µs, so that a reading is placed by comparing numbers."""
        self.closed = day
        self._start, self._end = micros(day.start), micros(day.end)
        self._since = self._start - FRESH_US
        self._next = following(day, self._tz).end

    @property
    def _last_instant(self) -> datetime:
        return self.closed.end - datetime.resolution

    def _bays_of(self, scope: Scope) -> Iterator[tuple[str, BayDay, bool]]:
        for device in self._then.get(scope, ()):
            if device.kind == BAY:
                yield device.text("lot"), self.bay(device), device.synthetic

    def _lots_of(self, scope: Scope) -> Iterator[tuple[str, LotDay]]:
        for device in self._then.get(scope, ()):
            day = self.lot(device) if device.kind == PARK else None
            if day is not None:
                yield device.id, day
