"""Append readings once each: judge by identity, then let a backend write what is new and replace what is revised."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from domain.reading import Appended, Fingerprint, Outcome, Reading, ReadingKey
from store.telemetry.columns import Misfit
from store.telemetry.identity import NOTHING, Identity, Known, Verdict, Version, judge
from store.telemetry.plain import Plain


class Offer(NamedTuple):
    """One reading of a call: its position there, itself as the backend can hold it, and its fingerprint."""

    position: int
    reading: Reading
    fingerprint: Fingerprint

    @property
    def version(self) -> Version:
        """What the backend shows if this very offer was written before."""
        return Version(self.fingerprint, self.reading.received)


class Changes(NamedTuple):
    """What one round writes, every key at most once."""

    new: list[Offer]
    revised: list[Offer]
    repeated: list[Offer]
    """Current in the backend already, and not yet sure to be durable there."""
    repeated_past: list[Offer]
    """The same for what a revision has replaced."""


class Backend(Protocol):
    """What a telemetry store must be able to do; identity is none of its business. May raise `StoreUnavailable`."""

    def plains(self, readings: Sequence[Reading]) -> Sequence[Plain | None]:
        """Return how plain readings are written; None of those that are not, or if the backend knows no short way."""
        return [None] * len(readings)

    def write_plain(self, kind: str, readings: Sequence[Reading], plains: Sequence[Plain]) -> Mapping[ReadingKey, str]:
        """Store new plain readings (every key at most once); return the refused, with why."""
        ...

    def fit(self, reading: Reading) -> Reading:
        """Return the reading as it can be held. Raises `Misfit` when it never can."""
        ...

    def newest(self, kind: str, since: datetime) -> Mapping[str, datetime]:
        """Return the newest stored instant of each device that has one at or after `since`."""
        ...

    def look_up(self, kind: str, keys: Collection[ReadingKey]) -> Mapping[ReadingKey, Known]:
        """Return what is stored for `keys`; what is not stored may be left out.

        A backend that shows readings before they are durable says in `Known.seen` what it found, and has `repeat`.
        """
        ...

    def write(self, kind: str, new: Sequence[Offer], revised: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        """Store new readings and replace revised ones (every key at most once); return the refused, with why."""
        ...

    def repeat(self, kind: str, current: Sequence[Offer], past: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        """Write once more what an earlier attempt without an answer has left there; return the refused, with why.

        The attempt may have ended between being visible and being durable. Only for versions in `Known.seen`.
        """
        ...


@dataclass(slots=True)
class _Lane:
    """Plain readings of one kind that go together, as columns."""

    rise: Callable[[str, datetime], bool]
    """See `Identity.rising`."""
    indexes: list[int] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    plains: list[Plain] = field(default_factory=list)


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

    def append(self, readings: Sequence[Reading]) -> Sequence[Appended]:
        """Store what is new; return one outcome per reading, in order. Raises `StoreUnavailable`; then repeat."""
        done = [_STORED] * len(readings)
        rest = self._append_plain(readings, done)
        if rest:
            outcomes = self._append_all({index: readings[index] for index in rest})
            for index in rest:
                done[index] = outcomes[index]
        return done

    def _append_plain(self, readings: Sequence[Reading], done: list[Appended]) -> list[int]:
        """Store what is plain and newer than all of its device; return where the others stand.

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
        for kind, lane in lanes.items():
            self._write_lane(kind, lane, done)
        return rest

    def _write_lane(self, kind: str, lane: _Lane, done: list[Appended]) -> None:
        if not lane.readings:
            return
        refused = self._backend.write_plain(kind, lane.readings, lane.plains)
        self._identity.remember_new(lane.readings, [content for content, _ in lane.plains])
        if refused:
            self._identity.forget(refused)
            for index, reading in zip(lane.indexes, lane.readings, strict=True):
                if reading.key in refused:
                    done[index] = Appended(Outcome.REFUSED, refused[reading.key])

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
            self._append(kind, waiting, outcomes)
        return outcomes

    def _append(self, kind: str, waiting: _Waiting, outcomes: dict[int, Appended]) -> None:
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
