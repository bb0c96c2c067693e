"""Roads that must get lamps, as the register of projects knows them, and how each stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from typing_extensions import override

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.scope import CITY, Scope, ScopeKind
from rules.board import DeviceBoard
from rules.lighting.tally import StockTally

_KIND = KINDS["road_project"]


class Projects(DeviceBoard):
    """The projects there are now; what builders report is no evidence, so no readings are taken in."""

    kinds: ClassVar[tuple[str, ...]] = (_KIND.name,)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.DISTRICT, device.district), Scope(ScopeKind.ROAD, device.text("road"))

    def advance(self, now: datetime) -> None:
        """Take the time over; what the register changes is told by `moved`."""
        self.now = now

    def dump(self) -> None:
        """Return nothing: all is in the register."""

    def restore(self, dumped: Any) -> None:
        """Nothing is to be taken over."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one project stands. `done` None: it cannot be said; `why` says why it is not done, or is unknown."""

    project: Device
    planned: int | None
    installed: int
    """Functional lamps on the road by the register."""
    done: bool | None
    why: str = ""


def standing(project: Device, road: StockTally) -> Standing:
    """Return how a project stands by the lamps of its road.

    A road is done when at least so many functional lamps stand on it as were planned. Without a plan one lamp proves
    nothing, so it is unknown; without a lamp it is not done. Sections that got lamps must also be seen alive: one of
    their lamps at least has reported within a day (our choice).
    """
    found = project.attributes.get("lamps_planned")
    planned = found if isinstance(found, int) else None
    if not road.installed or (planned is not None and road.installed < planned):
        return Standing(project, planned, road.installed, done=False, why="lamps_missing")
    if planned is None:
        return Standing(project, planned, road.installed, done=None, why="not_said_how_many")
    if project.text("works") == "lamps_added" and not road.reporting:
        return Standing(project, planned, road.installed, done=None, why="no_lamp_reports")
    return Standing(project, planned, road.installed, done=True)


def expected(project: Device) -> bool:
    """Return whether a project stands in the denominator."""
    return project.state is AssetState.IN_SERVICE
