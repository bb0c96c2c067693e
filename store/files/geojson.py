"""A GeoJSON file (RFC 7946, a FeatureCollection of Points) as features that know their line.

The standard JSON parser forgets where things stood; so the outer two levels are walked here and only what is inside
a feature is left to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from json import JSONDecodeError, JSONDecoder
from typing import Any, NamedTuple

from domain.errors import ConfigError, Problem
from store.files.text import decoded

_SPACE = re.compile(r"[ \t\r\n]*")
_WGS84 = re.compile(r"CRS84|EPSG:+4326")


class _Broken(Exception):
    """The feature cannot be taken apart."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Feature(NamedTuple):
    """One feature: the line where it starts (from 1), and the fields of its device."""

    line: int
    fields: Mapping[str, object]


class _Walker:
    """Walks through JSON text. `JSONDecodeError` says where it broke."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._decoder = JSONDecoder(parse_constant=self._refuse)

    def _refuse(self, constant: str) -> Any:
        raise JSONDecodeError(f"{constant} is no JSON number", self.text, self.at)

    def sees(self, mark: str) -> bool:
        """Return whether `mark` comes next, and pass it if so."""
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # it also matches nothing
        found = self.text.startswith(mark, self.at)
        self.at += len(mark) if found else 0
        return found

    def is_at(self, mark: str) -> bool:
        """Return whether `mark` comes next; it stays there."""
        self.sees("")
        return self.text.startswith(mark, self.at)

    def is_at_end(self) -> bool:
        self.sees("")
        return self.at == len(self.text)

    def expect(self, mark: str) -> None:
        if not self.sees(mark):
            raise JSONDecodeError(f"Expecting {mark!r}", self.text, self.at)

    def value(self) -> Any:
        self.sees("")
        value, self.at = self._decoder.raw_decode(self.text, self.at)
        return value

    def members(self) -> Iterator[str]:
        """Yield the names in an object; whoever asks takes each value before the next name."""
        self.expect("{")
        if self.sees("}"):
            return
        while True:
            name = self.value()
            self.expect(":")
            yield str(name)
            if not self.sees(","):
                break
        self.expect("}")

    def elements(self) -> Iterator[int]:
        """Yield where each element of an array starts; whoever asks takes each before the next."""
        self.expect("[")
        if self.sees("]"):
            return
        while True:
            self.sees("")
            yield self.at
            if not self.sees(","):
                break
        self.expect("]")


def read_features(data: bytes, file: str) -> tuple[Sequence[Feature], Sequence[Problem]]:
    """Return the features that could be read, and what was wrong with the others.

    Raises:
        ConfigError: the file is empty, not UTF-8, not JSON or no FeatureCollection.
    """
    walker = _Walker(decoded(data, file))
    try:
        members, located = _walk(walker)
    except JSONDecodeError as error:
        reason = f"is not JSON: {error.msg} (column {error.colno})"
        raise ConfigError([Problem(file, error.lineno, "", reason)]) from None
    except (ValueError, RecursionError) as error:
        line = walker.text.count("\n", 0, walker.at) + 1
        raise ConfigError([Problem(file, line, "", f"cannot be read as JSON: {error}")]) from None
    problems = [Problem(file, 0, name, reason) for name, reason in _collection_faults(members, located)]
    if problems:
        raise ConfigError(problems)
    features: list[Feature] = []
    for line, found in located or ():
        try:
            features.append(Feature(line, _fields(found)))
        except _Broken as broken:
            problems.append(Problem(file, line, broken.field, broken.reason))
    return features, problems


def _walk(walker: _Walker) -> tuple[dict[str, Any], list[tuple[int, Any]] | None]:
    """Return the other members of the collection, and its features with their lines (None: it has none)."""
    members: dict[str, Any] = {}
    located: list[tuple[int, Any]] | None = None
    for name in walker.members():
        if name == "features" and walker.is_at("["):
            located = list(_locate(walker))
        else:
            members[name] = walker.value()
    if not walker.is_at_end():
        raise JSONDecodeError("Extra data", walker.text, walker.at)
    return members, located


def _locate(walker: _Walker) -> Iterator[tuple[int, Any]]:
    line, counted = 1, 0
    for start in walker.elements():
        line += walker.text.count("\n", counted, start)
        counted = start
        yield line, walker.value()


def _collection_faults(
    members: Mapping[str, Any], located: Sequence[tuple[int, Any]] | None
) -> Iterator[tuple[str, str]]:
    if members.get("type") != "FeatureCollection":
        yield "type", "must be FeatureCollection"
    if located is None:
        yield "features", "must be an array of features"
    elif not located:
        yield "features", "has no feature"
    if "crs" in members and not _WGS84.search(str(members["crs"])):
        yield "crs", "positions must be WGS-84, as RFC 7946 wants it"


def _fields(feature: Any) -> Mapping[str, object]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _Broken("", "is no Feature")
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        raise _Broken("properties", "must be an object")
    fields: dict[str, object] = dict(properties)
    for name in ("lon", "lat"):
        if fields.pop(name, None) is not None:
            raise _Broken(name, "belongs into the geometry")
    if "id" in feature and fields.setdefault("id", feature["id"]) != feature["id"]:
        raise _Broken("id", "is given twice, and not alike")
    return {**fields, **_position(feature.get("geometry"))}


def _position(geometry: Any) -> Mapping[str, object]:
    """Return longitude and latitude; nothing for a device that was not surveyed."""
    if geometry is None:
        return {}
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        raise _Broken("geometry", "must be a Point or null")
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) != 2:  # noqa: PLR2004
        raise _Broken("geometry", "coordinates must be [longitude, latitude]")
    return dict(zip(("lon", "lat"), coordinates, strict=True))
