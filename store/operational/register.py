"""The register in SQL: bitemporal, nothing is ever overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from domain.device import DeviceVersion
from domain.history import Mark
from domain.ports import DeviceChange
from domain.register import Register
from store.operational.audit import Action, write_audit
from store.operational.bitemporal import Recording, record
from store.operational.counters import Counter, Turn, begin, current, next_turn, take
from store.operational.engine import Database
from store.operational.history_marks import add_marks
from store.operational.register_rows import VERSIONS, versions
from store.operational.schema import device_version as table

_IDS_IN_AUDIT = 100


class SqlRegisterStore:
    """Implements `domain.ports.RegisterStore`. Keeps the newest register in memory; versions tell when it is stale."""

    def __init__(self, database: Database) -> None:
        """Keep the register in `database`."""
        self._database = database
        self._newest = Register({}, 0)
        self._lock = Lock()

    def load(self, known_at: datetime | None = None) -> Register:
        """Return the register as believed now, or as it was believed at `known_at` (aware)."""
        with self._database.read() as connection:
            if known_at is None:
                return self._believed(connection, current(connection, Counter.REGISTER))
            return _as_of(connection, known_at)

    def record(self, changes: Sequence[DeviceChange], author: str, now: datetime) -> Register:
        """Record changes in one transaction; see the port. Changes that say nothing new begin no version.

        If `now` lies before the newest recorded time, the changes are recorded at that time instead.
        """
        with self._database.write() as connection:
            turn = next_turn(connection, Counter.REGISTER, now)
            before = self._believed(connection, turn.version - 1)
            recording = record(before, changes, author, turn.at)
            if not recording.timelines:
                return before
            _write(connection, recording, turn)
            add_marks(connection, _marks([c for c in changes if c.device.id in recording.timelines], turn))
            write_audit(connection, turn.at, author, Action.DEVICES_RECORDED, _summary(recording, turn.version))
        register = before.changed(recording.timelines, turn.version)
        self._remember(register)
        return register

    def history(self, device_id: str) -> Sequence[DeviceVersion]:
        """Return every version ever recorded for a device, in the order of recording."""
        query = VERSIONS.where(table.c.device_id == device_id).order_by(table.c.id)
        with self._database.read() as connection:
            return tuple(versions(connection.execute(query)))

    def version(self) -> int:
        """Return the version number of the register; 0 while nothing was recorded."""
        with self._database.read() as connection:
            return current(connection, Counter.REGISTER)

    def _believed(self, connection: Connection, version: int) -> Register:
        newest = self._newest
        if newest.version != version:
            rows = connection.execute(VERSIONS.where(table.c.recorded_to.is_(None)))
            newest = Register.of(versions(rows), version)
            self._remember(newest)
        return newest

    def _remember(self, register: Register) -> None:
        with self._lock:
            if register.version > self._newest.version:
                self._newest = register


def _marks(changes: Sequence[DeviceChange], turn: Turn) -> list[Mark]:
    """Return what changes in retrospect mean for closed periods: by kind, from when until when."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for change in changes:
        first, last = change.valid_from, min(change.valid_to or turn.at, turn.at)
        if first < turn.at:
            known = spans.get(change.device.kind, (first, last))
            spans[change.device.kind] = min(first, known[0]), max(last, known[1])
    why = f"register changed, version {turn.version}"
    return [Mark(kind, first, last, turn.at, why) for kind, (first, last) in spans.items()]


def _as_of(connection: Connection, known_at: datetime) -> Register:
    known = table.c.recorded_at <= known_at
    still = or_(table.c.recorded_to.is_(None), table.c.recorded_to > known_at)
    believed = versions(connection.execute(VERSIONS.where(known, still)))
    version = connection.scalar(select(func.max(table.c.version)).where(known)) or 0
    return Register.of((replace(v, recorded_to=None) for v in believed), version)


def _write(connection: Connection, recording: Recording, turn: Turn) -> None:
    begin(connection, Counter.REGISTER, turn)
    if recording.ended:
        believed = table.c.device_id == bindparam("ended_id"), table.c.valid_from == bindparam("ended_from")
        connection.execute(
            update(table).where(*believed, table.c.recorded_to.is_(None)).values(recorded_to=turn.at),
            [{"ended_id": v.device.id, "ended_from": v.valid_from} for v in recording.ended],
        )
    first = take(connection, Counter.DEVICE_VERSION, len(recording.begun))
    rows = [_row(v, number, turn.version) for number, v in enumerate(recording.begun, first)]
    connection.execute(insert(table), rows)


def _row(version: DeviceVersion, number: int, register_version: int) -> dict[str, Any]:
    device = version.device
    return {
        "id": number,
        "version": register_version,
        "device_id": device.id,
        "kind": device.kind,
        "name": device.name,
        "district": device.district,
        "management_area": device.management_area,
        "responsible_unit": device.responsible_unit,
        "state": device.state.value,
        "lon": device.lon,
        "lat": device.lat,
        "synthetic": device.synthetic,
        "attributes": dict(device.attributes),
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "recorded_at": version.recorded_at,
        "recorded_to": None,
        "author": version.author,
    }


def _summary(recording: Recording, version: int) -> Mapping[str, Any]:
    ids = sorted(recording.timelines)
    return {"version": version, "devices": len(ids), "first_ids": ids[:_IDS_IN_AUDIT]}
