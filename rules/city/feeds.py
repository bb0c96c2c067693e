"""Feeds that the bureaus have agreed to deliver, and when each was last heard of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.kinds.data_feed import LONGEST_MINUTES
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.board import DeviceBoard
from rules.indicator import Latest, World

FEED: Final = "data_feed"
CONNECTED_WITHIN: Final = timedelta(minutes=LONGEST_MINUTES)
"""A feed that was not heard of for so long is not connected."""
_FAULT: Final = "interfaceFault"


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
        self._newest: dict[tuple[str, str], datetime] = {}
        """By bureau and kind, of the kinds that a feed delivers."""
        self._wanted: dict[tuple[str, str], list[str]] = {}
        self._kinds: frozenset[str] = frozenset()
        self._fresh: set[str] = set()
        super().__init__(world, latest, now)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.FEED, device.id)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Note that a feed, or the bureau of a device, was heard of."""
        if not newest:
            return
        if reading.kind == FEED:
            self.touch(reading.device)
            self._judge(reading.device)
            return
        key = self._key(reading)
        if key is not None and (key not in self._newest or reading.at > self._newest[key]):
            self._newest[key] = reading.at
            for feed in self._wanted[key]:
                self.touch(feed)
                self._judge(feed)

    def advance(self, now: datetime) -> None:
        """Let time pass: a feed that is not heard of in its agreed time is late."""
        self.now = now
        for feed in self.known:
            self._judge(feed)

    @override
    def moved(self, devices: Collection[str]) -> None:
        if any(self.world.register.kind_of(device) in {FEED, *self._kinds} for device in devices):
            self.look_up()

    @override
    def look_up(self) -> None:
        super().look_up()
        self._wanted = {}
        for feed in self.known.values():
            if feed.text("delivers") in KINDS:
                self._wanted.setdefault((feed.responsible_unit, feed.text("delivers")), []).append(feed.id)
        self._newest = {}
        self._kinds = frozenset(kind for _, kind in self._wanted)
        for reading in self.latest.values():
            key = self._key(reading)
            if key is not None:
                self._newest[key] = max(reading.at, self._newest.get(key, reading.at))
        self._fresh = {feed for feed in self.known if self._is_fresh(feed)}

    @override
    def has(self, scope: Scope) -> bool:
        return scope == CITY or super().has(scope)

    def heard(self, feed: str) -> datetime | None:
        """Return when a feed was last heard of; None if not within the last week."""
        device = self.known[feed]
        own = self.latest.get(feed)
        told = None if own is None or _FAULT in own.faults else own.at
        by_device = self._newest.get((device.responsible_unit, device.text("delivers")))
        found = max((at for at in (told, by_device) if at is not None), default=None)
        return found if found is not None and found + CONNECTED_WITHIN >= self.now else None

    def tally(self, scope: Scope) -> FeedTally:
        """Return what is known of the feeds of a scope that are in service."""
        agreed = [feed for feed in self.devices(scope) if feed.state is AssetState.IN_SERVICE]
        heard = {feed.id: self.heard(feed.id) for feed in agreed}
        return FeedTally(heard, frozenset(heard).intersection(self._fresh), sum(feed.synthetic for feed in agreed))

    def _key(self, reading: Reading) -> tuple[str, str] | None:
        """Return bureau and kind of the feed that a device's reading belongs to, if any."""
        if reading.kind not in self._kinds:
            return None
        device = self.world.register.at(reading.device, self.now)
        if device is None or device.state is not AssetState.IN_SERVICE:
            return None
        key = (device.responsible_unit, reading.kind)
        return key if key in self._wanted else None

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
