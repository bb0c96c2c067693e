"""Feeds that the bureaus have agreed to deliver, and when each was last heard of."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.kinds.data_feed import LONGEST_MINUTES
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.board import DeviceBoard
from rules.indicator import Intake, Latest, World

FEED: Final = "data_feed"
CONNECTED_WITHIN: Final = timedelta(minutes=LONGEST_MINUTES)
"""A feed that was not heard of for so long is not connected."""
_FAULT: Final = "interfaceFault"
_at: Final = attrgetter("at")


@dataclass(frozen=True, slots=True)
class FeedTally:
    """Feeds of a scope: the last sign of life of each, None where there is none. Disjoint feeds merge.

    The devices that a bureau's feed delivers must be counted where the feed is.
    """

    heard: Mapping[str, datetime | None] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    synthetic: int = 0

    def merged(self, other: "FeedTally") -> "FeedTally":
        """Return the tally of both sets of feeds, which must be disjoint."""
        return FeedTally({**self.heard, **other.heard}, self.fresh | other.fresh, self.synthetic + other.synthetic)

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        heard = {feed: None if at is None else at.isoformat() for feed, at in self.heard.items()}
        return {"heard": heard, "fresh": sorted(self.fresh), "synthetic": self.synthetic}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "FeedTally":
        """Return the tally of a dump."""
        heard = {feed: None if at is None else datetime.fromisoformat(at) for feed, at in dumped["heard"].items()}
        return cls(heard, frozenset(dumped["fresh"]), dumped["synthetic"])


class FeedBoard(DeviceBoard):
    """The agreed feeds, and the newest reading of each bureau by kind. Exact for the last `now` it was given.

    What counts is the newest reading of each device, and where the register puts that device now.
    """

    kinds: ClassVar[tuple[str, ...]] = (FEED,)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the feeds of a world up as of `now`, with the latest readings that there are."""
        self._newest: dict[str, dict[str, datetime]] = {}
        """By kind and bureau, of those that a feed delivers."""
        self._wanted: dict[str, dict[str, list[str]]] = {}
        """The feeds, by kind and bureau."""
        self._unread: dict[str, list[Reading]] = {}
        """Newest readings of the wanted kinds since somebody last asked: only then does it matter whose they are."""
        self._fresh: set[str] = set()
        super().__init__(world, latest, now)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.FEED, device.id)

    @override
    def intakes(self, kind: str) -> Sequence[Intake]:
        return (self,) if kind == FEED or kind in self._wanted else ()

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Note that a feed, or the bureau of a device, was heard of."""
        if not newest:
            return
        if reading.kind == FEED:
            self.touch(reading.device)
            self._judge(reading.device)
        else:
            self._unread[reading.kind].append(reading)

    def advance(self, now: datetime) -> None:
        """Let time pass: a feed that is not heard of in its agreed time is late."""
        self._read()
        self.now = now
        for feed in self.known:
            self._judge(feed)

    @override
    def take_dirty(self) -> set[Scope]:
        self._read()
        return super().take_dirty()

    @override
    def moved(self, devices: Collection[str]) -> None:
        if any(self.world.register.kind_of(device) in {FEED, *self._wanted} for device in devices):
            self.look_up()

    @override
    def look_up(self) -> None:
        super().look_up()
        self._wanted = {}
        for feed in self.known.values():
            if feed.text("delivers") in KINDS:
                bureaus = self._wanted.setdefault(feed.text("delivers"), {})
                bureaus.setdefault(feed.responsible_unit, []).append(feed.id)
        self._newest = {kind: {} for kind in self._wanted}
        self._unread = {kind: [] for kind in self._wanted}
        for reading in self.latest.values():
            if reading.kind in self._unread:
                self._unread[reading.kind].append(reading)
        self._read()
        self._fresh = {feed for feed in self.known if self._is_fresh(feed)}

    @override
    def has(self, scope: Scope) -> bool:
        return scope == CITY or super().has(scope)

    def heard(self, feed: str) -> datetime | None:
        """Return when a feed was last heard of; None if not within the last week."""
        device = self.known[feed]
        own = self.latest.get(feed)
        told = None if own is None or _FAULT in own.faults else own.at
        by_device = self._newest.get(device.text("delivers"), {}).get(device.responsible_unit)
        found = max((at for at in (told, by_device) if at is not None), default=None)
        return found if found is not None and found + CONNECTED_WITHIN >= self.now else None

    def tally(self, scope: Scope) -> FeedTally:
        """Return what is known of the feeds of a scope that are in service."""
        self._read()
        agreed = [feed for feed in self.devices(scope) if feed.state is AssetState.IN_SERVICE]
        heard = {feed.id: self.heard(feed.id) for feed in agreed}
        return FeedTally(heard, frozenset(heard).intersection(self._fresh), sum(feed.synthetic for feed in agreed))

    def _read(self) -> None:
        """Take in what is unread, the newest first: when every bureau was found in it, the rest says nothing more."""
        for kind, unread in self._unread.items():
            newest, bureaus = self._newest[kind], self._wanted[kind]
            unread.sort(key=_at, reverse=True)
            found: set[str] = set()
            for reading in unread:
                bureau = self._bureau_of(reading)
                if bureau is None or bureau in found or bureau not in bureaus:
                    continue
                found.add(bureau)
                newest[bureau] = max(reading.at, newest.get(bureau, reading.at))
                for feed in bureaus[bureau]:
                    self.touch(feed)
                    self._judge(feed)
                if len(found) == len(bureaus):
                    break
            unread.clear()

    def _bureau_of(self, reading: Reading) -> str | None:
        """Return who answers for the device of a reading; None when it is not in service."""
        device = self.world.register.at(reading.device, self.now)
        return device.responsible_unit if device is not None and device.state is AssetState.IN_SERVICE else None

    def _judge(self, feed: str) -> None:
        """Note whether a feed is fresh now."""
        fresh = self._is_fresh(feed)
        if fresh is not (feed in self._fresh):
            self._fresh ^= {feed}
            self.touch(feed)

    def _is_fresh(self, feed: str) -> bool:
        device, at = self.known[feed], self.heard(feed)
        minutes = device.attributes.get("agreed_minutes")
        agreed = timedelta(minutes=minutes) if isinstance(minutes, int) else timedelta(0)
        return at is not None and at + agreed >= self.now
