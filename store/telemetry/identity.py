"""One identity, (device, instant): decide whether a reading is new, a duplicate, a conflict or a revision.

Most readings are newer than anything their device has said, so a mark per device answers without asking the backend.
What is not newer is judged from a bounded window of recent fingerprints, and looked up only when it has left that.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from domain.reading import Fingerprint, Reading, ReadingKey

_TICK = timedelta(microseconds=1)
_AT_ONCE: Final = 16
"""A full book lets go of so small a part (1 / 16) at once: to find a dict's oldest entry takes longer the more went."""
K = TypeVar("K")
V = TypeVar("V")


class Verdict(Enum):
    """What an offered reading is, beside what is known of its identity."""

    NEW = auto()
    DUPLICATE = auto()
    CONFLICT = auto()
    REVISION = auto()


class Version(NamedTuple):
    """One version of a reading as it came in one delivery."""

    fingerprint: Fingerprint
    received: datetime


class Known(NamedTuple):
    """What is stored for one identity: the current reading, and what revisions have replaced."""

    current: Fingerprint | None = None
    past: tuple[Fingerprint, ...] = ()
    seen: frozenset[Version] = frozenset()
    """Those that were seen in a backend which shows what a crash would still take from it (see `Backend.repeat`)."""

    def followed_by(self, offered: Fingerprint) -> "Known":
        """Return what is known once `offered` is the current reading."""
        return Known(offered, self.past if self.current is None else (*self.past, self.current), self.seen)

    def assured(self, version: Version) -> "Known":
        """Return what is known once `version`, which was seen, is durable."""
        return self._replace(seen=self.seen - {version})


NOTHING = Known()


def judge(known: Known, offered: Fingerprint) -> Verdict:
    """Decide by content and revision.

    A higher revision replaces, even with the same content: otherwise a revision in between that arrives later would
    replace it, and the result would depend on the order of arrival. What was said before and has been replaced since
    is a duplicate. `past` without `current` is a replacement that a crash has interrupted: the repeat completes it.
    """
    versions = known.past if known.current is None else (*known.past, known.current)
    if not versions:
        return Verdict.NEW
    if offered.revision > max(version.revision for version in versions):
        return Verdict.REVISION
    if any(version.content == offered.content for version in versions):
        return Verdict.DUPLICATE
    return Verdict.CONFLICT


class _New(NamedTuple):
    """Readings of revision 0 as columns, in the order in which they were stored."""

    devices: Sequence[str]
    ats: Sequence[datetime]
    contents: Sequence[int]


class _Marks:
    """For the devices of one kind: an instant after which nothing is stored. `base` holds for devices without one."""

    def __init__(self, base: datetime, capacity: int) -> None:
        self._base = base
        self._capacity = capacity
        self._of: dict[str, datetime] = {}

    def of(self, device: str) -> datetime:
        return self._of.get(device, self._base)

    def rise(self, device: str, at: datetime) -> bool:
        """Put the mark at a later instant; return whether it is one."""
        marks = self._of
        if at <= marks.get(device, self._base):
            return False
        marks.pop(device, None)
        marks[device] = at  # the last to be forgotten
        if len(marks) > self._capacity:  # stays true: more look-ups, never a wrong answer
            self._base = max(self._base, *_drop_oldest(marks, self._capacity).values())
        return True


class Identity:
    """What one writer remembers of the stored readings. Bounded; starts empty; not for several threads.

    A device has one kind for ever (the register sees to it), so that keys of different kinds never meet.
    """

    def __init__(self, window: int = 100_000, devices: int = 2_000_000) -> None:
        """Remember the newest instants of `devices` devices a kind, and `window` fingerprints (about 400 bytes each).

        Of what nobody looks up, as many more wait to be sorted in (about 100 bytes each).
        """
        self._window = window
        self._devices = devices
        self._recent: dict[tuple[str, datetime], Known | int] = {}
        """By device and instant. A bare number stands for a reading of revision 0 with that content: nearly all are."""
        self._unsorted: deque[_New] = deque()
        """What is newer than all in `_recent`, and belongs there. While nothing comes twice, nobody looks it up."""
        self._unsorted_count = 0
        self._marks: dict[str, _Marks] = {}

    def knows(self, kind: str) -> bool:
        """Return whether `learn` was called for this kind."""
        return kind in self._marks

    def learn(self, kind: str, since: datetime, newest: Mapping[str, datetime]) -> None:
        """Take over the newest stored instants at or after `since`; a device that lacks one has none there."""
        marks = self._marks[kind] = _Marks(since - _TICK, self._devices)
        for device, at in newest.items():
            marks.rise(device, at)

    def recall(self, kind: str, keys: Iterable[ReadingKey]) -> tuple[dict[ReadingKey, Known], set[ReadingKey]]:
        """Return what is known of `keys` without the backend, and those that must be looked up there."""
        self._sort()
        marks = self._marks[kind]
        known: dict[ReadingKey, Known] = {}
        unknown: set[ReadingKey] = set()
        for key in keys:
            recent = self._recent.get(key)
            if recent is not None:
                known[key] = recent if isinstance(recent, Known) else Known(Fingerprint(recent, 0))
            elif key.at > marks.of(key.device):
                known[key] = NOTHING
            else:
                unknown.add(key)
        return known, unknown

    def rising(self, kind: str) -> Callable[[str, datetime], bool] | None:
        """Return what to call before readings of a kind are written; None as long as nothing is known of the kind.

        It takes device and instant and says whether nothing of the device can be stored at or after that. That is
        told by what is remembered alone. If it is so, the reading counts as written.
        """
        marks = self._marks.get(kind)
        return None if marks is None else marks.rise

    def attempt(self, kind: str, keys: Collection[ReadingKey]) -> None:
        """Say that `keys` are about to be written. Should that fail halfway, the repeat looks them up."""
        marks = self._marks[kind]
        for key in keys:
            marks.rise(key.device, key.at)

    def remember(self, key: ReadingKey, known: Known) -> None:
        """Keep what is stored now for `key`; the oldest entry leaves a full window."""
        self._sort()
        self._recent.pop(key, None)
        self._recent[key] = known
        if len(self._recent) > self._window:
            _drop_oldest(self._recent, self._window)

    def remember_new(self, readings: Sequence[Reading], contents: Sequence[int]) -> None:
        """Keep many readings of revision 0 that are stored now, with their contents."""
        self._unsorted.append(_New([r.device for r in readings], [r.at for r in readings], contents))
        self._unsorted_count += len(contents)
        if self._unsorted_count >= self._window:
            self._recent.clear()  # all that is older than a whole window
        while self._unsorted_count - len(self._unsorted[0].contents) >= self._window:
            self._unsorted_count -= len(self._unsorted.popleft().contents)

    def _sort(self) -> None:
        while self._unsorted:
            new = self._unsorted.popleft()
            self._recent.update(zip(zip(new.devices, new.ats, strict=True), new.contents, strict=True))
        self._unsorted_count = 0
        if len(self._recent) > self._window:
            _drop_oldest(self._recent, self._window)

    def forget(self, keys: Iterable[ReadingKey]) -> None:
        """Forget what turned out not to be stored."""
        self._sort()
        for key in keys:
            self._recent.pop(key, None)


def _drop_oldest(book: dict[K, V], capacity: int) -> dict[K, V]:
    """Let a book that is too full go of what was entered first, some more than must be, and return it."""
    gone = dict(islice(book.items(), max(len(book) - capacity, capacity // _AT_ONCE)))
    for key in gone:
        del book[key]
    return gone
