"""What a measure rests on, as a value: additive over disjoint devices, and plain JSON when it has to travel.

Merging is associative and commutative, so counts may be made wherever the devices report and put together in any order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar


class Tally(Protocol):
    """Counts, sums or rows of some devices. One of no devices is neutral."""

    def merged(self, other: Self) -> Self:
        """Return the tally of both sets of devices, which must be disjoint."""
        ...

    def dump(self) -> Any:
        """Return it as plain JSON values."""
        ...

    @classmethod
    def load(cls, dumped: Any) -> Self:
        """Return the tally of a dump."""
        ...


T = TypeVar("T", bound=Tally)


@dataclass(frozen=True, slots=True)
class ByPart(Generic[T]):
    """Tallies by name: of days, of roads, of underpasses. A name that both have is merged. A subclass says of what."""

    parts: Mapping[str, T] = field(default_factory=dict)
    part: ClassVar[type[Any]]

    def merged(self, other: Self) -> Self:
        """Return the tally of both sets of devices, which must be disjoint."""
        parts = dict(self.parts)
        for name, tally in other.parts.items():
            mine = parts.get(name)
            parts[name] = tally if mine is None else mine.merged(tally)
        return type(self)(parts)

    def dump(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {name: tally.dump() for name, tally in self.parts.items()}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> Self:
        """Return the tally of a dump."""
        return cls({name: cls.part.load(said) for name, said in dumped.items()})


class _Row(Protocol):
    def dump(self) -> Any: ...


R = TypeVar("R", bound=_Row)


@dataclass(frozen=True, slots=True)
class ByDevice(Generic[R]):
    """One row for each device, by id. A subclass says of what; rows have `dump` and their class has `load`."""

    rows: Mapping[str, R] = field(default_factory=dict)
    row: ClassVar[type[Any]]

    def merged(self, other: Self) -> Self:
        """Return the rows of both sets of devices, which must be disjoint."""
        return type(self)({**self.rows, **other.rows})

    def dump(self) -> dict[str, Any]:
        """Return the rows as plain JSON values."""
        return {device: row.dump() for device, row in self.rows.items()}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> Self:
        """Return the rows of a dump."""
        return cls({device: cls.row.load(said) for device, said in dumped.items()})
