"""泉水水位: the level of each spring now, against its official lines; of several gauges the lowest.

The official reading is that of 07:00 (`spring_flow_days` keeps it). How long a level must stay below a line before
somebody is called is a matter of the alarm, not of this measure.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.period import PeriodKind
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.springs.lines import level_view
from rules.watch.board import freshness_of
from rules.watch.level import WatchLevel


class SpringLevel(WatchLevel):
    """The gauges of the city's springs, and the level of each."""

    kinds: ClassVar[tuple[str, ...]] = ("spring_gauge",)
    name: ClassVar[str] = "spring_level"
    source: ClassVar[str] = "official lines of the springs' levels in the register; readings of the gauges"
    unit: ClassVar[str] = "m"
    metric: ClassVar[str] = "level"
    word: ClassVar[str] = "lowest"
    no_verdict: ClassVar[str] = "a level is no share; whether springs flow is told by spring_flow"
    pick: ClassVar[Callable[[list[float]], float]] = min

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.SPRING, device.text("spring"))

    @override
    def view(self, device: Device, value: float, reading: Reading) -> dict[str, Any]:
        return level_view(device, value)


INDICATOR: Final = Indicator(
    name=SpringLevel.name,
    title="泉水水位",
    title_en="Spring level",
    unit=SpringLevel.unit,
    kinds=SpringLevel.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.SPRING),
    source=SpringLevel.source,
    lookback={"instant": freshness_of("spring_gauge")},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.SPRING,), settle=timedelta(minutes=5)),
    state=SpringLevel,
)
