"""Telemetry in InfluxDB 2: synchronous writes of our own batches, identity kept by `Appender`.

InfluxDB would overwrite a point in silence, field by field; that is why nothing is written that was not judged before.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import override

from domain.instants import instant_of
from domain.kind import SensorKind, ValueType
from domain.kinds import KINDS
from domain.ports import Page, TelemetryStore
from domain.reading import Appended, Fingerprint, Reading, ReadingKey
from store.telemetry import influxql
from store.telemetry.appender import Appender
from store.telemetry.backend import Backend, Offer
from store.telemetry.columns import SUPERSEDED, Fitter, event_of, typed
from store.telemetry.identity import Identity, Known, Version
from store.telemetry.influx_client import InfluxClient, Series
from store.telemetry.influx_options import InfluxOptions
from store.telemetry.influx_summaries import InfluxSummaries
from store.telemetry.line_protocol import check_tag, fields, line, superseded_line
from store.telemetry.plain import Plain, Templates

_LINES = 5000
"""Lines of one request: what InfluxData recommends."""


class InfluxStore(TelemetryStore):
    """Readings in a bucket of InfluxDB 2. One thread appends; any number of threads read."""

    def __init__(self, options: InfluxOptions, kinds: Mapping[str, SensorKind] = KINDS) -> None:
        """Connects on first use; the bucket must exist (`influx_setup` makes it)."""
        self._client = InfluxClient(options)
        self._rows = _Rows(self._client, Fitter(kinds))
        self._appender = Appender(_InfluxBackend(self._client, self._rows), Identity())
        self._summaries = InfluxSummaries(self._client, self._rows.fitter.types)

    @override
    def append(self, readings: Sequence[Reading]) -> Sequence[Appended]:
        return self._appender.append(readings)

    @override
    def begin(self, readings: Sequence[Reading]) -> Callable[[], Sequence[Appended]]:
        return self._appender.begin(readings)

    @override
    def readings(self, device: str, kind: str, page: Page) -> Sequence[Reading]:
        if page.limit <= 0 or page.start >= page.end:
            return []
        return list(self._rows.select(kind, [influxql.of_device(kind, device, page.start, page.end, page.limit)]))

    @override
    def window(self, kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        return self._rows.select(kind, [influxql.of_kind(kind, start, end)])

    @override
    def superseded(self, device: str, kind: str, at: datetime) -> Sequence[Reading]:
        key = ReadingKey(device, at)
        current = self._rows.find(kind, "", [key]).get(key)
        recorded = self._rows.select(kind, influxql.whole(kind + SUPERSEDED, [key]))
        # What is recorded and not lower than the current one was set aside by a revision that then was refused.
        past = [reading for reading in recorded if current is None or reading.revision < current.revision]
        return sorted(past, key=lambda reading: reading.revision)

    @override
    def find(self, keys: Collection[ReadingKey], kind: str) -> Mapping[ReadingKey, Reading]:
        return self._rows.find(kind, "", keys)

    @property
    @override
    def summaries(self) -> InfluxSummaries:
        return self._summaries

    @override
    def healthy(self) -> bool:
        return self._client.healthy()

    @override
    def close(self) -> None:
        self._appender.close()
        self._client.close()


class _Rows:
    """Rows of an answer become readings again."""

    def __init__(self, client: InfluxClient, fitter: Fitter) -> None:
        self._client = client
        self.fitter = fitter

    def select(self, kind: str, statements: Iterable[str]) -> Iterator[Reading]:
        types = self.fitter.types[kind]
        for series in self._client.query(list(statements)):
            yield from (_reading(kind, types, row) for row in _dicts(series))

    def find(self, kind: str, suffix: str, keys: Collection[ReadingKey]) -> dict[ReadingKey, Reading]:
        """Return the readings at `keys`; of several in the record the one with the highest revision."""
        wanted = set(keys)
        found: dict[ReadingKey, Reading] = {}
        for reading in self.select(kind, influxql.whole(kind + suffix, wanted)):
            key = reading.key
            if key in wanted and (key not in found or found[key].revision < reading.revision):
                found[key] = reading
        return found


def _dicts(series: Series) -> Iterator[dict[str, Any]]:
    for row in series.rows:
        yield series.tags | {name: value for name, value in zip(series.columns, row, strict=True) if value is not None}


def _reading(kind: str, types: Mapping[str, ValueType], row: Mapping[str, Any]) -> Reading:
    return Reading(
        device=row["device"],
        kind=kind,
        at=instant_of(row["time"]),
        received=instant_of(row["received"]),
        values={name: typed(row[name], type_) for name, type_ in types.items() if name in row},
        faults=tuple(json.loads(row.get("faults", "[]"))),
        events=tuple(event_of(text) for text in json.loads(row.get("events", "[]"))),
        seq=row.get("seq"),
        revision=row.get("revision", 0),
        backfill=row.get("backfill", False),
    )


class _InfluxBackend(Backend):
    """What `Appender` needs of the bucket."""

    def __init__(self, client: InfluxClient, rows: _Rows) -> None:
        self._client = client
        self._rows = rows
        self._templates = Templates(rows.fitter.types)

    @override
    def fit(self, reading: Reading) -> Reading:
        check_tag(reading.device)
        return self._rows.fitter.fit(reading)

    @override
    def newest(self, kind: str, since: datetime) -> Mapping[str, datetime]:
        found: dict[str, datetime] = {}
        for series in self._client.query([influxql.newest(kind, since)]):
            for row in _dicts(series):
                at = instant_of(row["time"])
                found[row["device"]] = max(at, found.get(row["device"], at))
        return found

    @override
    def look_up(self, kind: str, keys: Collection[ReadingKey]) -> Mapping[ReadingKey, Known]:
        wanted = set(keys)
        current: dict[ReadingKey, Fingerprint] = {}
        past: dict[ReadingKey, list[Fingerprint]] = {}
        seen: dict[ReadingKey, list[Version]] = {}
        for series in self._client.query(list(influxql.fingerprints(kind, wanted))):
            for row in _dicts(series):
                key = ReadingKey(row["device"], instant_of(row["time"]))
                if key not in wanted:
                    continue
                fingerprint = Fingerprint(row["content"], row.get("revision", 0))
                seen.setdefault(key, []).append(Version(fingerprint, instant_of(row["received"])))
                if series.measurement == kind:
                    current[key] = fingerprint
                else:
                    past.setdefault(key, []).append(fingerprint)
        return {
            key: Known(
                current.get(key),
                tuple(sorted(past.get(key, ()), key=lambda version: version.revision)),
                frozenset(seen[key]),
            )
            for key in current.keys() | past.keys()
        }

    @override
    def repeat(self, kind: str, current: Sequence[Offer], past: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        """InfluxDB writes its cache before its log, and leaves the log out when the client is gone by then.

        Such a reading is found by every query until the server restarts. Writing it again brings it into the log.
        """
        lines = [superseded_line(offer.reading, offer.fingerprint.content) for offer in past]
        return self._write_all(current) | self._bisect([offer.reading for offer in past], lines)

    @override
    def plains(self, readings: Sequence[Reading]) -> Sequence[Plain | None]:
        return self._templates.plains(readings)

    @override
    def write_plain(self, kind: str, readings: Sequence[Reading], plains: Sequence[Plain]) -> Mapping[ReadingKey, str]:
        refused: dict[ReadingKey, str] = {}
        for first in range(0, len(plains), _LINES):
            lines = [written for _, written in plains[first : first + _LINES]]
            refused |= self._bisect(readings[first : first + _LINES], lines)
        return refused

    @override
    def write(self, kind: str, new: Sequence[Offer], revised: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        refused = self._write_all(new)
        if revised:
            refused |= self._replace(kind, revised)
        return refused

    def _replace(self, kind: str, revised: Sequence[Offer]) -> dict[ReadingKey, str]:
        """Record the old, remove it, write the new. After a crash at any step the repeat goes on from there.

        A plain write would merge the fields of both; the old point is removed first when it has fields that the new
        one lacks (half a second each, tried, so not always). Should the server refuse the new one, the old comes back.
        """
        keys = [offer.reading.key for offer in revised]
        current = self._rows.find(kind, "", keys)
        interrupted = self._rows.find(kind, SUPERSEDED, set(keys) - current.keys())
        refused = self._bisect(
            list(current.values()), [superseded_line(old, old.content()) for old in current.values()]
        )
        recorded = [offer for offer in revised if offer.reading.key not in refused]
        for offer in recorded:
            old = current.get(offer.reading.key)
            if old is not None and not fields(old) <= fields(offer.reading):
                self._client.delete(kind, old.device, old.at)
        unwritten = self._write_all(recorded)
        restored = [old for key in unwritten if (old := current.get(key) or interrupted.get(key)) is not None]
        self._bisect(restored, [line(old, old.content()) for old in restored])
        return refused | unwritten

    def _write_all(self, offers: Sequence[Offer]) -> dict[ReadingKey, str]:
        refused: dict[ReadingKey, str] = {}
        for first in range(0, len(offers), _LINES):
            batch = offers[first : first + _LINES]
            lines = [line(offer.reading, offer.fingerprint.content) for offer in batch]
            refused |= self._bisect([offer.reading for offer in batch], lines)
        return refused

    def _bisect(self, readings: Sequence[Reading], lines: Sequence[str]) -> dict[ReadingKey, str]:
        """Write lines; what is refused is halved until the culprits stand alone. Writing a line twice does no harm."""
        refusal = self._client.write(lines) if lines else None
        if refusal is None:
            return {}
        if len(lines) == 1 or refusal.dropped == len(lines):
            return dict.fromkeys([reading.key for reading in readings], refusal.message)
        half = len(lines) // 2
        return self._bisect(readings[:half], lines[:half]) | self._bisect(readings[half:], lines[half:])
