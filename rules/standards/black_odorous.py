"""城市黑臭水体整治工作指南 (2015): the four indicators, points and bodies graded light (轻度) or heavy (重度).

| indicator | unit | light | heavy |
|---|---|---|---|
| transparency | cm | 10 … 25 | < 10 |
| dissolved oxygen | mg/L | 0.2 … 2.0 | < 0.2 |
| redox potential | mV | -200 … 50 | < -200 |
| ammonia | mg/L | 8.0 … 15 | > 15 |

Exactly 25 cm, 2.0 mg/L and 8.0 mg/L are clear, and so is 50 mV (our choice, alike). Exactly 10 cm, 0.2 mg/L, -200 mV
and 15 mg/L are light. In water shallower than 25 cm both bounds of transparency are 40 % of the depth, so that what
lies below is heavy (our choice of reading: the guide puts the same note on both).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import Final

from rules.standards.water_evaluation import exactly

ITEMS: Final = ("transparency", "do", "orp", "nh3n")
TITLES: Final = {"transparency": "透明度", "do": "溶解氧", "orp": "氧化还原电位", "nh3n": "氨氮"}
SHALLOW_CM: Final = 25
SHARE_OF_DEPTH: Final = Fraction(40, 100)
SAMPLES: Final = 3
"""A point is judged by three samples at least."""
POINTS: Final = 3
"""A body has three points at least."""
ONE_ITEM: Final = Fraction(60, 100)
"""Of the data of one indicator so much makes a point heavy."""
TWO_ITEMS: Final = Fraction(30, 100)
"""Of the data of each of two indicators so much makes a point heavy."""
OF_POINTS: Final = Fraction(60, 100)
"""Of the points of a body so many make the whole body heavy."""
IN_A_ROW: Final = 3
"""So many heavy points in a row make the stretch between them heavy."""


class Grade(IntEnum):
    """How black and odorous, from clear to heavy."""

    CLEAR = 0
    LIGHT = 1
    HEAVY = 2

    @property
    def title(self) -> str:
        """Chinese display name."""
        return ("不黑臭", "轻度黑臭", "重度黑臭")[self]


_BOUNDS: Final[Mapping[str, tuple[Fraction, Fraction, bool]]] = {
    "transparency": (Fraction(25), Fraction(10), True),
    "do": (Fraction(2), Fraction(1, 5), True),
    "orp": (Fraction(50), Fraction(-200), True),
    "nh3n": (Fraction(8), Fraction(15), False),
}
"""By indicator: the bound of clear, the bound of light, and whether less is worse."""


def grade_of(item: str, value: float, depth: float | None = None) -> Grade:
    """Return the range that one value lies in. `depth` (cm) matters to transparency only; None is deep enough."""
    clear, light, less_is_worse = _BOUNDS[item]
    if item == "transparency" and depth is not None and depth < SHALLOW_CM:
        clear = light = exactly(depth) * SHARE_OF_DEPTH
    found = exactly(value)
    if not less_is_worse:
        found, clear, light = -found, -clear, -light
    if found >= clear:
        return Grade.CLEAR
    return Grade.LIGHT if found >= light else Grade.HEAVY


def grades_of(values: Mapping[str, float], depth: float | None = None) -> dict[str, Grade]:
    """Return the range of each indicator that was measured."""
    return {item: grade_of(item, values[item], depth) for item in ITEMS if item in values}


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """The data of one indicator at one point: how many values, and how many of them light and heavy."""

    data: int = 0
    light: int = 0
    heavy: int = 0

    def share(self, grade: Grade) -> Fraction:
        """Return the share of the data that is of this grade or worse; 0 without data."""
        found = self.heavy if grade is Grade.HEAVY else self.heavy + self.light
        return Fraction(found, self.data) if self.data else Fraction(0)


PointCounts = Mapping[str, ItemCounts]
"""By indicator."""


def point_grade(counts: PointCounts) -> Grade | None:
    """Return the grade of a point: None with fewer than three values of every indicator.

    The guide sorts bodies found black and odorous: heavy if one indicator has 60 % of its data in heavy, or two have
    30 % each, otherwise light. That a point is black and odorous at all is told the same way from light and heavy
    together (our choice; the guide asks people).
    """
    enough = [c for c in counts.values() if c.data >= SAMPLES]
    if not enough:
        return None
    return next((g for g in (Grade.HEAVY, Grade.LIGHT) if _reaches(enough, g)), Grade.CLEAR)


def _reaches(counts: Sequence[ItemCounts], grade: Grade) -> bool:
    shares = [c.share(grade) for c in counts]
    return any(s >= ONE_ITEM for s in shares) or sum(s >= TWO_ITEMS for s in shares) > 1


@dataclass(frozen=True, slots=True)
class BodyGrade:
    """The grade of a body. None when points without a grade could still make it worse or better."""

    grade: Grade | None
    why: str = ""
    whole: bool = False
    """Whether the whole body is heavy, not only a stretch."""
    stretches: tuple[tuple[int, int], ...] = ()
    """Heavy stretches: first and last index of their points."""


def body_grade(points: Sequence[Grade | None]) -> BodyGrade:
    """Return the grade of a body by its points, downstream in order; None are points without a grade.

    Heavy: 60 % of the points, or three in a row. Light: any point black and odorous, which is then the least that it
    is. Clear: every point, three at least.
    """
    stretches = _stretches(points)
    heavy = sum(p is Grade.HEAVY for p in points)
    if len(points) < POINTS:
        return BodyGrade(None, f"{len(points)} of {POINTS} points", stretches=stretches)
    if heavy >= OF_POINTS * len(points):
        return BodyGrade(Grade.HEAVY, whole=True, stretches=stretches)
    if stretches:
        return BodyGrade(Grade.HEAVY, stretches=stretches)
    unknown = sum(p is None for p in points)
    if any(p in {Grade.LIGHT, Grade.HEAVY} for p in points):
        return BodyGrade(Grade.LIGHT)
    if unknown:
        return BodyGrade(None, f"{unknown} of {len(points)} points without a grade")
    return BodyGrade(Grade.CLEAR)


def _stretches(points: Sequence[Grade | None]) -> tuple[tuple[int, int], ...]:
    found, start = [], None
    for n, grade in enumerate([*points, None]):
        if grade is Grade.HEAVY:
            start = n if start is None else start
        elif start is not None:
            if n - start >= IN_A_ROW:
                found.append((start, n - 1))
            start = None
    return tuple(found)
