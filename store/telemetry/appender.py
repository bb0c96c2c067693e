"""Append readings once each: judge by identity, then let a backend write what is new and replace what is revised.

What is plain and newer than all of its device can be written while the next readings are judged already: their order
does not matter to a store. Whatever needs to know what is stored waits until nothing is under way.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from domain.errors import StoreUnavailable
from domain.reading import Appended, Fingerprint, Outcome, Reading, ReadingKey
from store.telemetry.backend import Backend, Offer
from store.telemetry.columns import Misfit
from store.telemetry.identity import NOTHING, Identity, Known, Verdict, judge
from store.telemetry.plain import Plain


class Changes(NamedTuple):
    """What one round writes, every key at most once."""

    new: list[Offer]
    revised: list[Offer]
    repeated: list[Offer]
    """Current in the backend already, and not yet sure to be durable there."""
    repeated_past: list[Offer]
    """The same for what a revision has replaced."""


@dataclass(slots=True)
class _Lane:
    """Plain readings of one kind that go together, as columns."""

    rise: Callable[[str, datetime], bool]
    """See `Identity.rising`."""
    indexes: list[int] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    plains: list[Plain] = field(default_factory=list)


_Refused = Mapping[ReadingKey, str]
"""Why the backend will not take what."""


@dataclass(slots=True, eq=False)
class _Flight:
    """What is written by the other thread; `done` are the outcomes as long as nothing is refused."""

    readings: Sequence[Reading]
    lanes: Mapping[str, _Lane]
    done: list[Appended]
    written: "Future[dict[str, _Refused]]"


def _never(_device: str, _at: datetime) -> bool:
    return False


_STORED: Final = Appended(Outcome.STORED)

_Waiting = dict[ReadingKey, list[Offer]]
"""What is still to be judged, by identity, the next one last."""


class Appender:
    """Runs `append` for a backend. For one thread."""

    def __init__(self, backend: Backend, identity: Identity) -> None:
        self._backend = backend
        self._identity = identity
        self._flying: deque[_Flight] = deque()
        self._writer = ThreadPoolExecutor(1, "telemetry-writer")

    def append(self, readings: Sequence[Reading]) -> Sequence[Appended]:
        """Store what is new; return one outcome per reading, in order. Raises `StoreUnavailable`; then repeat."""
        return self._append(readings, *self._sorted(readings))

    def begin(self, readings: Sequence[Reading]) -> Callable[[], Sequence[Appended]]:
        """Begin to append; what is returned waits for the end, and answers and raises as `append` does.

        Of several under way the first is to be asked first. After a failure the readings are offered to `append`.
        """
        lanes, rest = self._sorted(readings)
        if rest or not lanes:
            done = self._append(readings, lanes, rest)
            return lambda: done
        written = self._writer.submit(self._write_lanes, lanes)
        flight = _Flight(readings, lanes, [_STORED] * len(readings), written)
        self._flying.append(flight)
        return lambda: self._land(flight)

    def close(self) -> None:
        """Wait for what is under way; idempotent."""
        self._writer.shutdown()

    def _append(self, readings: Sequence[Reading], lanes: Mapping[str, _Lane], rest: Sequence[int]) -> list[Appended]:
        self._settle()
        done = [_STORED] * len(readings)
        for kind, refused in self._write_lanes(lanes).items():
            self._remember(lanes[kind], refused, done)
        return self._append_rest(readings, rest, done)

    def _settle(self) -> None:
        """Wait for what is under way. What has failed is offered again: what follows may have to be judged by it."""
        wait([flight.written for flight in self._flying])
        while self._flying:
            flight = self._flying[0]
            if isinstance(flight.written.exception(), StoreUnavailable):
                self._append_rest(flight.readings, range(len(flight.readings)), flight.done)
                self._flying.popleft()
            else:
                self._land(flight)

    def _land(self, flight: _Flight) -> Sequence[Appended]:
        if flight in self._flying:
            self._flying.remove(flight)
            for kind, refused in flight.written.result().items():
                self._remember(flight.lanes[kind], refused, flight.done)
        return flight.done

    def _sorted(self, readings: Sequence[Reading]) -> tuple[dict[str, _Lane], list[int]]:
        """Return what is plain and newer than all of its device, which counts as written now, and where others stand.

        The others come after, so none may follow one of the same device there: they would be judged out of order.
        """
        lanes: dict[str, _Lane] = {}
        rest: list[int] = []
        others: set[str] = set()
        for index, (reading, written) in enumerate(zip(readings, self._backend.plains(readings), strict=True)):
            kind, device = reading.kind, reading.device
            lane = lanes.get(kind)
            if lane is None:
                lane = lanes[kind] = _Lane(self._identity.rising(kind) or _never)
            if written is None or device in others or not lane.rise(device, reading.at):
                others.add(device)
                rest.append(index)
                continue
            lane.indexes.append(index)
            lane.readings.append(reading)
            lane.plains.append(written)
        return {kind: lane for kind, lane in lanes.items() if lane.readings}, rest

    def _write_lanes(self, lanes: Mapping[str, _Lane]) -> dict[str, _Refused]:
        return {kind: self._backend.write_plain(kind, lane.readings, lane.plains) for kind, lane in lanes.items()}

    def _remember(self, lane: _Lane, refused: _Refused, done: list[Appended]) -> None:
        self._identity.remember_new(lane.readings, [content for content, _ in lane.plains])
        if refused:
            self._identity.forget(refused)
            for index, reading in zip(lane.indexes, lane.readings, strict=True):
                if reading.key in refused:
                    done[index] = Appended(Outcome.REFUSED, refused[reading.key])

    def _append_rest(self, readings: Sequence[Reading], rest: Sequence[int], done: list[Appended]) -> list[Appended]:
        """Judge the readings at the places `rest`, and put what became of them into `done`."""
        if rest:
            outcomes = self._append_all({index: readings[index] for index in rest})
            for index in rest:
                done[index] = outcomes[index]
        return done

    def _append_all(self, readings: Mapping[int, Reading]) -> dict[int, Appended]:
        outcomes: dict[int, Appended] = {}
        kinds: defaultdict[str, _Waiting] = defaultdict(dict)
        for index, offered in readings.items():
            try:
                reading = self._backend.fit(offered)
            except Misfit as why:
                outcomes[index] = Appended(Outcome.REFUSED, str(why))
                continue
            offer = Offer(index, reading, Fingerprint(reading.content(), reading.revision))
            kinds[reading.kind].setdefault(reading.key, []).append(offer)
        for kind, waiting in kinds.items():
            for offers in waiting.values():
                offers.reverse()
            self._append_kind(kind, waiting, outcomes)
        return outcomes

    def _append_kind(self, kind: str, waiting: _Waiting, outcomes: dict[int, Appended]) -> None:
        """Go in rounds that change every identity at most once, so that repeats in one call are judged in order."""
        known = self._recall(kind, waiting)
        self._identity.attempt(kind, waiting.keys())
        while waiting:
            changes = _next_changes(waiting, known, outcomes)
            refused = self._write(kind, changes)
            for outcome, offers in (
                (Outcome.STORED, changes.new),
                (Outcome.REPLACED, changes.revised),
                (Outcome.DUPLICATE, [*changes.repeated, *changes.repeated_past]),
            ):
                for offer in offers:
                    key = offer.reading.key
                    if key in refused:
                        outcomes[offer.position] = Appended(Outcome.REFUSED, refused[key])
                        continue
                    outcomes[offer.position] = Appended(outcome)
                    known[key] = (
                        known[key].assured(offer.version)
                        if outcome is Outcome.DUPLICATE
                        else known[key].followed_by(offer.fingerprint)
                    )
                    self._identity.remember(key, known[key])

    def _write(self, kind: str, changes: Changes) -> Mapping[ReadingKey, str]:
        refused: dict[ReadingKey, str] = {}
        if changes.new or changes.revised:
            refused |= self._backend.write(kind, changes.new, changes.revised)
        if changes.repeated or changes.repeated_past:
            refused |= self._backend.repeat(kind, changes.repeated, changes.repeated_past)
        return refused

    def _recall(self, kind: str, keys: Collection[ReadingKey]) -> dict[ReadingKey, Known]:
        if not self._identity.knows(kind):
            since = min(key.at for key in keys)
            self._identity.learn(kind, since, self._backend.newest(kind, since))
        known, unknown = self._identity.recall(kind, keys)
        if unknown:
            found = self._backend.look_up(kind, unknown)
            for key in unknown:
                known[key] = found.get(key, NOTHING)
                if key in found:
                    self._identity.remember(key, known[key])
        return known


def _next_changes(waiting: _Waiting, known: Mapping[ReadingKey, Known], outcomes: dict[int, Appended]) -> Changes:
    """Take from each identity what changes nothing, with its outcome, and then at most one change."""
    changes = Changes([], [], [], [])
    for key, offers in list(waiting.items()):
        while offers:
            offer = offers.pop()
            verdict = judge(known[key], offer.fingerprint)
            group = _group(changes, verdict, known[key], offer)
            if group is not None:
                group.append(offer)
                break
            outcomes[offer.position] = unchanged(verdict, known[key], offer.fingerprint)
        if not offers:
            del waiting[key]
    return changes


def _group(changes: Changes, verdict: Verdict, known: Known, offer: Offer) -> list[Offer] | None:
    """Return where the offer belongs; None when there is nothing to write."""
    if verdict is Verdict.NEW:
        return changes.new
    if verdict is Verdict.REVISION:
        return changes.revised
    if offer.version in known.seen:
        return changes.repeated if offer.fingerprint == known.current else changes.repeated_past
    return None


def unchanged(verdict: Verdict, known: Known, offered: Fingerprint) -> Appended:
    """Return the outcome for a reading that changes nothing in the store."""
    if verdict is Verdict.DUPLICATE:
        return Appended(Outcome.DUPLICATE)
    stored = max(version.revision for version in (*known.past, known.current) if version is not None)
    detail = f"other content is stored for this instant with revision {stored}; this one has {offered.revision}"
    return Appended(Outcome.CONFLICT, detail)
