"""What is fuzzed. A target takes any bytes and fails on anything that is not a verdict."""

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from api.intake import Parcel, parcels
from api.problems import Refused
from app.settings import Settings, load
from domain.bundle import Bundle
from domain.delivery import Decoded, Delivery, Journaled, Source
from domain.errors import ConfigError
from domain.reading import Reading
from ingest.decode import Decoder
from ingest.topics import format_topic, parse, storable
from store.telemetry.columns import Misfit
from store.telemetry.line_protocol import check_tag, line
from tests.support.ingest import ARRIVAL, register

WORLD: Final = register("lamp-1", "lamp-2", others={"lot-1": "parking_lot", "air-1": "air_station"})
DECODER: Final = Decoder(lambda: WORLD)
_SEPARATOR: Final = b"\n"
_SCRATCH: Final = TemporaryDirectory(prefix="quanyan-fuzz-")


def codec(case: bytes) -> None:
    """First line the topic, then the payload: every reading accepted or rejected, alone and in a bundle alike."""
    head, _, payload = case.partition(_SEPARATOR)
    topic = storable(head.decode("utf-8", "surrogateescape"))
    for source in Source:
        decoded = DECODER.decode(Journaled(0, Delivery(topic, payload, ARRIVAL, source)))
        _check(decoded)
        bundle = Bundle((topic, topic), (payload, payload), ARRIVAL, source)
        found = DECODER.bundle(0, bundle)
        assert found.readings == [*decoded.readings, *decoded.readings], "a bundle is decoded otherwise"
        assert found.rejected == 2 * len(decoded.rejects)


def _check(decoded: Decoded) -> None:
    if decoded.undecodable is not None:
        assert not decoded.undecodable.detail.startswith("the decoder failed"), decoded.undecodable.detail
        assert not decoded.readings
        assert not decoded.rejects
        assert not decoded.statuses
    else:
        assert decoded.readings or decoded.rejects or decoded.statuses or decoded.replay is not None
    for reading in decoded.readings:
        assert ARRIVAL - timedelta(days=400) <= reading.at <= ARRIVAL + timedelta(minutes=5) or decoded.replay
        _line(reading)


def _line(reading: Reading) -> None:
    """What was accepted is one line of line protocol, or told to be none."""
    try:
        check_tag(reading.device)
    except Misfit:
        return
    text = line(reading, reading.content())
    assert "\n" not in text.replace("\\n", ""), text
    text.encode()


def topic(case: bytes) -> None:
    """A topic is of the contract, or it is said why not; written again it is the same."""
    text = case.decode("utf-8", "surrogateescape")
    try:
        found = parse(text)
    except ValueError:
        return
    assert format_topic(found) == text


def config(case: bytes) -> None:
    """A settings file is right, or every mistake is named."""
    file = Path(_SCRATCH.name) / "city.toml"
    file.write_bytes(case)
    told: Settings | ConfigError
    try:
        told = load(file)
    except ConfigError as error:
        told = error
    assert isinstance(told, Settings) or (told.problems and str(told))


def lines(case: bytes) -> None:
    """Any device id and text in a reading make one line whose quotes are balanced, or no line."""
    text = case.decode("utf-8", "replace")
    half = len(text) // 2
    device, said = text[:half][:64], text[half:][:256]
    _line(Reading(device, "streetlight", ARRIVAL, ARRIVAL, {"power": 1.0}, faults=(said,), seq=len(case)))


def body(case: bytes) -> None:
    """A request's body is refused, or cut into deliveries that hold each of its readings once."""
    status, parts = 202, list[Parcel]()
    try:
        parts = list(parcels(case, WORLD))
    except Refused as refused:
        status = refused.status
    assert status == 202 or 400 <= status < 500
    places = sorted(place for part in parts for place in part.places.values())
    assert places == list(range(len(places)))
    for part in parts:
        decoded = DECODER.decode(Journaled(0, Delivery(part.topic, part.payload, ARRIVAL, Source.HTTP)))
        _check(decoded)
        if decoded.undecodable is None:
            assert len(decoded.readings) + len(decoded.rejects) == len(part.places)


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "codec": codec,
    "topic": topic,
    "config": config,
    "lines": lines,
    "body": body,
}


def shown(case: bytes) -> str:
    """Return a case for a message, short."""
    with contextlib.suppress(UnicodeDecodeError):
        return json.dumps(case.decode(), ensure_ascii=True)[:400]
    return repr(case[:200])
