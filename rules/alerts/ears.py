"""What a reading of a device has to do with the rules, looked up once for each device: nearly every one is in order.

It follows from the device as the register knows it, so that there are other ears whenever the city's world changes.
"""

from dataclasses import dataclass

from domain.device import Device
from domain.reading import Reading
from rules.alerts.book import RuleBook
from rules.alerts.gate import Gate, Window
from rules.alerts.ledger import Key
from rules.alerts.memories import Memories
from rules.alerts.memory import Memory
from rules.alerts.places import Places
from rules.alerts.rule import AlertRule
from rules.alerts.scopes import ScopeWatch
from rules.alerts.screen import Screen
from rules.alerts.silences import SilenceWatch
from rules.expiry import Expiry

Judged = tuple[tuple[AlertRule, Screen, Window | None], ...]
"""Rules about single devices, silences apart, each with its screen and with the hours of judging, if it has any."""
Counted = tuple[tuple[set[Key], Key], ...]
"""The scopes of which some rule counts the device, each with the slot that it is noted in."""


@dataclass(frozen=True, slots=True)
class Ear:
    """What listens to one device."""

    device: Device
    subject: str
    rules: Judged
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
        self._known: dict[str, Ear | None] = {}
        self._judged: dict[tuple[int, tuple[Window | None, ...]], Judged] = {}
        self._counted: dict[tuple[Key, ...], Counted] = {}

    def of(self, device_id: str) -> Ear | None:
        """Return the ear of a device as the register knows it now; None when it knows none."""
        known = self._known
        if device_id not in known:
            device = self._places.device(device_id)
            known[device_id] = None if device is None else self._made(device)
        return known[device_id]

    def _made(self, device: Device) -> Ear:
        screened = self._book.of_device(device)
        windows = tuple(self._gate.window(rule, device) for rule, _ in screened)
        judged = self._judged.get((id(screened), windows))  # the book keeps its tuples
        if judged is None:
            parts = zip(screened, windows, strict=True)
            judged = tuple((rule, clear, window) for (rule, clear), window in parts)
            self._judged[id(screened), windows] = judged
        keys = tuple(self._scopes.counting(device))
        counted = self._counted.get(keys)
        if counted is None:
            counted = self._counted[keys] = tuple((self._scopes.slot(key[1]), key) for key in keys)
        memories, expiries = self._memories.of_kind(device.kind), self._silences.expiries(device.kind)
        return Ear(device, f"device:{device.id}", judged, counted, memories, expiries)
