"""热线四率: connect, reply, closure and satisfaction rate of the citizens' hotline (plan item 42), by day and by month.

The measure is the connect rate (接通率) of the last closed day; all four stand in `detail`, of that day, of the closed
month and of the running one. A day without its table makes the figures of its period unknown, never smaller.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import Period, PeriodKind, last_closed, period_of
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.board import DeviceBoard
from rules.city.hotline import NO_TABLE, RATES, DayTable, HotlineTally, rows_of, table_of, tables_of
from rules.indicator import Indicator, Kept, Latest, World

NO_DEVICE: Final = "no hotline table is registered"
_LONGEST: Final = timedelta(days=64)
"""The running month, the closed one, and a day."""


class HotlineRates(DeviceBoard):
    """The daily tables of the running and the last month. Exact for the last `now` it was given."""

    kinds: ClassVar[tuple[str, ...]] = ("hotline_daily",)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the tables of a world up as of `now`, with what the latest readings say."""
        self._tables: dict[str, dict[date, DayTable]] = {}
        super().__init__(world, latest, now)
        for reading in latest.values():
            if reading.kind in self.kinds:
                self.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.UNIT, device.responsible_unit)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Keep the table of a day of this month or the last; older ones come too late to show."""
        day = reading.at.astimezone(self.world.place.tz).date()
        table = table_of(reading)
        days = self._tables.setdefault(reading.device, {})
        if day < self._first_day or (day in days and days[day][:2] >= table[:2]):
            return
        days[day] = table
        self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let days and months close until `now`."""
        before, self.now = self._day(self.now), now
        if self._day(now) != before:
            for days in self._tables.values():
                for old in [day for day in days if day < self._first_day]:
                    del days[old]
            self.touch_all()

    @override
    def has(self, scope: Scope) -> bool:
        return scope == CITY or super().has(scope)

    @override
    def scopes(self) -> Sequence[Scope]:
        return sorted({CITY, *super().scopes()})

    def tally(self, scope: Scope) -> HotlineTally:
        """Return the tables of a scope: of those in service, also where a table never came."""
        expected = [d.id for d in self.devices(scope) if d.state is AssetState.IN_SERVICE]
        return HotlineTally({device: dict(self._tables.get(device, {})) for device in expected})

    def measure(self, scope: Scope) -> Measure:
        """Return the connect rate of the last closed day, with all rates of the day and of two months."""
        day, tally = self._day(self.now), self.tally(scope)
        rates = {rate.name: tally.rate(rate, day.days()).view() for rate in RATES}
        shown = rates[RATES[0].name]
        reason = NO_DEVICE if not tally.tables else ""
        if shown["lacking"]:
            reason = "; ".join(f"{why}: {n} of {len(tally.tables)} tables" for why, n in shown["lacking"].items())
        closed = last_closed(PeriodKind.MONTH, self.now, self.world.place.tz)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=shown["value"],
            numerator=shown["numerator"],
            denominator=shown["denominator"],
            unknown=0,
            coverage=shown["coverage"],
            covers=Span(day.start, day.end),
            official=shown["value"] is not None and not self._made_up(scope),
            verdict_allowed=shown["value"] is not None,
            reason=reason or self._made_up(scope),
            register_version=self.world.register.version,
            detail={
                "day": day.name,
                "rates": rates,
                "month_closed": self._month(tally, closed, scope),
                "month_to_date": self._to_date(tally),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the rates with the table of each device for the day, and the division behind each rate."""
        found = self.measure(scope)
        steps = []
        for rate in RATES:
            said = found.detail["rates"][rate.name]
            share = "unknown" if said["value"] is None else f"{said['value']:.2f} %"
            text = f"{rate.title} of {found.detail['day']} = {rate.part} {said['numerator']} ÷ "
            steps.append(Step(f"{text}{rate.whole} {said['denominator']}", share, "plan item 42"))
        return Explanation(found, INDICATOR.source, [self._input(device) for device in self.devices(scope)], steps)

    def dump(self) -> Any:
        """Return the tables by device."""
        return {device: rows_of(tables) for device, tables in sorted(self._tables.items()) if tables}

    def restore(self, dumped: Any) -> None:
        """Take over the tables of a dump; of a dump from before there was this indicator there are none."""
        for device, rows in (dumped or {}).items():
            days = self._tables.setdefault(device, {})
            for day, table in tables_of(rows).items():
                if day >= self._first_day and (day not in days or days[day][:2] < table[:2]):
                    days[day] = table

    @property
    def _first_day(self) -> date:
        return last_closed(PeriodKind.MONTH, self.now, self.world.place.tz).first_day

    def _day(self, now: datetime) -> Period:
        return last_closed(PeriodKind.DAY, now, self.world.place.tz)

    def _month(self, tally: HotlineTally, month: Period, scope: Scope) -> dict[str, Any]:
        """Return the closed month, in the form that monthly targets are held against."""
        rates = {rate.name: tally.rate(rate, month.days()).view() for rate in RATES}
        shown = rates[RATES[0].name]
        lacking = sum(shown["lacking"].values())
        reason = f"{lacking} daily tables lack it" if lacking else self._made_up(scope)
        official = shown["value"] is not None and not reason
        keys = ("value", "numerator", "denominator", "unknown", "coverage")
        return {
            "month": month.name,
            "until": month.end.isoformat(),
            **{key: shown[key] for key in keys},
            "official": official,
            "reason": reason,
            "rates": rates,
        }

    def _to_date(self, tally: HotlineTally) -> dict[str, Any]:
        """Return the complete days of the running month, as far as there are tables of them."""
        month = period_of(PeriodKind.MONTH, self.now, self.world.place.tz)
        over = [day for day in month.days() if day <= self._day(self.now).first_day]
        return {
            "month": month.name,
            "days": len(over),
            "rates": {rate.name: tally.rate(rate, over).view(running=True) for rate in RATES},
        }

    def _made_up(self, scope: Scope) -> str:
        made_up = sum(d.synthetic for d in self.devices(scope) if d.state is AssetState.IN_SERVICE)
        return f"{made_up} of the tables are made up" if made_up else ""

    def _input(self, device: Device) -> Input:
        table = self._tables.get(device.id, {}).get(self._day(self.now).first_day)
        why = device.state.value if device.state is not AssetState.IN_SERVICE else "" if table else NO_TABLE
        at = None if table is None else datetime.fromisoformat(table.at)
        return Input(device.id, device.name, used=not why, why=why, at=at, says={} if table is None else table.counts)


INDICATOR: Final = Indicator(
    name="hotline_rates",
    title="热线接通率、回复率、办结率和满意率",
    title_en="Hotline: connect, reply, closure and satisfaction rates",
    unit="%",
    kinds=HotlineRates.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.UNIT),
    source="plan of 2019, item 42: counts of the hotline's daily table; the measure itself is the connect rate",
    lookback={"instant": _LONGEST, "month": _LONGEST},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.UNIT), settle=timedelta(hours=12)),
    state=HotlineRates,
)
