"""GCJ-02, the offset datum of maps published in China, and WGS-84, the one that the register keeps. Degrees."""

from math import cos, pi, radians, sin, sqrt

_A = 6378245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid, m: the one that the offset is defined on."""
_EE = 0.00669342162296594323
"""Its first eccentricity, squared."""
METRES_PER_DEGREE = 111_320.0
"""Length of one degree of latitude, m; of longitude too, times the cosine of the latitude."""


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Return the GCJ-02 position of a WGS-84 one inside China. In Jinan it lies some 530 m further east."""
    x, y = lon - 105.0, lat - 35.0
    root = sqrt(abs(x))
    ripple = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = radians(lat)
    shrink = 1 - _EE * sin(phi) ** 2
    d_lat = north * 180 / (_A * (1 - _EE) / (shrink * sqrt(shrink)) * pi)
    d_lon = east * 180 / (_A / sqrt(shrink) * cos(phi) * pi)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Return the WGS-84 position of a GCJ-02 one inside China, by fixed-point iteration, to under a millimetre."""
    guess_lon, guess_lat = lon, lat
    for _ in range(10):  # each round shrinks the error some thousandfold; ten is far more than needed
        seen_lon, seen_lat = wgs84_to_gcj02(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - seen_lon, guess_lat + lat - seen_lat
    return guess_lon, guess_lat


def distance(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the distance of two positions (lon, lat) in metres, on a flat patch: good to 0.1 % across a city."""
    middle = radians((start[1] + end[1]) / 2)
    east = (end[0] - start[0]) * cos(middle)
    return sqrt(east * east + (end[1] - start[1]) ** 2) * METRES_PER_DEGREE


def along(start: tuple[float, float], end: tuple[float, float], share: float, aside: float) -> tuple[float, float]:
    """Return the position at `share` (0 … 1) of the way from start to end, `aside` metres to the right of it."""
    lon, lat = (a + (b - a) * share for a, b in zip(start, end, strict=True))
    length = distance(start, end)
    if not length:
        return lon, lat
    cos_lat = cos(radians(lat))
    east = (end[0] - start[0]) * cos_lat * METRES_PER_DEGREE / length
    north = (end[1] - start[1]) * METRES_PER_DEGREE / length
    return lon + north * aside / (METRES_PER_DEGREE * cos_lat), lat - east * aside / METRES_PER_DEGREE
