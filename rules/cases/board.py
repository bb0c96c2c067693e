"""The city's systems of case files, live: their records of the running month, the closed one and a year before it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.instants import micros
from domain.period import Period, PeriodKind, following, last_closed, midnight
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.cases.ledger import Ledger, record_of, records_of
from rules.cases.tally import CaseTally, Wanted, tally_of
from rules.indicator import Latest, World
from rules.shared_board import SharedBoard

BOARD: Final = "cases"
"""What its dump is kept under."""
KIND: Final = "case_record"
LOOKBACK: Final = timedelta(days=366 + 63)
"""The running month, the closed one, and a year in which an open case may have been untouched (our choice)."""


class CaseBoard(SharedBoard):
    """Systems and their records. It is exact for the last `now` it was given."""

    kinds: ClassVar[tuple[str, ...]] = (KIND,)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the systems of a world up as of `now`, with what their latest readings say."""
        self._tz = world.place.tz
        self._ledgers: dict[str, Ledger] = {}
        self._close(last_closed(PeriodKind.MONTH, now, self._tz))
        super().__init__(world, latest, now)
        for reading in latest.values():
            if reading.kind == KIND:
                self.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.UNIT, device.responsible_unit)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Keep a record; one that is older than the window comes too late to count."""
        at = micros(reading.at)
        ledger = self._ledgers.setdefault(reading.device, Ledger())
        if at >= self._since and ledger.put(at, reading.revision, record_of(reading)):
            self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let months close until `now`."""
        self.now = now
        if now >= self._next:
            self._close(last_closed(PeriodKind.MONTH, now, self._tz))
            for ledger in self._ledgers.values():
                ledger.drop_before(self._since)
            self.touch_all()

    def expected(self, scope: Scope) -> list[Device]:
        """Return the systems of a scope in service."""
        return [device for device in self.devices(scope) if device.state is AssetState.IN_SERVICE]

    def tally(self, scope: Scope, wanted: Wanted, start: datetime, end: datetime) -> CaseTally:
        """Return what the wanted cases of a scope add up to from start to end."""
        total = CaseTally()
        for device in self.expected(scope):
            total = total.merged(self.system(device, wanted, start, end))
        return total

    def system(self, device: Device, wanted: Wanted, start: datetime, end: datetime) -> CaseTally:
        """Return what the wanted cases of one system add up to."""
        ledger = self._ledgers.get(device.id) or Ledger()
        return tally_of(ledger, micros(start), micros(end), wanted, synthetic=device.synthetic)

    def dump(self) -> Any:
        """Return the records by system."""
        return {device: ledger.dump() for device, ledger in sorted(self._ledgers.items()) if len(ledger)}

    def restore(self, dumped: Any) -> None:
        """Take over the records of a dump; of a dump from before there was this board there are none."""
        for device, packed in (dumped or {}).items():
            ledger = self._ledgers.setdefault(device, Ledger())
            for at, revision, record in records_of(packed):
                if at >= self._since:
                    ledger.put(at, revision, record)

    def _close(self, month: Period) -> None:
        self.closed = month
        first = month.first_day
        self._since = micros(midnight(first.replace(year=first.year - 1), self._tz))
        self._next = following(month, self._tz).end
