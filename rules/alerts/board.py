"""The alerts of a city: judges what is dirty and what is due, one event after the other, in event time.

A tick costs what happened in it: readings that came in, scopes whose measures changed, timers that are due. No rule
and no device is looked at otherwise. Readings and timers are taken in the order of their instants, so that holds end
at the same instants whatever the grid of the ticks; scopes are judged at instants of their own (`rules.alerts.scopes`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from operator import attrgetter
from typing import Final

from domain.alert import AlertChange, Verdict
from domain.device import Device
from domain.measure import Target
from domain.reading import Reading
from domain.scope import Scope
from rules.alerts import lifecycle
from rules.alerts.book import RuleBook
from rules.alerts.condition import ONE_DEVICE, Occurrence, Silence
from rules.alerts.course import NOWHERE, Course, Finding, Step
from rules.alerts.ears import Ears
from rules.alerts.entries import Entries, Entry
from rules.alerts.gate import OUTSIDE, Gate
from rules.alerts.judges import STALE, Case, breach, freshness, judge, unknown
from rules.alerts.known import KnownCity
from rules.alerts.ledger import Key, Told
from rules.alerts.memories import Memories
from rules.alerts.places import Place, Places
from rules.alerts.rule import AlertRule
from rules.alerts.scope_judges import ScopeCase, judge_scope
from rules.alerts.scopes import ScopeWatch
from rules.alerts.silences import SilenceWatch
from rules.alerts.teller import Teller
from rules.alerts.units import Units
from rules.indicator import World
from rules.live import City

AT_ONCE: Final = 100
"""Readings between two breaths."""
SCOPES_AT_ONCE: Final = 5
_AT: Final = attrgetter("at")


def nothing() -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What a gateway's status said."""

    gateway: str
    at: datetime
    online: bool


class AlertBoard:
    """Every rule at every subject of which something is remembered. Pure but for that memory, which can be dumped."""

    def __init__(self, book: RuleBook, targets: Sequence[Target], city: City) -> None:
        """Take a set of rules, the plan's targets, and a city whose time has begun."""
        self.city, self.targets = city, targets
        self.now = self.began = self.listened = _begun(city)
        """`listened`: through which instant silence was judged."""
        self.entries = Entries()
        self.teller = Teller()
        self.timers: list[tuple[datetime, Key]] = []
        self.signals: list[Signal] = []
        """What gateways said since the last tick."""
        self.read(book)

    def read(self, book: RuleBook) -> None:
        """Take over a set of rules; what is open or pending is the caller's business (`rules.alerts.upkeep`)."""
        self.book = book
        self.memories = Memories(book)
        self.scopes = ScopeWatch(book, self.targets)
        self.look_up()

    def look_up(self) -> None:
        """Look up again who is where, as the city knows it now."""
        world: World = self.city.world
        self.generation = self.city.generation
        catalogue = self.city.catalogue()
        self.places, self.gate = Places(world.register, self.now, self.targets, catalogue), Gate(world)
        self.units = Units(self.places, self.book, {i.name: i.kinds for i in catalogue}, self.targets)
        self.known = KnownCity(self.city, self.places, self.teller.ledger, self.book, self.targets)
        self.silences = SilenceWatch(self.book)
        self.ears = Ears(self.book, self.places, self.gate, self.memories, self.silences, self.scopes)
        self.silences.expect(world.register, self.city.readings, self.gate, self.now, self.began)

    # -- one tick -------------------------------------------------------------------------------------------------

    def tick(
        self,
        heard: Iterable[Reading],
        dirty: Iterable[tuple[str, Scope]],
        now: datetime,
        *,
        deaf: bool = False,
        breathe: Callable[[], object] = nothing,
    ) -> list[AlertChange]:
        """Judge what happened until `now`, and return what it changed. `deaf`: silence may only be unread yet.

        `heard` are readings that became the newest of their device, in any order.
        `breathe` is called between two readings now and then: whoever waits for the city may look at it there.
        """
        before, self.now, self.places.now = self.now, now, now
        self.teller.ledger.watch(now)
        readings = list(heard)
        self.silences.freshen(readings)
        said: list[Reading | Signal] = sorted([*readings, *self.signals], key=_AT)
        self.signals = []
        for number, one in enumerate(said):
            if number % AT_ONCE == 0:
                breathe()
            self._due(one.at)
            if isinstance(one, Reading):
                self._hear(one)
            else:
                self._signalled(one)
        if not deaf:
            self._silent(now)
        self._due(now)
        self.scopes.touch(dirty)
        for number, key in enumerate(self.scopes.due(before, now)):
            if number % SCOPES_AT_ONCE == 0:
                breathe()
            self._judge_scope(key, now)
        changes = self.teller.tell(self.book, self.places, now)
        self.scopes.count(changes)
        return changes

    def _hear(self, reading: Reading) -> None:
        ear = self.ears.of(reading.device)
        if ear is None:
            self.memories.hear(reading)
            self.silences.hear(reading)
            return
        ear.hear(reading)
        at, entries, device, subject = reading.at, self.entries, ear.device, ear.subject
        if subject not in entries.subjects:  # nearly every reading, and nothing is wrong with it either
            for rule, clear in ear.judged.open(at):
                if not clear(device, reading):
                    self.judge(rule, device, reading, at)
            return
        awake = ear.judged.open(at)
        for one in ear.judged.rules:
            rule, clear = one
            if (rule.name, subject) in entries or (one in awake and not clear(device, reading)):
                self.judge(rule, device, reading, at)
        for rule in self.book.silences.get(device.kind, ()):
            if (rule.name, subject) in entries:
                self.judge(rule, device, reading, at)

    def _silent(self, now: datetime) -> None:
        register = self.city.world.register
        before, self.listened = self.listened, now
        for device, rule, due in self.silences.due(register, now):
            at = max(due, before)  # what was due before was judged then, or could not be
            self._due(at)
            self.judge(rule, device, self.city.latest(device.id), at)
        for key, finding in self.silences.feeds(register, now):
            self.find(key, finding, now)

    def judge(self, rule: AlertRule, device: Device, reading: Reading | None, at: datetime) -> None:
        """Judge a device by a reading at an instant."""
        key = (rule.name, f"device:{device.id}")
        entry = self.entries.get(key)
        on, counted = (NOWHERE, None) if entry is None else (entry.course.top, entry.course.report)
        case = Case(rule, device, reading, at, on, self.memories.of(rule), counted)
        said = None
        if entry is None and not isinstance(rule.condition, Silence):
            said = breach(case)
            if said is None:
                return  # nearly every reading: nothing is remembered and nothing is wrong, whatever the schedule says
        finding = judge(case, self.gate, said)
        if finding is not None and finding.report is not None and rule.or_report_at is not None:
            local = finding.report.astimezone(self.city.world.place.tz)
            finding = finding._replace(fires_now=local.time() == rule.or_report_at)
        self.find(key, finding, at)
        if reading is not None and (judged := self.entries.get(key)) is not None:
            judged.heard = reading.at

    def _judge_scope(self, key: Key, now: datetime) -> None:
        rule = self.book.rules[key[0]]
        entry = self.entries.get(key)
        on = NOWHERE if entry is None else entry.course.top
        self.find(key, judge_scope(ScopeCase(rule, key[1], now, on), self.known, self.gate), now)
        self.scopes.remember(key, alive=key in self.entries)

    def _due(self, until: datetime) -> None:
        """Look at what is due until an instant, each at its own."""
        while self.timers and self.timers[0][0] <= until:
            at, key = heappop(self.timers)
            entry = self.entries.get(key)
            if entry is None or entry.timer != at:
                continue
            entry.timer = None
            self._time_passed(key, entry, at)

    def _time_passed(self, key: Key, entry: Entry, at: datetime) -> None:
        """Look again at what is due. A reading that was taken later than `at` is not known yet at that instant."""
        rule, ident = entry.rule, key[1].removeprefix("device:")
        device = self.places.device(ident) if isinstance(rule.condition, ONE_DEVICE) else None
        reading = self.city.latest(ident)
        if device is None:
            self.find(key, None, at)
        elif reading is None or reading.at <= at:
            self.judge(rule, device, reading, at)
        elif not self.gate.open(rule, device, at):
            self.find(key, unknown(at, OUTSIDE), at)
        elif entry.heard is not None and at - entry.heard > freshness(rule):
            self.find(key, unknown(at, STALE), at)
        else:
            self.find(key, None, at)

    # -- the life cycle -------------------------------------------------------------------------------------------

    def gateway(self, gateway: str, at: datetime, *, online: bool) -> None:
        """Take what a gateway's status said; it is judged with the next tick."""
        self.signals.append(Signal(gateway, at, online))

    def _signalled(self, signal: Signal) -> None:
        for rule in self.book.gateways:
            verdict, level = (Verdict.CLEAR, NOWHERE) if signal.online else (Verdict.BREACH, len(rule.timing.rungs) - 1)
            finding = Finding(verdict, signal.at, level, signal.at)
            self.find((rule.name, f"gateway:{signal.gateway}"), finding, signal.at)

    def find(self, key: Key, finding: Finding | None, at: datetime) -> None:
        """Take a finding about a subject at an instant, and note what happened."""
        entry = self.entries.get(key)
        if entry is None and (finding is None or finding.level == NOWHERE):
            return
        rule = self.book.rules[key[0]]
        course, steps = lifecycle.advance(entry.course if entry else None, finding, at, rule.timing)
        self.put(key, course, finding, steps)

    def put(self, key: Key, course: Course | None, finding: Finding | None, steps: Sequence[Step]) -> None:
        """Keep a course as it is now, and note the steps that led to it."""
        entry, rule = self.entries.get(key), self.book.rules[key[0]]
        found = finding if finding is not None else (entry.finding if entry else None)
        if steps:
            place = self.place(rule, key[1])
            self.teller.note(Told(rule, place, step, found) for step in steps)
        if course is None:
            self.entries.drop(key)
            return
        if entry is None:
            entry = Entry(rule, course)
            self.entries.keep(key, entry)
        entry.course, entry.finding, entry.rule = course, found, rule
        self.set_timer(key, entry)

    def place(self, rule: AlertRule, subject: str) -> Place:
        """Return where a subject is, and who is responsible for what a rule finds there."""
        place = self.places.of(subject)
        return place if subject.startswith("device:") else place._replace(unit=self.units.of(rule, place))

    def set_timer(self, key: Key, entry: Entry) -> None:
        """Note when a course has to be looked at again."""
        coming = lifecycle.due(entry.course, entry.rule.timing)
        if isinstance(entry.rule.condition, ONE_DEVICE):
            for look in self._looks(key, entry):
                if look is not None and (coming is None or look < coming):
                    coming = look
        if coming is not None and coming != entry.timer:
            heappush(self.timers, (coming, key))
        entry.timer = coming

    def _looks(self, key: Key, entry: Entry) -> list[datetime | None]:
        """Return when the verdict about a device may change without a reading."""
        rule, mark = entry.rule, entry.course.mark
        ident = key[1].removeprefix("device:")
        device, reading = self.places.device(ident), self.city.latest(ident)
        found: list[datetime | None] = [self.gate.next_change(rule, device, mark)] if device is not None else []
        if isinstance(rule.condition, Silence):
            return [*found, self.gate.next_edge(device, mark)] if device is not None else found
        if reading is not None:
            stale = reading.at + freshness(rule) + datetime.resolution
            found.append(stale if stale > mark else None)
        if isinstance(rule.condition, Occurrence) and rule.condition.lasts is not None and entry.course.report:
            over = entry.course.report + rule.condition.lasts
            found.append(over if over > mark else None)
        return found


def _begun(city: City) -> datetime:
    if city.now is None:
        raise ValueError("the city's time has not begun")
    return city.now
