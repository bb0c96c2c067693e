"""Where on the map so many devices are in view at once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

TILE: Final = 512
"""MapLibre's tiles: at zoom 0 the world is so many pixels wide."""
ZOOMS: Final = [step / 10 for step in range(160, 90, -1)]
GRID: Final = 0.01
"""Candidates for the middle, degrees apart."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class View:
    """A view of the map and how many devices stand in it. Degrees, WGS-84."""

    lon: float
    lat: float
    zoom: float
    devices: int


def densest(places: Mapping[str, Sequence[Any]], size: tuple[int, int], wanted: int) -> View:
    """Return the nearest view that shows `wanted` devices or more: around the cell that holds the most of them."""
    points = [(x, y) for x, y in zip(places["lon"], places["lat"], strict=True) if x is not None and y is not None]
    cells: dict[tuple[int, int], int] = {}
    for lon, lat in points:
        cell = round(lon / GRID), round(lat / GRID)
        cells[cell] = cells.get(cell, 0) + 1
    middle = max(cells, key=lambda cell: sum(cells.get((cell[0] + a, cell[1] + b), 0) for a in _NEAR for b in _NEAR))
    lon, lat = middle[0] * GRID, middle[1] * GRID
    views = (View(lon, lat, zoom, _inside(points, (lon, lat), size, zoom)) for zoom in ZOOMS)
    return next(view for view in views if view.devices >= wanted or view.zoom == ZOOMS[-1])


def _inside(points: Sequence[Point], middle: Point, size: tuple[int, int], zoom: float) -> int:
    """Return how many points a screen of so many pixels shows."""
    width, height = (pixels / (TILE * 2**zoom) for pixels in size)
    lon, north = middle[0], _north(middle[1])
    return sum(abs(x - lon) / 360 <= width / 2 and abs(_north(y) - north) <= height / 2 for x, y in points)


_NEAR: Final = range(-3, 4)


def _north(lat: float) -> float:
    """Return how far north a latitude is in Web Mercator, the world being one high."""
    return math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
