"""The base map below the page's own map: none (the page needs no internet), or tiles of one or more hosts."""

import re
from pathlib import Path
from typing import Final, Self

from pydantic import Field, SecretStr, model_validator

from api.base_map import BaseMap
from app.section import Section
from domain.datum import Datum
from domain.errors import ConfigError, Problem

_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(?=/)")
"""A scheme and one host, spelt out: the page's policy is opened for exactly that, so nothing in it may vary."""
_PLACES: Final = ("{z}", "{x}", "{y}")
_KEY: Final = "{key}"


class MapSettings(Section):
    """Tiles in Web Mercator, by templates with `{z}`, `{x}`, `{y}` and, where the host wants one, `{key}`."""

    tiles: tuple[str, ...] = Field(default=(), max_length=4)
    """Drawn one above the other, such as 天地图's map and its names."""
    key: SecretStr | None = None
    """The page of everybody who may log in gets it, as the host's browsers' keys are meant; it stands in no log."""
    key_file: Path | None = None
    attribution: str = Field(default="", max_length=200)
    coordinates: Datum = Datum.WGS84
    max_zoom: int = Field(default=18, ge=1, le=22)

    @model_validator(mode="after")
    def _templates_can_be_filled(self) -> Self:
        for n, template in enumerate(self.tiles):
            if not _ORIGIN.match(template):
                raise ValueError(f"tiles[{n}]: must begin with http(s):// and one host that is spelt out")
            if missing := [place for place in _PLACES if place not in template]:
                raise ValueError(f"tiles[{n}]: has no {', '.join(missing)}")
            if _KEY in template and self.key is None and self.key_file is None:
                raise ValueError(f"tiles[{n}]: wants {_KEY}, and neither key nor key_file is given")
        return self


def base_map(found: MapSettings, key: str | None) -> BaseMap:
    """Return what the page draws below its own map.

    Raises:
        ConfigError: the key would change the address that it stands in.
    """
    if key is not None and not re.fullmatch(r"[A-Za-z0-9._~-]+", key):
        raise ConfigError([Problem("settings", 0, "map.key", "may hold letters, digits and . _ ~ - alone")])
    tiles = tuple(template.replace(_KEY, key or "") for template in found.tiles)
    origins = tuple(dict.fromkeys(m.group() for t in found.tiles if (m := _ORIGIN.match(t))))
    return BaseMap(tiles, origins, found.attribution, found.coordinates, found.max_zoom)
