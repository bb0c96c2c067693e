"""The base map's settings: one host, spelt out; every mistake is told; the key stands in nothing that is printed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.map_settings import MapSettings, base_map
from domain.datum import Datum
from domain.errors import ConfigError

TILES = "https://t0.tianditu.gov.cn/vec_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
NAMES = TILES.replace("vec_w", "cva_w")


def test_without_tiles_there_is_no_base_map_and_nothing_is_opened() -> None:
    found = base_map(MapSettings(), None)
    assert (found.tiles, found.origins, found.coordinates) == ((), (), Datum.WGS84)


def test_the_key_fills_the_templates_and_one_host_is_opened_once() -> None:
    settings = MapSettings.model_validate({"tiles": [TILES, NAMES], "key": "abc", "coordinates": "CGCS2000"})
    found = base_map(settings, "abc")
    assert found.tiles == (TILES.replace("{key}", "abc"), NAMES.replace("{key}", "abc"))
    assert found.origins == ("https://t0.tianditu.gov.cn",)
    assert found.coordinates is Datum.CGCS2000
    assert "abc" not in repr(settings) + repr(found)


@pytest.mark.parametrize(
    ("tiles", "reason"),
    [
        ("https://t{s}.tianditu.gov.cn/{z}/{x}/{y}", "one host that is spelt out"),
        ("https://*.example/{z}/{x}/{y}", "one host that is spelt out"),
        ("https://a.example; script-src *; /{z}/{x}/{y}", "one host that is spelt out"),
        ("ftp://a.example/{z}/{x}/{y}", r"must begin with http\(s\)"),
        ("https://a.example/{z}/{x}", "has no {y}"),
        (TILES, "neither key nor key_file"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_with_its_place(tiles: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=rf"tiles\[1\]: .*{reason}"):
        MapSettings.model_validate({"tiles": ["https://a.example/{z}/{x}/{y}", tiles]})


def test_a_key_that_would_change_the_address_is_refused_and_not_shown() -> None:
    settings = MapSettings.model_validate({"tiles": [TILES], "key_file": Path("somewhere")})
    with pytest.raises(ConfigError) as caught:
        base_map(settings, "a&tk=b")
    assert "map.key" in str(caught.value)
    assert "a&tk" not in str(caught.value)
