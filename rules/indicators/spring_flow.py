"""泉水喷涌率: springs that flow now ÷ springs with a gauge in service. Item 22 of the plan: they never stop."""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.period import PeriodKind
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.springs.lines import flows, level_view
from rules.watch.board import freshness_of, number
from rules.watch.share import Judged, WatchShare


class SpringFlow(WatchShare):
    """The gauges of the city's springs, and which of them see water run."""

    kinds: ClassVar[tuple[str, ...]] = ("spring_gauge",)
    name: ClassVar[str] = "spring_flow"
    source: ClassVar[str] = "plan of 2019, item 22; outflow sills of the register, measured flow where there is one"
    noun: ClassVar[str] = "springs with a gauge"
    good: ClassVar[str] = "flowing"

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.SPRING, device.text("spring"))

    @override
    def judge(self, device: Device, reading: Reading) -> Judged:
        running, why = flows(device, reading)
        level = number(reading, "level")
        says = {} if level is None else level_view(device, level)
        return Judged(running, why, {**says, "flow": number(reading, "flow")})


INDICATOR: Final = Indicator(
    name=SpringFlow.name,
    title="泉水喷涌率",
    title_en="Springs that flow",
    unit="%",
    kinds=SpringFlow.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.SPRING),
    source=SpringFlow.source,
    lookback={"instant": freshness_of("spring_gauge")},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.SPRING), settle=timedelta(minutes=5)),
    state=SpringFlow,
)
