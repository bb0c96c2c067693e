"""Illegal stops (违法停车): which stays outlast the grace time, and the days that the sensors were heard."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from domain.device import Device
from domain.reading import Reading

GRACE_MINUTES: Final = 5.0
"""Where the register gives no grace time: the second photo completes the evidence after 3 to 5 minutes (press)."""
INVALIDATING: Final = frozenset({"cameraFault", "viewBlocked", "maintenance"})
HOURS_SHARE: Final = 0.75
"""A point that was heard in fewer of a day's hours leaves the day unknown (our choice; no rule was found)."""
MAIN: Final = frozenset({"expressway", "arterial", "secondary"})
NO_STOPPING: Final = "no_stopping"
MAIN_OR_SECONDARY: Final = "main_or_secondary"
OTHER_ROAD: Final = "other_road"


def road_group(point: Device) -> str:
    """Return whether a point stands on a no-stopping road, another main or secondary road, or elsewhere."""
    if point.flag("no_stopping"):
        return NO_STOPPING
    return MAIN_OR_SECONDARY if point.text("road_class") in MAIN else OTHER_ROAD


def grace_of(point: Device) -> float:
    """Return the grace time of a point in minutes."""
    stated = point.attributes.get("grace_minutes")
    return float(stated) if isinstance(stated, int | float) and not isinstance(stated, bool) else GRACE_MINUTES


class Stay(NamedTuple):
    """What counts of one reading. `minutes` is None when no vehicle drove off, `valid` False with a fault."""

    revision: int
    valid: bool
    minutes: float | None


def stay_of(reading: Reading) -> Stay:
    """Return what counts of a reading."""
    valid = INVALIDATING.isdisjoint(reading.faults)
    minutes = reading.values.get("stay")
    told = valid and isinstance(minutes, int | float) and not isinstance(minutes, bool)
    return Stay(reading.revision, valid, float(minutes) if told and minutes is not None else None)


@dataclass(frozen=True, slots=True)
class PointDay:
    """One point over one day."""

    illegal: int = 0
    stays: int = 0
    longest: float = 0.0
    """Minutes."""
    hours: int = 0
    """Hours of the day with a valid reading."""


class Stays:
    """The readings of one point by local day, each instant with its highest revision."""

    __slots__ = ("_days",)

    def __init__(self) -> None:
        """Start without readings."""
        self._days: dict[date, dict[datetime, Stay]] = {}

    def put(self, day: date, at: datetime, stay: Stay) -> bool:
        """Keep what a reading says; return whether it is news."""
        known = self._days.setdefault(day, {})
        if at in known and known[at].revision >= stay.revision:
            return False
        known[at] = stay
        return True

    def drop_before(self, day: date) -> None:
        """Let go of the days before `day`."""
        for old in [d for d in self._days if d < day]:
            del self._days[old]

    def day(self, day: date, versions: Iterable[tuple[datetime, float | None]]) -> PointDay:
        """Return a day. `versions`: from when on which grace time held, in order; None = out of service."""
        rules = list(versions)
        illegal = stays = 0
        longest, hours = 0.0, set()
        for at, stay in self._days.get(day, {}).items():
            grace = next((grace for since, grace in reversed(rules) if since <= at), None)
            if not stay.valid or grace is None:
                continue
            hours.add(at.replace(minute=0, second=0, microsecond=0))
            if stay.minutes is not None:
                stays += 1
                illegal += stay.minutes > grace
                longest = max(longest, stay.minutes)
        return PointDay(illegal, stays, longest, len(hours))

    def dump(self) -> list[Any]:
        """Return the readings as plain JSON values: [instant, revision, valid, minutes]."""
        rows = (item for day in self._days.values() for item in day.items())
        return [[at.isoformat(), *stay] for at, stay in sorted(rows)]


def dumped(rows: Iterable[Any]) -> Iterator[tuple[datetime, Stay]]:
    """Yield instant and stay of each row of a dump."""
    for at, revision, valid, minutes in rows:
        yield datetime.fromisoformat(at), Stay(revision, valid, minutes)


@dataclass(frozen=True, slots=True)
class StopTally:
    """The points of a scope over one day, by id, with their group of roads. Disjoint points merge."""

    points: Mapping[str, tuple[str, PointDay]] = field(default_factory=dict)
    day_hours: int = 24

    def merged(self, other: "StopTally") -> "StopTally":
        """Return the tally of both sets of points, which must be disjoint."""
        return StopTally({**self.points, **other.points}, self.day_hours)

    def group(self, group: str) -> dict[str, int]:
        """Return the counts of one group of roads, as plain JSON."""
        days = [day for of, day in self.points.values() if of == group]
        return {
            "points": len(days),
            "heard": sum(self.heard(day) for day in days),
            "stays": sum(day.stays for day in days),
            "illegal": sum(day.illegal for day in days),
        }

    def heard(self, day: PointDay) -> bool:
        """Return whether a point was heard in enough hours of the day."""
        return day.hours >= HOURS_SHARE * self.day_hours

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        rows = {p: [g, d.illegal, d.stays, d.longest, d.hours] for p, (g, d) in self.points.items()}
        return {"points": rows, "day_hours": self.day_hours}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "StopTally":
        """Return the tally of a dump."""
        return cls({p: (g, PointDay(*rest)) for p, (g, *rest) in dumped["points"].items()}, dumped["day_hours"])


HOUR: Final = timedelta(hours=1)
