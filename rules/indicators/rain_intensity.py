"""小时雨量: rain of the last hour by gauge; of an area the greatest of its gauges, with the mean and the day beside it.

Classes of rain (暴雨 and so on) are not told: no table of them is among the sources.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.indicator import Indicator, Kept, Latest, World
from rules.streets.rain import DAY_STEPS, STEP_S, Amount, Gauge, RainSum, RainTally, end_of, label_of, thousandths
from rules.watch.board import WatchBoard, freshness_of, number

_FRESH: Final = freshness_of("rain_gauge")
_STEP: Final = timedelta(seconds=STEP_S)
_WINDOW: Final = DAY_STEPS * _STEP + _FRESH + _STEP
_SOURCE: Final = "sums of five-minute amounts; a sum needs three quarters of its five minutes (our choice)"
NO_SHARE: Final = "a sum of rain is no share"


class RainIntensity(WatchBoard):
    """The rain gauges of the city with their amounts of the last day."""

    kinds: ClassVar[tuple[str, ...]] = ("rain_gauge",)
    invalidating: ClassVar[frozenset[str]] = frozenset({"sensorFault", "gaugeBlocked", "calibration", "maintenance"})

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the gauges of a world up as of `now`, with what their latest readings say."""
        super().__init__(world, latest, now)
        self._gauges: dict[str, Gauge] = {}
        self._kept_from = self._oldest()
        for reading in latest.values():
            if reading.kind in self.kinds:
                self._keep(reading.device, self._amount(reading))

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.DISTRICT, device.district), Scope(ScopeKind.STATION, device.id)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        super().apply(reading, newest=newest)
        if self._keep(reading.device, self._amount(reading)):
            self.touch(reading.device)

    @override
    def advance(self, now: datetime) -> None:
        super().advance(now)
        oldest = self._oldest()
        if oldest > self._kept_from:
            self._kept_from = oldest
            for gauge in self._gauges.values():
                gauge.drop_before(oldest)

    def tally(self, scope: Scope) -> RainTally:
        """Return the sums of the gauges of a scope."""
        expected = [d for d in self.devices(scope) if not self.expected(d)]
        sums = {d.id: found for d in expected if (found := self._sums(d)) is not None}
        return RainTally(len(expected), sum(d.synthetic for d in expected), sums)

    def measure(self, scope: Scope) -> Measure:
        """Return the greatest hour's sum of a scope; numerator and denominator are the gauges with one and all."""
        tally = self.tally(scope)
        hours = tally.known(0)
        made_up = f"{tally.synthetic} of the gauges are made up" if tally.synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=max(hours, key=lambda s: s.amount).mm if hours else None,
            numerator=len(hours),
            denominator=tally.expected,
            unknown=tally.expected - len(hours),
            coverage=len(hours) / tally.expected if tally.expected else None,
            span=self._span(scope, tally),
            official=bool(hours) and not made_up,
            verdict_allowed=False,
            reason=made_up or NO_SHARE,
            register_version=self.world.register.version,
            detail={
                "hour_mean": _mean(hours),
                "day_max": max((s.mm for s in tally.known(1)), default=None),
                "day_mean": _mean(tally.known(1)),
                "gauges": [self._view(d, tally) for d in self.devices(scope) if d.id in tally.sums],
                "unknown_devices": [
                    {"device": d.id, "reason": why} for d in self.devices(scope) if (why := self._why_unknown(d, tally))
                ],
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the sum with the five-minute amounts of each gauge."""
        tally = self.tally(scope)
        found = self.measure(scope)
        inputs = []
        for device in self.devices(scope):
            why = self.expected(device) or self._why_unknown(device, tally)
            reading = self.fresh(device)[0]
            says = {} if reading is None else self._amounts(device, label_of(reading.at))
            at = None if reading is None else reading.at
            inputs.append(Input(device.id, device.name, not why, why, at, says))
        greatest = "none" if found.value is None else f"{found.value:g} mm"
        steps = [
            Step("gauges in service", f"{found.denominator:g}"),
            Step("of them with nine at least of the twelve five minutes of their hour", f"{found.numerator:g}"),
            Step("the greatest sum of an hour", greatest, _SOURCE),
        ]
        return Explanation(found, _SOURCE, inputs, steps)

    @override
    def dump(self) -> Any:
        return {device: gauge.dump() for device, gauge in self._gauges.items()}

    @override
    def restore(self, dumped: Any) -> None:
        for device, rows in (dumped or {}).items():
            for row in rows:
                self._keep(device, Amount(*row))

    def _oldest(self) -> int:
        return label_of(self.now - _WINDOW)

    def _amount(self, reading: Reading) -> Amount:
        said = None if self.invalidating.intersection(reading.faults) else number(reading, "rain_5min")
        return Amount(reading.at.timestamp(), reading.revision, None if said is None else thousandths(said))

    def _keep(self, device: str, said: Amount) -> bool:
        label = round(said.at / STEP_S)
        return label >= self._kept_from and self._gauges.setdefault(device, Gauge()).put(label, said)

    def _sums(self, device: Device) -> tuple[RainSum, RainSum] | None:
        reading = self.fresh(device)[0]
        gauge = self._gauges.get(device.id)
        return None if reading is None or gauge is None else gauge.sums(label_of(reading.at))

    def _why_unknown(self, device: Device, tally: RainTally) -> str:
        """Return why an expected gauge has no sum of an hour, or nothing."""
        if self.expected(device):
            return ""
        if device.id not in tally.sums:
            return self.fresh(device)[1]
        hour = tally.sums[device.id][0]
        return "" if hour.known else f"{hour.told} of {hour.of} five minutes"

    def _view(self, device: Device, tally: RainTally) -> dict[str, Any]:
        hour, day = tally.sums[device.id]
        return {
            "device": device.id,
            "name": device.name,
            "hour_mm": hour.mm,
            "hour_known": hour.known,
            "day_mm": day.mm,
            "day_known": day.known,
        }

    def _amounts(self, device: Device, end: int) -> dict[str, Any]:
        gauge = self._gauges.get(device.id) or Gauge()
        told = gauge.amounts(end)
        return {
            "five_minutes": {end_of(label).isoformat(): None if mm is None else mm / 1000 for label, mm in told},
            "hour_mm": gauge.sums(end)[0].mm,
        }

    def _span(self, scope: Scope, tally: RainTally) -> Span | None:
        fresh = (self.fresh(d)[0] for d in self.devices(scope) if d.id in tally.sums)
        instants = [reading.at for reading in fresh if reading is not None]
        return Span(min(instants), max(instants)) if instants else None


def _mean(sums: list[RainSum]) -> float | None:
    return float(Fraction(sum(s.amount for s in sums), len(sums) * 1000)) if sums else None


INDICATOR: Final = Indicator(
    name="rain_intensity",
    title="小时雨量",
    title_en="Rain of the last hour",
    unit="mm",
    kinds=RainIntensity.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.STATION),
    source=_SOURCE,
    lookback={"instant": _WINDOW},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.CITY, ScopeKind.DISTRICT), settle=timedelta(minutes=10)),
    state=RainIntensity,
)
