"""路面不积水率: watched points of roads and underpasses without standing water ÷ all in service (plan, item 11)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.period import PeriodKind
from domain.reading import Reading
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.streets.standing_water import depth_view, scopes_of, stands
from rules.watch.board import freshness_of, number
from rules.watch.share import Judged, WatchShare


class RoadDry(WatchShare):
    """The points of the city that watch for water, and which of them are dry."""

    kinds: ClassVar[tuple[str, ...]] = ("water_level",)
    invalidating: ClassVar[frozenset[str]] = frozenset({"sensorFault", "sensorBlocked", "maintenance"})
    name: ClassVar[str] = "road_dry"
    source: ClassVar[str] = "plan of 2019, item 11 (不积水); water stands from the depth in the register, else 2 cm"
    noun: ClassVar[str] = "points watched for water"
    good: ClassVar[str] = "without standing water"

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return scopes_of(device)

    @override
    def judge(self, device: Device, reading: Reading) -> Judged:
        depth = number(reading, "depth")
        if depth is None:
            return Judged(None, "no_value")
        return Judged(not stands(device, depth), "", depth_view(device, depth))


INDICATOR: Final = Indicator(
    name=RoadDry.name,
    title="路面不积水率",
    title_en="Roads without standing water",
    unit="%",
    kinds=RoadDry.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD_CLASS, ScopeKind.ROAD, ScopeKind.UNDERPASS),
    source=RoadDry.source,
    lookback={"instant": freshness_of("water_level")},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD_CLASS), settle=timedelta(minutes=5)),
    state=RoadDry,
)
