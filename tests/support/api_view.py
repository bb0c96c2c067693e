"""A small city with one indicator, as the engine would show it to the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from domain.device import Device
from domain.errors import NotFound
from domain.explanation import Explanation, Input, Step
from domain.measure import Assessment, Direction, Measure, Span, Target, TargetVerdict
from domain.period import PeriodKind
from domain.ports import IndicatorInfo, Signs
from domain.reading import Reading
from domain.register import Register
from domain.scope import Scope, ScopeKind

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
LIT = IndicatorInfo(
    "light_on_rate",
    "亮灯率",
    "light-on rate",
    "%",
    ("city", "district", "road_class"),
    "plan item 10",
    ("streetlight",),
    PeriodKind.HOUR,
    ("city", "district"),
)


def lamp(number: int, **changes: Any) -> Device:
    """Return a street lamp; every third stands on a branch road in another district."""
    third = number % 3 == 0
    device = Device(
        id=f"sl-{number:04}",
        kind="streetlight",
        name=f"经十路 {number} 号灯",
        district="370103" if third else "370102",
        management_area="gaoxin" if third else "370102",
        responsible_unit="市城管局",
        lon=117.0 + number / 1000,
        lat=36.65,
        attributes={
            "road": "branch-1" if third else "jingshi",
            "road_class": "branch" if third else "arterial",
            "supply_point": f"sp-{number // 10}",
            "lighting_use": "functional",
        },
    )
    return replace(device, **changes)


SECTION = Device(
    id="rs-xinfengzhuang",
    kind="river_section",
    name="辛丰庄",
    district="370112",
    management_area="370112",
    responsible_unit="市生态环境局",
    attributes={"river": "xiaoqing", "body_type": "river", "section_set": "2026"},
)
TARGET = Target(
    "10-arterial",
    "plan 2019",
    "10",
    "亮灯率达到98以上",
    ("市城管局",),
    "light_on_rate",
    "road_class:arterial",
    limit=98,
    direction=Direction.AT_LEAST,
)


@dataclass
class StoppedClock:
    """A clock that stands still until it is moved."""

    instant: datetime = NOW

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant


@dataclass
class SmallView:
    """The live state of a city with one indicator: a lamp is lit when its newest reading says so."""

    clock: StoppedClock
    known: Register
    newest: dict[str, Reading] = field(default_factory=dict)

    def register(self) -> Register:
        """Return the register."""
        return self.known

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading."""
        return self.newest.get(device)

    def catalogue(self) -> Sequence[IndicatorInfo]:
        """One indicator."""
        return [LIT]

    def scopes(self, indicator: str) -> Sequence[Scope]:
        """Return what the lamps make up."""
        if indicator != LIT.name:
            raise NotFound(f"There is no indicator {indicator!r}.")
        lamps = list(self.known.devices(self.clock.now(), "streetlight"))
        return [
            Scope(ScopeKind.CITY),
            *{Scope(ScopeKind.DISTRICT, d.district) for d in lamps},
            *{Scope(ScopeKind.ROAD_CLASS, d.text("road_class")) for d in lamps},
        ]

    def measure(self, indicator: str, scope: Scope, at: datetime | None = None) -> Measure:
        """Count the lit lamps."""
        if scope not in self.scopes(indicator):
            raise NotFound(f"{indicator} has no scope {scope}.")
        lamps = [d for d in self.known.devices(self.clock.now(), "streetlight") if _within(d, scope)]
        said = [self.newest[d.id] for d in lamps if d.id in self.newest]
        lit = sum(r.values.get("on") is True for r in said)
        span = Span(min(r.at for r in said), max(r.at for r in said)) if said else None
        total = len(lamps)
        return Measure(
            indicator=LIT.name,
            scope=str(scope),
            at=at or self.clock.now(),
            unit="%",
            value=100 * lit / total,
            numerator=lit,
            denominator=total,
            unknown=total - len(said),
            coverage=len(said) / total,
            span=span,
            register_version=self.known.version,
            detail={"observed": None},
        )

    def explain(self, indicator: str, scope: Scope, at: datetime | None = None) -> Explanation:
        """Say what each lamp said."""
        measure = self.measure(indicator, scope, at)
        lamps = [d for d in self.known.devices(self.clock.now(), "streetlight") if _within(d, scope)]
        inputs = [Input(d.id, d.name, d.id in self.newest, "" if d.id in self.newest else "silent") for d in lamps]
        return Explanation(measure, LIT.source, inputs, [Step("lit ÷ lamps", str(measure.value), "plan item 10")])

    def signs(self, kind: str) -> Signs:
        """Show a device as fresh when it has ever said anything, and as dark when it said that it is not on."""
        devices = sorted(self.known.devices(self.clock.now(), kind), key=lambda d: d.id)
        return Signs(self.known.version, "".join(_sign(self.newest.get(d.id)) for d in devices), self.clock.now())

    def targets(self) -> Sequence[Target]:
        """One that can be measured, one that cannot."""
        unmeasured = replace(TARGET, id="10-installed", indicator=None, limit=None, direction=None, scope="city")
        return [TARGET, replace(unmeasured, not_measured_because="needs the asset register")]

    def assess(self, target: Target) -> Assessment:
        """Nothing is known, so nothing is met or missed."""
        if target.indicator is None:
            verdict, reason, measure = TargetVerdict.NOT_MEASURED, target.not_measured_because, None
        else:
            verdict, reason = TargetVerdict.UNKNOWN, "depends on silent lamps"
            measure = self.measure(target.indicator, Scope.parse(target.scope))
        return Assessment(target, verdict, reason, self.clock.now(), measure)

    def gateways(self) -> Mapping[str, bool]:
        """One is there, one is not."""
        return {"gw-2": False, "gw-1": True}

    def engine_status(self) -> Mapping[str, Any]:
        """Return where the engine is."""
        return {"offset": 0, "lag": 0, "catching_up": False}


def _sign(said: Reading | None) -> str:
    if said is None:
        return "u"
    return "d" if said.values.get("on") is False else "f"


def _within(device: Device, scope: Scope) -> bool:
    match scope.kind:
        case ScopeKind.DISTRICT:
            return device.district == scope.id
        case ScopeKind.ROAD_CLASS:
            return device.text("road_class") == scope.id
        case _:
            return True
