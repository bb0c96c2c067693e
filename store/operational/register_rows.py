"""Rows of the register become device versions, fast: a city has 130,000 of them and reads them all at start."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from json import loads
from typing import Any

from sqlalchemy import BigInteger, Row, Text, cast, select, type_coerce

from domain.device import AssetState, Device, DeviceVersion
from domain.instants import instant_of
from store.operational.schema import device_version as table

VERSIONS = select(
    table.c.device_id,
    table.c.kind,
    table.c.name,
    table.c.district,
    table.c.management_area,
    table.c.responsible_unit,
    table.c.state,
    table.c.lon,
    table.c.lat,
    table.c.synthetic,
    cast(table.c.attributes, Text),
    type_coerce(table.c.valid_from, BigInteger),
    type_coerce(table.c.valid_to, BigInteger),
    type_coerce(table.c.recorded_at, BigInteger),
    type_coerce(table.c.recorded_to, BigInteger),
    table.c.author,
)
"""The columns that `versions` reads, in its order; instants and attributes as they are stored."""

_STATES = {state.value: state for state in AssetState}


class _Shared:
    """Equal things become one thing: nearly all devices share their units, instants and often their attributes."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._instants: dict[int, datetime] = {}
        self._attributes: dict[str, Mapping[str, Any]] = {}

    def text(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def instant(self, microseconds: int) -> datetime:
        if microseconds not in self._instants:
            self._instants[microseconds] = instant_of(microseconds)
        return self._instants[microseconds]

    def attributes(self, document: str) -> Mapping[str, Any]:
        if document not in self._attributes:
            self._attributes[document] = loads(document)
        return self._attributes[document]


def versions(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[DeviceVersion]:
    """Yield the rows of a query on `VERSIONS` as device versions."""
    shared = _Shared()
    text, at, attributes = shared.text, shared.instant, shared.attributes
    for ident, kind, name, district, area, unit, state, lon, lat, synthetic, own, start, end, known, until, by in rows:
        device = Device(
            ident,
            text(kind),
            name,
            text(district),
            text(area),
            text(unit),
            _STATES[state],
            lon,
            lat,
            synthetic,
            attributes(own),
        )
        ended = None if end is None else at(end)
        superseded = None if until is None else at(until)
        yield DeviceVersion(device, at(start), ended, at(known), superseded, text(by))
