"""The reference implementation: everything in a dictionary. The model of the tests, and for trying things."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from typing_extensions import override

from domain.kind import SensorKind
from domain.kinds import KINDS
from domain.ports import Page, TelemetryStore
from domain.reading import Appended, Fingerprint, Outcome, Reading, ReadingKey
from store.telemetry.appender import unchanged
from store.telemetry.columns import Fitter, Misfit
from store.telemetry.identity import NOTHING, Known, Verdict, judge


class MemoryStore(TelemetryStore):
    """Keeps readings in memory, each identity with all its versions, the current one last."""

    def __init__(self, kinds: Mapping[str, SensorKind] = KINDS) -> None:
        self._fitter = Fitter(kinds)
        self._versions: dict[ReadingKey, tuple[Reading, ...]] = {}

    @override
    def append(self, readings: Sequence[Reading]) -> Sequence[Appended]:
        return [self._append(reading) for reading in readings]

    def _append(self, offered: Reading) -> Appended:
        try:
            reading = self._fitter.fit(offered)
        except Misfit as why:
            return Appended(Outcome.REFUSED, str(why))
        versions = self._versions.get(reading.key, ())
        prints = [Fingerprint(version.content(), version.revision) for version in versions]
        known = Known(prints[-1], tuple(prints[:-1])) if prints else NOTHING
        fingerprint = Fingerprint(reading.content(), reading.revision)
        verdict = judge(known, fingerprint)
        if verdict is Verdict.DUPLICATE or verdict is Verdict.CONFLICT:
            return unchanged(verdict, known, fingerprint)
        self._versions[reading.key] = (*versions, reading)
        return Appended(Outcome.STORED if verdict is Verdict.NEW else Outcome.REPLACED)

    @override
    def readings(self, device: str, kind: str, page: Page) -> Sequence[Reading]:
        found = (reading for reading in self.window(kind, page.start, page.end) if reading.device == device)
        return sorted(found, key=lambda reading: reading.at)[: page.limit]

    @override
    def window(self, kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        current = [versions[-1] for versions in self._versions.copy().values()]
        return [reading for reading in current if reading.kind == kind and start <= reading.at < end]

    @override
    def superseded(self, device: str, kind: str, at: datetime) -> Sequence[Reading]:
        past = self._versions.get(ReadingKey(device, at), ())[:-1]
        return [reading for reading in past if reading.kind == kind]

    @override
    def find(self, keys: Collection[ReadingKey], kind: str) -> Mapping[ReadingKey, Reading]:
        found = {key: self._versions[key][-1] for key in keys if key in self._versions}
        return {key: reading for key, reading in found.items() if reading.kind == kind}

    @override
    def healthy(self) -> bool:
        return True

    @override
    def close(self) -> None:
        """Nothing to let go of."""
