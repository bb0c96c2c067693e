"""What the rates of road projects rest on: the lamps of every road, and the projects of a scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rules.lighting.tally import StockTally
from rules.tally import ByPart


class RoadsTally(ByPart[StockTally]):
    """The lamps of each road."""

    part: ClassVar[type[StockTally]] = StockTally


@dataclass(frozen=True, slots=True)
class ProjectTally:
    """Additive over disjoint lamps and projects: a project may be counted in one place and its lamps in another."""

    roads: RoadsTally = field(default_factory=RoadsTally)
    projects: Mapping[str, list[Any]] = field(default_factory=dict)
    """By project: road, works, planned lamps (None: not said), whether it is made up."""

    def merged(self, other: "ProjectTally") -> "ProjectTally":
        """Return the tally of both sets of devices, which must be disjoint."""
        return ProjectTally(self.roads.merged(other.roads), {**self.projects, **other.projects})

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {"roads": self.roads.dump(), "projects": dict(self.projects)}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "ProjectTally":
        """Return the tally of a dump."""
        return cls(RoadsTally.load(dumped["roads"]), dumped["projects"])
