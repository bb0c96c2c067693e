"""The records of one system of case files, in any order of arrival: where each case stood at any instant."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from domain.kind import Value
from domain.reading import Reading
from rules.lighting.nights import pack, unpack

_BUCKET_US: Final = 30 * 86_400 * 10**6
"""Records are dumped by thirty days, so that a snapshot packs again only where something came."""


class Record(NamedTuple):
    """One case after one step. Instants in seconds since 1970."""

    case: str
    opened: int
    closed: int | None
    due: int | None
    """The earliest end of a part that somebody works on."""
    mistaken: bool
    ticket: bool
    units: int
    parts: int
    late: int
    returned: int
    accepted: int
    handover: int
    """Seconds from dispatch to acceptance, of all accepted parts together."""

    @property
    def over(self) -> bool:
        """Whether nobody has to do anything any more."""
        return self.closed is not None or self.mistaken


def record_of(reading: Reading) -> Record | None:
    """Return the record that a reading brings; None when it names no case or does not say since when it is open."""
    said = reading.values
    case, opened = said.get("case"), said.get("opened_at")
    if not isinstance(case, str) or not case or opened is None:
        return None
    counts = (int(said.get(name, 0)) for name in ("units", "parts", "late", "returned", "accepted", "handover"))
    return Record(
        *(case, int(opened), _maybe(said, "closed_at"), _maybe(said, "due_at")),
        *(bool(said.get("mistaken", False)), bool(said.get("ticket", False))),
        *counts,
    )


def _maybe(said: Mapping[str, Value], name: str) -> int | None:
    value = said.get(name)
    return None if value is None else int(value)


class Ledger:
    """Every record of a system by its instant (µs since 1970), of two for the same one the higher revision."""

    __slots__ = ("_by_case", "_packed", "_records", "_revisions")

    def __init__(self) -> None:
        """Start without records."""
        self._revisions: dict[int, int] = {}
        """Of every reading, also of one that was no record."""
        self._records: dict[int, Record] = {}
        self._by_case: dict[str, set[int]] = {}
        self._packed: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._revisions)

    def put(self, at: int, revision: int, said: Record | None) -> bool:
        """Keep what a reading says; return whether it is news."""
        if self._revisions.get(at, -1) >= revision:
            return False
        self._forget(at)
        self._revisions[at] = revision
        if said is not None:
            self._records[at] = said
            self._by_case.setdefault(said.case, set()).add(at)
        return True

    def drop_before(self, at: int) -> None:
        """Let go of what is older than an instant."""
        for old in [each for each in self._revisions if each < at]:
            self._forget(old)

    def heard(self, start: int, end: int) -> bool:
        """Return whether there is a record with start ≤ at < end."""
        return any(start <= at < end for at in self._records)

    def cases(self, start: int, end: int) -> Iterator[tuple[Record, Record | None]]:
        """Yield the record of each case as it stood just before `end`, and as it stood just before `start`."""
        for instants in self._by_case.values():
            last = max((at for at in instants if at < end), default=None)
            if last is not None:
                before = max((at for at in instants if at < start), default=None)
                yield self._records[last], None if before is None else self._records[before]

    def dump(self) -> dict[str, str]:
        """Return the records as short texts, by thirty days."""
        changed: dict[int, list[Any]] = {}
        for at, revision in sorted(self._revisions.items()):
            bucket = at // _BUCKET_US
            if bucket not in self._packed:
                changed.setdefault(bucket, []).append([at, revision, self._records.get(at)])
        self._packed |= {bucket: pack(json.dumps(rows).encode()) for bucket, rows in changed.items()}
        return {str(bucket): packed for bucket, packed in sorted(self._packed.items())}

    def _forget(self, at: int) -> None:
        self._packed.pop(at // _BUCKET_US, None)
        self._revisions.pop(at, None)
        said = self._records.pop(at, None)
        if said is not None:
            instants = self._by_case[said.case]
            instants.discard(at)
            if not instants:
                del self._by_case[said.case]


def records_of(dumped: Mapping[str, str]) -> Iterator[tuple[int, int, Record | None]]:
    """Yield instant, revision and record of a dump."""
    for packed in dumped.values():
        for at, revision, said in json.loads(unpack(packed)):
            yield at, revision, None if said is None else Record(*said)
