"""泉水持续喷涌天数: days that a spring has flowed without a stop, by its official readings; of several the fewest.

After a stop the register's `flowing_since` has to be set anew: beyond the window of a quarter it is all that is known.
Without it the days are those of the window at most, and `at_least` says so.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind, midnight
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.indicator import Indicator, Kept, Latest, World
from rules.springs.days import WINDOW_DAYS, FlowTally, Official, Run, last_due, official_day, run_of, window_start
from rules.springs.lines import flows_by
from rules.watch.board import WatchBoard, number

_SOURCE: Final = "official readings of 07:00; outflow sills and flowing_since of the register; plan of 2019, item 22"
NO_SHARE: Final = "a number of days is no share; whether springs flow is told by spring_flow"


class SpringFlowDays(WatchBoard):
    """The gauges of the city's springs with the official reading of each day of the window."""

    kinds: ClassVar[tuple[str, ...]] = ("spring_gauge",)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the gauges of a world up as of `now`, with what their latest readings say."""
        super().__init__(world, latest, now)
        self._tz = world.place.tz
        self._last = last_due(now, self._tz)
        self._days: dict[str, dict[date, Official]] = {}
        for reading in latest.values():
            if reading.kind in self.kinds:
                self._keep(reading)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.SPRING, device.text("spring"))

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        if self._keep(reading):
            self.touch(reading.device)

    @override
    def advance(self, now: datetime) -> None:
        self.now = now
        last = last_due(now, self._tz)
        if last != self._last:
            self._last = last
            first = window_start(now, self._tz)
            for days in self._days.values():
                for old in [day for day in days if day < first]:
                    del days[old]
            self.touch_all()

    def tally(self, scope: Scope) -> FlowTally:
        """Return the runs of the springs of a scope that are in service."""
        expected = [d for d in self.devices(scope) if not self.expected(d)]
        return FlowTally(sum(d.synthetic for d in expected), {d.id: self._run(d) for d in expected})

    def measure(self, scope: Scope) -> Measure:
        """Return the days of the shortest run; numerator + unknown = denominator, the length of that run."""
        tally = self.tally(scope)
        run = tally.shortest()
        known = run is not None and (run.first is not None or run.stopped is not None)
        made_up = f"{tally.synthetic} of the springs are made up" if tally.synthetic else ""
        length = 0 if run is None else run.length
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=run.days if run is not None and known else None,
            numerator=0 if run is None else run.days,
            denominator=length,
            unknown=0 if run is None else run.unknown,
            coverage=run.days / length if run is not None and length else None,
            covers=self._covers(run),
            official=known and not made_up,
            verdict_allowed=False,
            reason=made_up or (NO_SHARE if known else "nothing is known of a spring"),
            register_version=self.world.register.version,
            detail={"springs": [self._view(d) for d in self.devices(scope) if not self.expected(d)]},
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the days with each spring's run and its newest official reading."""
        found = self.measure(scope)
        inputs = []
        for device in self.devices(scope):
            why = self.expected(device) or ("" if self._run(device).length else "no_official_reading")
            inputs.append(Input(device.id, device.name, not why, why, says=self._view(device)))
        steps = [
            Step("last day whose official reading is due", self._last.isoformat(), "official reading at 07:00"),
            Step("days of the shortest run since its last stop, or since the register says", f"{found.denominator:g}"),
            Step("of them without a valid official reading, not counted", f"{found.unknown:g}"),
            Step("days that it was known to flow", "none" if found.value is None else f"{found.value:g}"),
        ]
        return Explanation(found, _SOURCE, inputs, steps)

    @override
    def dump(self) -> Any:
        return {device: [list(said) for said in days.values()] for device, days in self._days.items()}

    @override
    def restore(self, dumped: Any) -> None:
        for device, rows in (dumped or {}).items():
            for row in rows:
                self._put(device, Official(*row))

    def _keep(self, reading: Reading) -> bool:
        found = official_day(reading.at, self._tz)
        if found is None:
            return False
        faults = self.invalidating.intersection(reading.faults)
        level, flow = (None, None) if faults else (number(reading, "level"), number(reading, "flow"))
        why = min(faults, default="")
        return self._put(
            reading.device, Official(-found[1], reading.at.timestamp(), reading.revision, level, flow, why)
        )

    def _put(self, device: str, said: Official) -> bool:
        day = datetime.fromtimestamp(said.at, self._tz).date()
        if day < window_start(self.now, self._tz):
            return False
        days = self._days.setdefault(device, {})
        if day in days and days[day][:3] >= said[:3]:
            return False
        days[day] = said
        return True

    def _run(self, device: Device) -> Run:
        verdicts = {
            day: flows_by(device, said.level, said.flow)[0]
            for day, said in self._days.get(device.id, {}).items()
            if day <= self._last
        }
        return run_of(verdicts, self._last, _date(device.text("flowing_since")))

    def _covers(self, run: Run | None) -> Span | None:
        if run is None or run.first is None:
            return None
        return Span(midnight(run.first, self._tz), midnight(run.last + timedelta(days=1), self._tz))

    def _view(self, device: Device) -> dict[str, Any]:
        run, said = self._run(device), self._days.get(device.id, {}).get(self._last)
        return {
            "device": device.id,
            "spring": device.text("spring"),
            "days": run.days,
            "first": None if run.first is None else run.first.isoformat(),
            "last": run.last.isoformat(),
            "unknown_days": run.unknown,
            "days_by_register": run.by_register,
            "at_least": run.first == window_start(self.now, self._tz),
            "stopped": None if run.stopped is None else run.stopped.isoformat(),
            "official_level": None if said is None else said.level,
            "official_reason": "no_official_reading" if said is None else said.why,
        }


def _date(text: str) -> date | None:
    """Return a date of the register; None when it is not given or no date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


INDICATOR: Final = Indicator(
    name="spring_flow_days",
    title="泉水持续喷涌天数",
    title_en="Days of continuous flow of the springs",
    unit="d",
    kinds=SpringFlowDays.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.SPRING),
    source=_SOURCE,
    lookback={"instant": timedelta(days=WINDOW_DAYS + 2)},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.SPRING), settle=timedelta(hours=1)),
    state=SpringFlowDays,
)
