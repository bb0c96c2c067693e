"""What the points of bodies add up to: grades of bodies, merged over disjoint points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.standards.black_odorous import BodyGrade, Grade, ItemCounts, PointCounts, body_grade, point_grade


@dataclass(frozen=True, slots=True)
class PointState:
    """One point that is in service: its data, and the ranges of its newest fresh sample."""

    position: int
    """Its place on the body, downstream; points without one come last, by id."""
    counts: PointCounts
    now: Mapping[str, Grade] | None = None
    """By indicator; None when there is no fresh valid sample."""
    synthetic: bool = False

    @property
    def grade(self) -> Grade | None:
        """The grade of the point over the window; None with too few samples."""
        return point_grade(self.counts)

    @property
    def suspected(self) -> list[str]:
        """The indicators of the newest sample that lie in a light or heavy range."""
        return [item for item, grade in (self.now or {}).items() if grade is not Grade.CLEAR]

    def dump(self) -> list[Any]:
        """Return the point as plain JSON values."""
        counts = {item: [c.data, c.light, c.heavy] for item, c in self.counts.items()}
        now = None if self.now is None else {item: int(grade) for item, grade in self.now.items()}
        return [self.position, counts, now, self.synthetic]

    @classmethod
    def load(cls, row: list[Any]) -> "PointState":
        """Return the point of a dump."""
        position, counts, now, synthetic = row
        return cls(
            position,
            {item: ItemCounts(*each) for item, each in counts.items()},
            None if now is None else {item: Grade(grade) for item, grade in now.items()},
            synthetic,
        )


@dataclass(frozen=True, slots=True)
class BodyState:
    """One body with its points in service, by device id."""

    points: Mapping[str, PointState] = field(default_factory=dict)

    def ordered(self) -> list[tuple[str, PointState]]:
        """Return the points downstream."""
        return sorted(self.points.items(), key=lambda item: (item[1].position, item[0]))

    @property
    def grade(self) -> BodyGrade:
        """The grade of the body over the window."""
        return body_grade([point.grade for _, point in self.ordered()])

    @property
    def suspected(self) -> dict[str, list[str]]:
        """By point, the indicators of its newest sample that are not clear."""
        return {device: point.suspected for device, point in self.ordered() if point.suspected}

    @property
    def synthetic(self) -> bool:
        """Whether a point of it is made up."""
        return any(point.synthetic for point in self.points.values())

    @property
    def clear(self) -> bool | None:
        """Whether the body is not black and odorous; None while that is not known.

        A body whose newest samples are suspect, but whose window is clear, is neither: it awaits the next samples.
        """
        grade = self.grade.grade
        if grade is None:
            return None
        if grade is not Grade.CLEAR:
            return False
        return None if self.suspected else True

    @property
    def why(self) -> str:
        """Why it is not known whether the body is clear, or nothing."""
        if self.grade.grade is None:
            return self.grade.why
        return "suspected" if self.clear is None else ""


@dataclass(frozen=True, slots=True)
class BodyTally:
    """Bodies of a scope by id, also those none of whose points is in service."""

    bodies: Mapping[str, BodyState] = field(default_factory=dict)

    def merged(self, other: "BodyTally") -> "BodyTally":
        """Return the tally of both sets of points, which must be disjoint; a body may have points in both."""
        bodies = dict(self.bodies)
        for body, state in other.bodies.items():
            mine = bodies.get(body, BodyState())
            bodies[body] = BodyState({**mine.points, **state.points})
        return BodyTally(bodies)

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {
            body: {device: point.dump() for device, point in state.points.items()}
            for body, state in self.bodies.items()
        }

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "BodyTally":
        """Return the tally of a dump."""
        return cls(
            {
                body: BodyState({device: PointState.load(row) for device, row in points.items()})
                for body, points in dumped.items()
            }
        )
