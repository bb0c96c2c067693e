"""What a reading of a device has to do with the rules, looked up once for each device: nearly every one is in order.

It follows from the device as the register knows it, so that there are other ears whenever the city's world changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.device import Device
from domain.reading import Reading
from rules.alerts.book import RuleBook, Screened
from rules.alerts.gate import EVER, Gate, Window
from rules.alerts.ledger import Key
from rules.alerts.memories import Memories
from rules.alerts.memory import Memory
from rules.alerts.places import Places
from rules.alerts.scopes import ScopeWatch
from rules.alerts.silences import SilenceWatch
from rules.expiry import Expiry

Counted = tuple[tuple[set[Key], Key], ...]
"""The scopes of which some rule counts the device, each with the slot that it is noted in."""


class Judged:
    """Rules about single devices, silences apart, that the readings of many devices concern at the same hours."""

    __slots__ = ("_open", "_since", "_until", "_windows", "rules")

    def __init__(self, screened: Sequence[Screened], windows: Sequence[Window | None]) -> None:
        """Take the rules, and when each is judged (None: always)."""
        self.rules, self._windows = screened, windows
        self._since, self._until = EVER, EVER
        self._open: Sequence[Screened] = ()

    def open(self, instant: datetime) -> Sequence[Screened]:
        """Return the rules that are judged at an instant. The answer is kept while it holds for all of them."""
        if not self._since <= instant < self._until:
            both = zip(self.rules, self._windows, strict=True)
            self._open = tuple(one for one, window in both if window is None or window.open(instant))
            bounded = [window for window in self._windows if window is not None]
            self._since = max((window.since for window in bounded), default=instant)
            self._until = min((window.until for window in bounded), default=EVER)
        return self._open


@dataclass(frozen=True, slots=True)
class Ear:
    """What listens to one device."""

    device: Device
    subject: str
    judged: Judged
    counted: Counted
    memories: tuple[Memory, ...]
    expiries: tuple[Expiry, ...]

    def hear(self, reading: Reading) -> None:
        """Note that the device has said something, wherever that is remembered or counted."""
        for memory in self.memories:
            memory.hear(reading)
        for expiry in self.expiries:
            expiry.watch(reading)
        for slot, key in self.counted:
            slot.add(key)


class Ears:
    """The ears of the devices heard so far. What many devices have in common is one object."""

    def __init__(
        self,
        book: RuleBook,
        places: Places,
        gate: Gate,
        memories: Memories,
        silences: SilenceWatch,
        scopes: ScopeWatch,
    ) -> None:
        """Take what listens, as long as the rules and the world stay the same: then there are other ears."""
        self._book, self._places, self._gate = book, places, gate
        self._memories, self._silences, self._scopes = memories, silences, scopes
        self._known: dict[str, Ear] = {}
        self._judged: dict[tuple[int, tuple[Window | None, ...]], Judged] = {}
        self._counted: dict[tuple[Key, ...], Counted] = {}

    def of(self, device_id: str) -> Ear | None:
        """Return the ear of a device as the register knows it now; None when it knows none."""
        ear = self._known.get(device_id)
        if ear is None and (device := self._places.device(device_id)) is not None:
            ear = self._known[device_id] = self._made(device)
        return ear

    def _made(self, device: Device) -> Ear:
        screened = self._book.of_device(device)
        windows = tuple(self._gate.window(rule, device) for rule, _ in screened)
        judged = self._judged.get((id(screened), windows))  # the book keeps its tuples
        if judged is None:
            judged = self._judged[id(screened), windows] = Judged(screened, windows)
        keys = tuple(self._scopes.counting(device))
        counted = self._counted.get(keys)
        if counted is None:
            counted = self._counted[keys] = tuple((self._scopes.slot(key[1]), key) for key in keys)
        memories, expiries = self._memories.of_kind(device.kind), self._silences.expiries(device.kind)
        return Ear(device, f"device:{device.id}", judged, counted, memories, expiries)
