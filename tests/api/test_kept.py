"""Large answers are written once: compressed, a 304 for whoever has them, and new when they are no longer true."""

import gzip
import json
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from httpx import Response
from pydantic import BaseModel

from api.kept import KeptAnswers
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.rules import power

PLACES, SIGNS = "/api/v1/map/places?kind=streetlight", "/api/v1/map/signs?kind=streetlight"
EXTENT = "/api/v1/map/extent"


class Told(BaseModel):
    """An answer."""

    number: int


@pytest.mark.parametrize("path", [PLACES, SIGNS, EXTENT])
def test_it_is_compressed_for_whoever_takes_gzip_and_says_the_same_to_others(reader: Client, path: str) -> None:
    packed = reader.get(path, headers={"Accept-Encoding": "br, gzip"})
    plain = reader.get(path, headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert packed.json() == plain.json()
    assert packed.headers["etag"] != plain.headers["etag"]  # another coding is another representation
    assert {"Accept-Encoding", "Authorization"} <= set(packed.headers["vary"].split(", "))
    assert packed.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("path", [PLACES, SIGNS, EXTENT])
def test_who_has_it_already_is_told_so(reader: Client, path: str) -> None:
    for coding in ("gzip", "identity"):
        had = reader.get(path, headers={"Accept-Encoding": coding})
        again = _again(reader, path, had, coding)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", had.headers["etag"])


def test_another_register_is_another_answer(reader: Client, city: SmallCity) -> None:
    had = reader.get(PLACES)
    lamp = next(iter(city.view.known.devices(city.clock.now(), "streetlight")))
    renamed = replace(city.view.known.timeline(lamp.id)[0], device=replace(lamp, name="新名"))
    city.view.known = city.view.known.changed({lamp.id: (renamed,)}, city.view.known.version + 1)
    again = _again(reader, PLACES, had)
    assert again.status_code == 200
    assert "新名" in again.json()["names"]


def test_a_sign_that_changes_is_told_though_no_time_has_passed(reader: Client, city: SmallCity) -> None:
    had = reader.get(SIGNS)
    assert _again(reader, SIGNS, had).status_code == 304
    lamp = next(iter(city.view.known.devices(city.clock.now(), "streetlight")))
    city.view.newest[lamp.id] = power(lamp.id, city.clock.now())
    again = _again(reader, SIGNS, had)
    assert (again.status_code, again.json()["signs"].count("f")) == (200, had.json()["signs"].count("f") + 1)


def test_many_who_ask_at_once_have_it_written_once() -> None:
    kept, together, made = KeptAnswers(), Barrier(8), list[int]()

    def make() -> Told:
        made.append(1)
        return Told(number=len(made))

    def ask() -> None:
        together.wait()
        kept.get("a", 1, make)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert json.loads(gzip.decompress(kept.get("a", 2, make).packed)) == {"number": 2}
    assert json.loads(gzip.decompress(kept.get("b", 2, make).packed)) == {"number": 3}


def _again(reader: Client, path: str, had: Response, coding: str = "gzip") -> Response:
    return reader.get(path, headers={"Accept-Encoding": coding, "If-None-Match": had.headers["etag"]})
