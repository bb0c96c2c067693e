"""Who has been silent for too long: one timer for each device and rule, moved only when it is due."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from heapq import heappop, heappush

from domain.alert import Verdict
from domain.device import Device
from domain.reading import Reading
from domain.register import Register
from rules.alerts.book import RuleBook, concerns
from rules.alerts.condition import FeedSilence, Silence
from rules.alerts.course import NOWHERE, Finding
from rules.alerts.gate import Gate
from rules.alerts.ledger import Key
from rules.alerts.rule import AlertRule
from rules.expiry import Expiry

Due = tuple[Device, AlertRule, datetime]


class SilenceWatch:
    """Watches devices and whole feeds. Nothing here outlives a restart: it follows from the latest readings."""

    def __init__(self, book: RuleBook) -> None:
        """Watch nobody yet; `expect` says who is expected."""
        self._rules = book.silences
        self._feeds = book.feeds
        self._expiries = {r.name: Expiry(_silence(r).after) for rules in self._rules.values() for r in rules}
        self._of_kind = {kind: tuple(self._expiries[r.name] for r in rules) for kind, rules in self._rules.items()}
        self._waiting: list[tuple[datetime, str, str]] = []
        self._by_name = {r.name: r for rules in self._rules.values() for r in rules}
        self._newest: dict[str, datetime] = {}
        self._latest: Mapping[str, Reading] = {}
        self._gate: Gate | None = None

    def expect(
        self, register: Register, latest: Mapping[str, Reading], gate: Gate, now: datetime, began: datetime
    ) -> None:
        """Watch every device there is at `now`. One that never reported is silent since it is there, or `began`."""
        self._latest, self._gate = latest, gate
        for kind, rules in self._rules.items():
            for device in register.devices(now, kind):
                reading = latest.get(device.id)
                if reading is not None:
                    self.hear(reading)
                    continue
                since = max(began, register.timeline(device.id)[0].valid_from)
                for rule in rules:
                    heappush(self._waiting, (since + _silence(rule).after, device.id, rule.name))
        for rule in self._feeds:
            self._newest.setdefault(rule.kind, began)
        self.freshen(latest.values())

    def hear(self, reading: Reading) -> None:
        """Note that a device has reported."""
        for expiry in self.expiries(reading.kind):
            expiry.watch(reading)

    def expiries(self, kind: str) -> tuple[Expiry, ...]:
        """Return what watches the devices of a kind."""
        return self._of_kind.get(kind, ())

    def freshen(self, readings: Iterable[Reading]) -> None:
        """Note that feeds have said something."""
        if not self._feeds:
            return
        newest = self._newest
        for reading in readings:
            known = newest.get(reading.kind)
            if known is None or reading.at > known:
                newest[reading.kind] = reading.at

    def due(self, register: Register, now: datetime) -> Iterator[Due]:
        """Yield whom to look at: device, rule and the instant at which the silence had lasted long enough."""
        for kind, rules in self._rules.items():
            for rule in rules:
                for ident in self._expiries[rule.name].expired(now, self._latest):
                    instant = self._latest[ident].at + _silence(rule).after + datetime.resolution
                    yield from self._expected(register, kind, rule, ident, instant)
        while self._waiting and self._waiting[0][0] <= now:
            instant, ident, name = heappop(self._waiting)
            rule = self._by_name[name]
            reading = self._latest.get(ident)
            if reading is None or instant - reading.at > _silence(rule).after:
                yield from self._expected(register, rule.kind, rule, ident, instant)

    def _expected(self, register: Register, kind: str, rule: AlertRule, ident: str, at: datetime) -> Iterator[Due]:
        """Yield a device that the rule is about, and look again when its circuit will have been on for long enough."""
        device = register.at(ident, at)
        if device is None or device.kind != kind or not concerns(rule, device):
            return
        condition = _silence(rule)
        if condition.powered and self._gate is not None and not self._gate.powered(device, at, condition.after):
            on = self._gate.on_next(device, at)
            if on is not None:
                heappush(self._waiting, (on + condition.after, ident, rule.name))
        yield device, rule, at

    def feeds(self, register: Register, now: datetime) -> Iterator[tuple[Key, Finding]]:
        """Yield what is found at each feed that has a device in service."""
        for rule in self._feeds:
            newest = self._newest.get(rule.kind)
            if newest is None or next(register.in_service(now, rule.kind), None) is None:
                continue
            after = rule.condition.after if isinstance(rule.condition, FeedSilence) else now - newest
            silent = now - newest > after
            verdict, level = (Verdict.BREACH, len(rule.timing.rungs) - 1) if silent else (Verdict.CLEAR, NOWHERE)
            yield (rule.name, f"feed:{rule.kind}"), Finding(verdict, now, level, newest if silent else None)


def _silence(rule: AlertRule) -> Silence:
    if not isinstance(rule.condition, Silence):
        raise TypeError(f"{rule.name} is not about silence")
    return rule.condition
