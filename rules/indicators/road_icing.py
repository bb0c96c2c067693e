"""路面不结冰率: road weather stations without ice and without the risk of it ÷ all in service (plan, item 11).

A surface at or below 0 °C with water on it may freeze (our choice; no source gives a rule): there is then a risk,
whether the ice is seen yet or not. A surface above 0 °C has none, wet or dry.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, Final

from typing_extensions import override

from domain.device import Device
from domain.period import PeriodKind
from domain.reading import Reading
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.streets.standing_water import scopes_of
from rules.watch.board import freshness_of, number
from rules.watch.share import Judged, WatchShare

FREEZES_AT: Final = 0.0
"""°C."""


class RoadIcing(WatchShare):
    """The road weather stations of the city, and which of them are free of ice."""

    kinds: ClassVar[tuple[str, ...]] = ("road_weather",)
    name: ClassVar[str] = "road_icing"
    source: ClassVar[str] = "plan of 2019, item 11 (不结冰); ice seen, or a wet surface at 0 °C or below"
    noun: ClassVar[str] = "road weather stations"
    good: ClassVar[str] = "without ice or its risk"

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return scopes_of(device)

    @override
    def judge(self, device: Device, reading: Reading) -> Judged:
        surface, film = number(reading, "surface_temp"), number(reading, "water_film")
        ice = reading.values.get("ice")
        state = _state(ice is True, surface, film)
        says = {
            "road": device.text("road"),
            "bridge": device.flag("bridge"),
            "state": state,
            "surface_temp": surface,
            "water_film": film,
        }
        if state is None:
            return Judged(None, "no_surface_temp" if surface is None else "no_water_film", says)
        return Judged(state == "free", "", says)


def _state(ice: bool, surface: float | None, film: float | None) -> str | None:  # noqa: FBT001 - what was seen
    """Return `ice`, `risk` or `free`; None when it cannot be told."""
    if ice:
        return "ice"
    if surface is None:
        return None
    if surface > FREEZES_AT:
        return "free"
    return None if film is None else "risk" if film > 0 else "free"


INDICATOR: Final = Indicator(
    name=RoadIcing.name,
    title="路面不结冰率",
    title_en="Roads without ice",
    unit="%",
    kinds=RoadIcing.kinds,
    scopes=(ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD_CLASS, ScopeKind.ROAD),
    source=RoadIcing.source,
    lookback={"instant": freshness_of("road_weather")},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD_CLASS), settle=timedelta(minutes=5)),
    state=RoadIcing,
)
