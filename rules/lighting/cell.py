"""A cell: the lamps that share every scope and every duty. Counters change by one lamp in constant time."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from domain.device import AssetState, Device
from domain.measure import Span
from rules.lighting.counts import CellKey, Counts
from rules.lighting.lamp import DARK, LIT, STOCK, Glow, is_uncontrolled
from rules.lighting.schedule import Duty, Phase
from rules.lighting.tally import StockTally
from rules.lighting.underpass import UnderpassCount


@dataclass(slots=True, eq=False)
class Lamp:
    """A lamp of the register at its place. `glow` and `at` are those of its fresh reading, None without one."""

    device: Device
    cell: "Cell"
    works: bool
    """Whether it is in service, so that it counts as lit, dark or unknown."""
    rated: float
    """W by the register; 0 when it does not say."""
    glow: Glow | None = None
    at: datetime | None = None
    heard: bool = False
    """Whether its controller has reported within `HEARD`."""


class Cell(Counts):
    """The lamps of one `CellKey` now."""

    __slots__ = ("_span", "_span_known", "heard", "made_up", "sources", "uncontrolled", "working")

    def __init__(self, key: CellKey) -> None:
        """Start without lamps."""
        super().__init__(key)
        self.working: dict[str, Lamp] = {}
        """The lamps in service, by id."""
        self.heard = 0
        """Lamps in service whose controller has reported lately."""
        self.uncontrolled = 0
        """Lamps in service that have no controller by the register, and have not reported."""
        self.sources: Counter[str] = Counter()
        """Lamps in service or under maintenance by light source; empty for those whose source is not registered."""
        self.made_up = 0
        """How many of those are made up."""
        self._span: Span | None = None
        self._span_known = True

    @property
    def underpass(self) -> str:
        """The name of the underpass that the lamps light, or nothing."""
        return self.key[5]

    @property
    def empty(self) -> bool:
        """Whether no lamp is left."""
        return not self.working and not self.asleep

    def add(self, lamp: Lamp) -> None:
        """Take in a lamp that shows nothing yet."""
        self._stock(lamp, 1)
        if lamp.works:
            self.working[lamp.device.id] = lamp
            self.lamps += 1
            self.synthetic += lamp.device.synthetic
        else:
            self.asleep[lamp.device.state] += 1

    def remove(self, lamp: Lamp) -> None:
        """Let go of a lamp."""
        self._stock(lamp, -1)
        if lamp.works:
            self.show(lamp, None, None)
            self.heard -= lamp.heard
            del self.working[lamp.device.id]
            self.lamps -= 1
            self.synthetic -= lamp.device.synthetic
        else:
            self.asleep[lamp.device.state] -= 1
            self.asleep += Counter()  # drops what fell to zero

    def hear(self, lamp: Lamp, *, heard: bool) -> None:
        """Record whether a working lamp's controller has reported lately."""
        change = heard - lamp.heard
        lamp.heard = heard
        self.heard += change
        if is_uncontrolled(lamp.device):
            self.uncontrolled -= change

    def _stock(self, lamp: Lamp, change: int) -> None:
        if lamp.device.state in STOCK:
            source = lamp.device.text("light_source")
            self.sources[source] += change
            if not self.sources[source]:
                del self.sources[source]
            self.made_up += change * lamp.device.synthetic
        if lamp.works and not lamp.heard and is_uncontrolled(lamp.device):
            self.uncontrolled += change

    def show(self, lamp: Lamp, glow: Glow | None, at: datetime | None) -> bool:
        """Record what a working lamp shows now; return whether a count changed."""
        before, lamp.glow, lamp.at = lamp.glow, glow, at
        self._span_known = False
        if before is glow:
            return False
        self.lit += (glow is LIT) - (before is LIT)
        self.dark += (glow is DARK) - (before is DARK)
        return True

    def left_out(self, phase: Phase) -> str:
        """Return why the cell's lamps take no part in the rate in a phase, or nothing."""
        if self.landscape:
            return "landscape"
        return "" if phase.duty is Duty.ON else f"scheduled_{phase.duty.value}"

    def stock(self, into: StockTally) -> None:
        """Add the cell's lamps to a tally of what the register holds."""
        if not self.landscape:
            into.led += self.sources["led"]
            into.other_source += self.sources.total() - self.sources["led"] - self.sources[""]
            into.source_unknown += self.sources[""]
            into.made_up += self.made_up
            into.installed += self.lamps + self.asleep.total() - self.asleep[AssetState.SCRAPPED]
        into.in_service += self.lamps
        into.reporting += self.heard
        into.uncontrolled += self.uncontrolled
        into.in_service_made_up += self.synthetic

    def under_bridge(self, phase: Phase) -> UnderpassCount:
        """Return how the cell's lamps stand as those of an underpass."""
        others = self.asleep.total() - self.asleep[AssetState.SCRAPPED]
        if phase.duty is not Duty.ON:
            return UnderpassCount(unjudged=self.lamps, out_of_service=others, made_up=self.synthetic)
        return UnderpassCount(self.lamps, self.lit, self.dark, 0, others, self.synthetic)

    @override
    def span(self) -> Span | None:
        # looked up again only after one of the readings changed
        if not self._span_known:
            instants = [lamp.at for lamp in self.working.values() if lamp.at is not None]
            self._span = Span(min(instants), max(instants)) if instants else None
            self._span_known = True
        return self._span
