"""The reference implementation: everything in a dictionary. The model of the tests, and for trying things."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from typing_extensions import override

from domain.kind import SensorKind, ValueType
from domain.kinds import KINDS
from domain.ports import Page, SummaryStore, TelemetryStore
from domain.reading import Appended, Fingerprint, Outcome, Reading, ReadingKey
from domain.retention import Resolution, Summary, SummaryRows
from store.telemetry.appender import unchanged
from store.telemetry.columns import Fitter, Misfit
from store.telemetry.identity import NOTHING, Known, Verdict, judge
from store.telemetry.summary_rows import summary_of


class MemoryStore(TelemetryStore):
    """Keeps readings in memory, each identity with all its versions, the current one last."""

    def __init__(self, kinds: Mapping[str, SensorKind] = KINDS) -> None:
        self._fitter = Fitter(kinds)
        self._versions: dict[ReadingKey, tuple[Reading, ...]] = {}
        self._summaries = MemorySummaries(self._fitter.types, self._versions)

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

    @property
    @override
    def summaries(self) -> "MemorySummaries":
        return self._summaries

    @override
    def healthy(self) -> bool:
        return True

    @override
    def close(self) -> None:
        """Nothing to let go of."""


class MemorySummaries(SummaryStore):
    """Summaries in a dictionary, beside the readings of a `MemoryStore`."""

    def __init__(
        self, types: Mapping[str, Mapping[str, ValueType]], versions: dict[ReadingKey, tuple[Reading, ...]]
    ) -> None:
        """`types`: the metrics of each kind; `versions` is the store's own."""
        self._types, self._versions = types, versions
        self._kept: dict[tuple[str, Resolution, str, datetime], Summary] = {}

    @override
    def put(self, kind: str, every: Resolution, start: datetime, rows: SummaryRows) -> None:
        for device, *said in zip(rows.devices, *rows.columns.values(), strict=True):
            row = dict(zip(rows.columns, said, strict=True))
            self._kept[kind, every, device, start] = summary_of(kind, self._types[kind], device, start, row)

    @override
    def of_device(self, device: str, kind: str, every: Resolution, page: Page) -> Sequence[Summary]:
        of = ((key[3], summary) for key, summary in self._kept.items() if key[:3] == (kind, every, device))
        found = sorted((at, summary) for at, summary in of if page.start <= at < page.end)
        return [summary for _, summary in found[: page.limit]]

    @override
    def held(self, kind: str, every: Resolution, before: datetime) -> Mapping[date, int]:
        return Counter(at.astimezone(UTC).date() for at in self._instants(kind, every) if at < before)

    def _instants(self, kind: str, every: Resolution) -> list[datetime]:
        if every is Resolution.RAW:
            return [r.at for versions in self._versions.values() for r in versions if r.kind == kind]
        return [key[3] for key in self._kept if key[:2] == (kind, every)]

    @override
    def remove(self, kind: str, every: Resolution, day: date) -> None:
        if every is Resolution.RAW:
            for key, versions in list(self._versions.items()):
                if versions[-1].kind == kind and key.at.astimezone(UTC).date() == day:
                    del self._versions[key]
        for row in list(self._kept):
            if row[:2] == (kind, every) and row[3].astimezone(UTC).date() == day:
                del self._kept[row]
