"""违法停车: stays beyond the grace time on no-stopping roads and on other main and secondary roads (plan item 7).

A stop belongs to the day on which the vehicle drives off; then its length is known. The measure stands for the last
closed day of the city; vehicles that stand too long just now are in `detail`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.explanation import Explanation, Input, Step
from domain.kinds import KINDS
from domain.measure import Measure, Span
from domain.period import Period, PeriodKind, last_closed
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.board import DeviceBoard
from rules.indicator import Indicator, Kept, Latest, World
from rules.parking.stops import (
    HOUR,
    MAIN_OR_SECONDARY,
    NO_STOPPING,
    OTHER_ROAD,
    PointDay,
    Stays,
    StopTally,
    dumped,
    grace_of,
    road_group,
    stay_of,
)

NO_SHARE: Final = "a count of stops is no share; the plan sets no figure"
_KIND: Final = KINDS["illegal_stop"]


class IllegalStops(DeviceBoard):
    """The watched points and their stays of the running and the last day. Exact for the last `now` it was given."""

    kinds: ClassVar[tuple[str, ...]] = (_KIND.name,)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the points of a world up as of `now`, with what their latest readings say."""
        self._stays: dict[str, Stays] = {}
        self._days: dict[str, PointDay] = {}
        self.closed: Period = last_closed(PeriodKind.DAY, now, world.place.tz)
        super().__init__(world, latest, now)
        for reading in latest.values():
            if reading.kind == _KIND.name:
                self.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        road = device.text("road")
        return (CITY, Scope(ScopeKind.DISTRICT, device.district), *((Scope(ScopeKind.ROAD, road),) if road else ()))

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Keep what a reading of the running or the last day says; older ones come too late to count."""
        if newest:
            self.touch(reading.device)
        day = reading.at.astimezone(self.world.place.tz).date()
        stays = self._stays.setdefault(reading.device, Stays())
        if day >= self.closed.first_day and stays.put(day, reading.at, stay_of(reading)):
            self._days.pop(reading.device, None)
            self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let days close until `now`."""
        self.now = now
        closed = last_closed(PeriodKind.DAY, now, self.world.place.tz)
        if closed == self.closed:
            return
        self.closed = closed
        for stays in self._stays.values():
            stays.drop_before(closed.first_day)
        self._days.clear()
        self.touch_all()

    @override
    def look_up(self) -> None:
        super().look_up()
        self._days.clear()

    def tally(self, scope: Scope) -> StopTally:
        """Return the closed day of the points of a scope that count."""
        hours = round((self.closed.end - self.closed.start) / HOUR)
        counting = [p for p in self.devices(scope) if not self._left_out(p)]
        return StopTally({p.id: (road_group(p), self._day(p)) for p in counting}, hours)

    def measure(self, scope: Scope) -> Measure:
        """Return the illegal stops of the closed day; the denominator are all stays that were seen."""
        tally = self.tally(scope)
        groups = {name: tally.group(name) for name in (NO_STOPPING, MAIN_OR_SECONDARY)}
        points, heard, stays, illegal = (
            sum(group[key] for group in groups.values()) for key in ("points", "heard", "stays", "illegal")
        )
        made_up = sum(p.synthetic for p in self.devices(scope) if p.id in tally.points)
        reason = f"{points - heard} of {points} points were heard too little" if heard < points else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=float(illegal) if heard else None,
            numerator=illegal,
            denominator=stays,
            unknown=0,
            coverage=heard / points if points else None,
            covers=Span(self.closed.start, self.closed.end),
            official=bool(heard) and not made_up and not reason,
            verdict_allowed=False,
            reason=reason or (f"{made_up} of the points are made up" if made_up else NO_SHARE),
            register_version=self.world.register.version,
            detail={
                "day": self.closed.name,
                "roads": groups,
                "points": points,
                "heard": heard,
                "longest_minutes": max((day.longest for _, day in tally.points.values()), default=0.0),
                "standing_too_long": self._standing(scope),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the count with every watched point."""
        found, tally = self.measure(scope), self.tally(scope)
        roads = found.detail["roads"]
        steps: Sequence[Step] = [
            Step("points on no-stopping roads", f"{roads[NO_STOPPING]['points']}", "plan item 7"),
            Step("points on other main and secondary roads", f"{roads[MAIN_OR_SECONDARY]['points']}", "plan item 7"),
            Step("vehicles that stopped there and drove off that day", f"{found.denominator:g}"),
            Step("of them beyond the grace time: on no-stopping roads", f"{roads[NO_STOPPING]['illegal']}"),
            Step("and on other main and secondary roads", f"{roads[MAIN_OR_SECONDARY]['illegal']}"),
            Step("illegal stops of the day", "no point was heard" if found.value is None else f"{found.value:g}"),
        ]
        return Explanation(found, INDICATOR.source, [self._input(p, tally) for p in self.devices(scope)], steps)

    def dump(self) -> Any:
        """Return the readings by point."""
        return {point: rows for point, stays in sorted(self._stays.items()) if (rows := stays.dump())}

    def restore(self, dumped_points: Any) -> None:
        """Take over the readings of a dump; of a dump from before there was this indicator there are none."""
        for point, rows in (dumped_points or {}).items():
            stays = self._stays.setdefault(point, Stays())
            for at, stay in dumped(rows):
                day = at.astimezone(self.world.place.tz).date()
                if day >= self.closed.first_day:
                    stays.put(day, at, stay)
        self._days.clear()

    def _left_out(self, point: Device) -> str:
        """Return why a point does not count, or nothing."""
        if point.state is not AssetState.IN_SERVICE:
            return point.state.value
        return OTHER_ROAD if road_group(point) == OTHER_ROAD else ""

    def _day(self, point: Device) -> PointDay:
        """Return the closed day of a point, by the grace times that the register had then."""
        found = self._days.get(point.id)
        if found is None:
            rules: list[tuple[datetime, float | None]] = []
            for version in self.world.register.timeline(point.id):
                serves = version.device.state is AssetState.IN_SERVICE
                rules.append((version.valid_from, grace_of(version.device) if serves else None))
                if version.valid_to is not None:
                    rules.append((version.valid_to, None))
            stays = self._stays.get(point.id) or Stays()
            found = self._days[point.id] = stays.day(self.closed.first_day, sorted(rules, key=lambda rule: rule[0]))
        return found

    def _standing(self, scope: Scope) -> list[dict[str, Any]]:
        """Return the points where a vehicle stands beyond the grace time by the latest fresh report."""
        found = []
        for point in self.devices(scope):
            reading = self.latest.get(point.id)
            if self._left_out(point) or reading is None or reading.at + _KIND.freshness < self.now:
                continue
            minutes = reading.values.get("longest_stay")
            if stay_of(reading).valid and isinstance(minutes, int | float) and minutes > grace_of(point):
                found.append({"point": point.id, "minutes": minutes})
        return found

    def _input(self, point: Device, tally: StopTally) -> Input:
        why = self._left_out(point)
        day = self._day(point)
        if not why and not tally.heard(day):
            why = "heard_too_little"
        says = {
            "grace_minutes": grace_of(point),
            "road_group": road_group(point),
            "stays": day.stays,
            "illegal": day.illegal,
            "hours_heard": day.hours,
        }
        return Input(point.id, point.name, used=not why or day.stays > 0, why=why, says=says)


INDICATOR: Final = Indicator(
    name="illegal_stops",
    title="违法停车起数",
    title_en="Illegal stops",
    unit="{event}",
    kinds=IllegalStops.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD),
    source="plan of 2019, item 7: stays beyond the grace time on no-stopping, main and secondary roads",
    lookback={"instant": timedelta(hours=50)},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD), settle=timedelta(hours=1)),
    state=IllegalStops,
)
