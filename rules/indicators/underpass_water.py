"""桥洞积水深度: the depth of the water in each underpass and on watched roads now; of several points the deepest."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.period import PeriodKind
from domain.reading import Reading
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.streets.standing_water import depth_view, scopes_of
from rules.watch.board import freshness_of
from rules.watch.level import WatchLevel


class UnderpassWater(WatchLevel):
    """The points of the city that watch for water, and the depth at each."""

    kinds: ClassVar[tuple[str, ...]] = ("water_level",)
    invalidating: ClassVar[frozenset[str]] = frozenset({"sensorFault", "sensorBlocked", "maintenance"})
    name: ClassVar[str] = "underpass_water"
    source: ClassVar[str] = "depths of the sensors; warning and closing depths of each site in the register"
    unit: ClassVar[str] = "cm"
    metric: ClassVar[str] = "depth"
    word: ClassVar[str] = "deepest"
    no_verdict: ClassVar[str] = "a depth is no share; the share of dry points is road_dry"

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return scopes_of(device)

    @override
    def view(self, device: Device, value: float, reading: Reading) -> dict[str, Any]:
        return depth_view(device, value)


INDICATOR: Final = Indicator(
    name=UnderpassWater.name,
    title="桥洞积水深度",
    title_en="Depth of water in underpasses",
    unit=UnderpassWater.unit,
    kinds=UnderpassWater.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD_CLASS, ScopeKind.ROAD, ScopeKind.UNDERPASS),
    source=UnderpassWater.source,
    lookback={"instant": freshness_of("water_level")},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.CITY, ScopeKind.UNDERPASS), settle=timedelta(minutes=5)),
    state=UnderpassWater,
)
