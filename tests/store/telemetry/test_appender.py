"""The appender on a backend that fails: before it wrote, after it wrote, or for single readings."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from domain.errors import StoreUnavailable
from domain.kinds import KINDS
from domain.reading import Appended, Fingerprint, Outcome, Reading, ReadingKey
from store.telemetry.appender import Appender
from store.telemetry.backend import Backend, Offer
from store.telemetry.columns import Fitter, Misfit
from store.telemetry.identity import NOTHING, Identity, Known, Version
from store.telemetry.memory import MemoryStore
from store.telemetry.plain import Plain, Templates
from tests.store.telemetry.builders import MINUTE, T0, reading


class Fate(Enum):
    """What becomes of one write."""

    FINE = auto()
    LOST = auto()
    WRITTEN_BUT_NOT_TOLD = auto()
    HALF_WRITTEN = auto()
    SEEN_BUT_NOT_DURABLE = auto()
    """As InfluxDB does it when the client goes away between its cache and its log."""


@dataclass
class DictBackend(Backend):
    """Keeps fingerprints in a dictionary, under the fates that the test deals out."""

    fates: deque[Fate] = field(default_factory=deque)
    refused: frozenset[str] = frozenset()
    kept: dict[ReadingKey, Known] = field(default_factory=dict)
    durable: set[tuple[ReadingKey, Version]] = field(default_factory=set)
    versions: dict[ReadingKey, frozenset[Version]] = field(default_factory=dict)
    asked: list[ReadingKey] = field(default_factory=list)
    short: bool = True
    """Whether it takes plain readings the short way."""
    gate: Event | None = None
    """What each write waits for, if anything."""
    templates: Templates = field(default_factory=lambda: Templates(Fitter(KINDS).types))

    @override
    def fit(self, reading: Reading) -> Reading:
        if reading.device == "misfit":
            raise Misfit("never")
        return reading

    @override
    def newest(self, kind: str, since: datetime) -> Mapping[str, datetime]:
        newest: dict[str, datetime] = {}
        for key in self.kept:
            if key.at >= since:
                newest[key.device] = max(key.at, newest.get(key.device, key.at))
        return newest

    @override
    def look_up(self, kind: str, keys: Collection[ReadingKey]) -> Mapping[ReadingKey, Known]:
        self.asked.extend(keys)
        return {key: self.kept[key]._replace(seen=self.versions[key]) for key in keys if key in self.kept}

    @override
    def plains(self, readings: Sequence[Reading]) -> Sequence[Plain | None]:
        ours = [self.short and reading.device != "misfit" for reading in readings]
        return [plain if our else None for our, plain in zip(ours, self.templates.plains(readings), strict=True)]

    @override
    def write_plain(self, kind: str, readings: Sequence[Reading], plains: Sequence[Plain]) -> Mapping[ReadingKey, str]:
        pairs = zip(readings, plains, strict=True)
        return self.write(kind, [Offer(n, r, Fingerprint(content, 0)) for n, (r, (content, _)) in enumerate(pairs)], [])

    @override
    def write(self, kind: str, new: Sequence[Offer], revised: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        if self.gate is not None:
            assert self.gate.wait(10)
        fate = self.fates.popleft() if self.fates else Fate.FINE
        offers = [offer for offer in (*new, *revised) if offer.reading.device not in self.refused]
        assert len({offer.reading.key for offer in offers}) == len(offers)
        for offer in offers[: {Fate.LOST: 0, Fate.HALF_WRITTEN: len(offers) // 2}.get(fate, len(offers))]:
            known = self.kept.get(offer.reading.key, NOTHING)
            assert (known is NOTHING) == (offer in new), "what is stored must never be written as if it were new"
            self.kept[offer.reading.key] = known.followed_by(offer.fingerprint)
            self.versions[offer.reading.key] = self.versions.get(offer.reading.key, frozenset()) | {offer.version}
            if fate is not Fate.SEEN_BUT_NOT_DURABLE:
                self.durable.add((offer.reading.key, offer.version))
        if fate is not Fate.FINE:
            raise StoreUnavailable(fate.name)
        return {offer.reading.key: "no" for offer in (*new, *revised) if offer.reading.device in self.refused}

    @override
    def repeat(self, kind: str, current: Sequence[Offer], past: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        fate = self.fates.popleft() if self.fates else Fate.FINE
        for offer in (*current, *past):
            known = self.kept[offer.reading.key]
            assert (known.current == offer.fingerprint) == (offer in current)
            assert offer.version in self.versions[offer.reading.key]
            if fate not in (Fate.LOST, Fate.SEEN_BUT_NOT_DURABLE):
                self.durable.add((offer.reading.key, offer.version))
        if fate is not Fate.FINE:
            raise StoreUnavailable(fate.name)
        return {}


READINGS = st.builds(
    lambda device, minute, power, revision: reading(
        device, T0 + minute * MINUTE, values={"power": power}, revision=revision
    ),
    st.sampled_from("ABC"),
    st.integers(0, 3),
    st.sampled_from([0.0, 1.0]),
    st.integers(0, 2),
)


def append_until_it_succeeds(appender: Appender, offered: list[Reading]) -> tuple[Sequence[Appended], int]:
    failures = 0
    while True:
        try:
            return appender.append(offered), failures
        except StoreUnavailable:
            failures += 1


@given(
    st.lists(st.lists(READINGS, max_size=8), max_size=6),
    st.lists(st.sampled_from(Fate), max_size=12),
    st.integers(1, 5),
    st.lists(st.integers(0, 5)),
    st.booleans(),
)
def test_a_call_repeated_until_it_succeeds_ends_like_one_that_never_failed(
    calls: list[list[Reading]],
    fates: list[Fate],
    window: int,
    restarts: list[int],
    short: bool,  # noqa: FBT001
) -> None:
    backend = DictBackend(deque(fates), short=short)
    appender = Appender(backend, Identity(window, devices=window))
    model = MemoryStore()
    for number, offered in enumerate(calls):
        if number in restarts:
            appender = Appender(backend, Identity(window, devices=window))
        got, failures = append_until_it_succeeds(appender, offered)
        wanted = model.append(offered)
        assert failures or list(got) == list(wanted)
    expected = {
        key: (current.content(), current.revision)
        for key, current in model.find(list(backend.kept), "streetlight").items()
    }
    assert {key: known.current for key, known in backend.kept.items()} == expected
    everything = {(key, print_) for key, known in backend.kept.items() for print_ in (known.current, *known.past)}
    assert {(key, version.fingerprint) for key, version in backend.durable} == everything


@given(
    st.lists(st.lists(READINGS, max_size=8), max_size=8),
    st.lists(st.sampled_from(Fate), max_size=12),
    st.integers(1, 5),
    st.integers(1, 3),
)
def test_calls_that_are_under_way_together_end_like_those_one_after_the_other(
    calls: list[list[Reading]], fates: list[Fate], window: int, most: int
) -> None:
    backend = DictBackend(deque(fates), short=True)
    with closing(Appender(backend, Identity(window, devices=window))) as appender:
        under_way: deque[tuple[list[Reading], Callable[[], Sequence[Appended]]]] = deque()
        got, failures = list[Appended](), 0

        def finish() -> None:
            nonlocal failures
            offered, ended = under_way.popleft()
            try:
                got.extend(ended())
            except StoreUnavailable:
                outcomes, more = append_until_it_succeeds(appender, offered)
                got.extend(outcomes)
                failures += 1 + more

        for offered in calls:
            while True:
                try:
                    under_way.append((offered, appender.begin(offered)))
                    break
                except StoreUnavailable:
                    failures += 1
            while len(under_way) > most:
                finish()
        while under_way:
            finish()
    model = MemoryStore()
    wanted = [outcome for offered in calls for outcome in model.append(offered)]
    assert failures or got == wanted
    expected = model.find(list(backend.kept), "streetlight")
    kept = {key: known.current for key, known in backend.kept.items()}
    assert kept == {key: (current.content(), current.revision) for key, current in expected.items()}
    everything = {(key, print_) for key, known in backend.kept.items() for print_ in (known.current, *known.past)}
    assert {(key, version.fingerprint) for key, version in backend.durable} == everything


def test_what_is_newer_is_written_while_the_next_is_judged() -> None:
    gate = Event()
    backend = DictBackend(gate=gate, short=True)
    with closing(Appender(backend, Identity())) as appender:
        gate.set()
        appender.append([reading("A", T0)])  # learns the kind
        gate.clear()
        ended = [appender.begin([reading("A", T0 + minute * MINUTE)]) for minute in (1, 2)]
        assert len(backend.kept) == 1
        gate.set()
        assert [end()[0].outcome for end in ended] == [Outcome.STORED, Outcome.STORED]
        assert len(backend.kept) == 3


def test_live_readings_ask_the_backend_nothing() -> None:
    backend = DictBackend()
    appender = Appender(backend, Identity())
    for minute in range(10):
        appender.append([reading(device, T0 + minute * MINUTE) for device in "ABC"])
    appender.append([reading(device, T0 + 9 * MINUTE) for device in "ABC"])
    assert backend.asked == []


def test_after_a_restart_only_what_is_not_newer_is_looked_up() -> None:
    backend = DictBackend()
    Appender(backend, Identity()).append([reading("A", T0), reading("B", T0 + MINUTE)])
    appender = Appender(backend, Identity())
    appender.append([reading("A", T0), reading("A", T0 + MINUTE), reading("C", T0)])
    assert backend.asked == [ReadingKey("A", T0)]


def test_a_refused_reading_does_not_make_the_next_one_a_duplicate() -> None:
    backend = DictBackend(refused=frozenset("X"))
    appender = Appender(backend, Identity())
    offered = [reading("X"), reading("A"), reading("X"), reading("misfit"), reading("A")]
    got = [each.outcome for each in appender.append(offered)]
    assert got == [Outcome.REFUSED, Outcome.STORED, Outcome.REFUSED, Outcome.REFUSED, Outcome.DUPLICATE]
    again = replace(backend, refused=frozenset())
    assert Appender(again, Identity()).append([reading("X")])[0].outcome is Outcome.STORED


def test_a_failure_is_told_and_nothing_is_remembered_of_it() -> None:
    backend = DictBackend(deque([Fate.LOST]))
    appender = Appender(backend, Identity())
    with pytest.raises(StoreUnavailable):
        appender.append([reading()])
    assert appender.append([reading()])[0].outcome is Outcome.STORED
