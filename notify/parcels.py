"""What goes into one message: the first of a group alone and at once, the rest together, all within the budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.notice import Posted
from domain.severity import Severity

PARCEL = 100
"""The most notices that one message tells of; it names the first ones and counts the others."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Notices that are told in one message."""

    posted: tuple[Posted, ...]

    @property
    def severity(self) -> Severity:
        """The highest among them."""
        return max((p.notice.severity for p in self.posted), key=lambda s: s.rank)


def parcels(due: Sequence[Posted], room: int | None, *, personal: bool, digests: bool) -> Sequence[Parcel]:
    """Return the messages to send now, the worst first, at most `room` (None = any number).

    A channel of persons has messages for each; in a group one message is for all of them, and may mention several.
    What is urgent goes by alert group; when that is more than there is room for, all goes together.
    """
    if not digests:
        return _cut([Parcel((p,)) for p in due], room)
    whose: Callable[[Posted], str | None] = (lambda p: p.notice.person) if personal else (lambda _: None)
    urgent = _grouped([p for p in due if not p.notice.digest], lambda p: (whose(p), p.notice.group))
    later = _grouped([p for p in due if p.notice.digest], whose)
    found = [*urgent, *later]
    if room is not None and len(found) > room:
        found = _grouped(due, whose)
    return _cut(found, room)


def _grouped(due: Sequence[Posted], by: Callable[[Posted], object]) -> list[Parcel]:
    groups: dict[object, list[Posted]] = {}
    for posted in due:
        groups.setdefault(by(posted), []).append(posted)
    return [Parcel(tuple(g[n : n + PARCEL])) for g in groups.values() for n in range(0, len(g), PARCEL)]


def _cut(found: Sequence[Parcel], room: int | None) -> Sequence[Parcel]:
    ordered = sorted(found, key=lambda parcel: (-parcel.severity.rank, parcel.posted[0].id))
    return ordered if room is None else ordered[:room]
