"""HJ 633-2012 and HJ 633-2026, ambient air quality index: IAQI, AQI, level, colour and primary pollutants.

Concentrations are µg/m³, CO mg/m³. They are rounded first, half-even (GB/T 8170): to whole µg/m³, CO to 0.1 mg/m³. From
there on everything is whole numbers of such steps, because the index is rounded UP and a binary float is easily a hair
too high.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from rules.standards.hj633_editions import Edition
from rules.standards.water_evaluation import exactly

Number = int | float | Decimal | Fraction


class Pollutant(StrEnum):
    """The six pollutants, by the name of their hourly metric, in the order of the national publication."""

    SO2 = "so2"
    NO2 = "no2"
    CO = "co"
    O3 = "o3"
    PM10 = "pm10"
    PM25 = "pm25"

    @property
    def label(self) -> str:
        """How it is printed, as in PM2.5."""
        return "PM2.5" if self is Pollutant.PM25 else self.value.upper()

    @property
    def unit(self) -> str:
        """The unit of its concentrations (UCUM)."""
        return "mg/m3" if self is Pollutant.CO else "ug/m3"

    @property
    def decimals(self) -> int:
        """The decimals its concentrations are rounded to before the index is computed."""
        return 1 if self is Pollutant.CO else 0


class Scale(StrEnum):
    """A column of the breakpoint table: a pollutant and the averaging time its breakpoints are meant for."""

    SO2_24H = "so2_24h"
    SO2_1H = "so2_1h"
    NO2_24H = "no2_24h"
    NO2_1H = "no2_1h"
    CO_24H = "co_24h"
    CO_1H = "co_1h"
    O3_8H = "o3_8h"
    O3_1H = "o3_1h"
    PM10_24H = "pm10_24h"
    PM25_24H = "pm25_24h"

    @property
    def pollutant(self) -> Pollutant:
        """Whose breakpoints these are."""
        return _POLLUTANTS[self]


_POLLUTANTS: Final = {scale: Pollutant(scale.value.partition("_")[0]) for scale in Scale}

INDEX: Final = (0, 50, 100, 150, 200, 300, 400, 500)
"""The IAQI at the breakpoints."""
HIGHEST: Final = INDEX[-1]

_COMMON: Final = """
so2_24h  | 0 50 150 475 800 1600 2100 2620
so2_1h   | 0 150 500 650 800
no2_24h  | 0 40 80 180 280 565 750 940
no2_1h   | 0 100 200 700 1200 2340 3090 3840
co_24h   | 0 2 4 14 24 36 48 60
co_1h    | 0 5 10 35 60 90 120 150
o3_8h    | 0 100 160 215 265 800
o3_1h    | 0 160 200 300 400 800 1000 1200
"""
_PARTICLES: Final = {
    Edition.Y2012: """
pm10_24h | 0 50 150 250 350 420 500 600
pm25_24h | 0 35 75 115 150 250 350 500
""",
    Edition.Y2026: """
pm10_24h | 0 50 120 250 350 420 500 600
pm25_24h | 0 35 60 115 150 250 350 500
""",
}
"""Table 1 of 2012, table 3 of 2026: they differ in the particles at IAQI 100 only. A short row ends at 800 µg/m³."""


def _steps_by_scale(table: str) -> Mapping[Scale, tuple[int, ...]]:
    rows = (row.split("|") for row in table.split("\n") if row)
    scales = ((Scale(name.strip()), points.split()) for name, points in rows)
    return MappingProxyType({s: tuple(int(p) * 10**s.pollutant.decimals for p in points) for s, points in scales})


_BREAKPOINTS: Final = {e: _steps_by_scale(_COMMON + particles) for e, particles in _PARTICLES.items()}


def breakpoints(scale: Scale, edition: Edition) -> tuple[int, ...]:
    """Return the concentrations at the steps of `INDEX`, in whole steps of the pollutant; a short row ends earlier."""
    return _BREAKPOINTS[edition][scale]


def rounded(pollutant: Pollutant, value: Number) -> Decimal:
    """Return a concentration as it is published: half-even, in one step (GB/T 8170)."""
    return Decimal(_steps(pollutant, value)).scaleb(-pollutant.decimals)


def _steps(pollutant: Pollutant, value: Number) -> int:
    """Round to whole steps: 1 µg/m³, or 0.1 mg/m³ of CO."""
    numerator, denominator = (exactly(value) if isinstance(value, float) else value).as_integer_ratio()
    whole: int = numerator * 10**pollutant.decimals
    steps, rest = divmod(whole, denominator)
    return steps + (2 * rest > denominator - steps % 2)  # half to even, in whole numbers: fractions are slow


def iaqi(scale: Scale, value: Number, edition: Edition) -> int | None:
    """Return the index of one concentration: linear between two breakpoints, rounded up (2012 4.3, 2026 4.2).

    Above the last breakpoint it is 500. SO2 1 h and O3 8 h have none above 800 µg/m³: there the edition of 2012 gives
    no index (None; SO2 24 h or O3 1 h stand for it), that of 2026 gives 200 and 300.

    Raises:
        ValueError: the concentration is negative or not a number.
    """
    steps, points = _steps(scale.pollutant, value), breakpoints(scale, edition)
    if steps < 0:
        raise ValueError(f"{scale.pollutant.label} {value} is negative")
    above = bisect_left(points, steps)
    if above == len(points):
        if len(points) == len(INDEX):
            return HIGHEST
        return None if edition is Edition.Y2012 else INDEX[len(points) - 1]
    if above == 0:
        return INDEX[0]
    low, high = points[above - 1], points[above]
    rise = (INDEX[above] - INDEX[above - 1]) * (steps - low)
    return INDEX[above - 1] - (-rise // (high - low))


@dataclass(frozen=True, slots=True)
class Grade:
    """A level of the index (table 2 of 2012, table 1 of 2026). `highest` is the last AQI in it."""

    number: int
    level: str
    category: str
    category_en: str
    colour: str
    colour_en: str
    rgb: tuple[int, int, int]
    highest: int


GRADES: Final = (
    Grade(1, "一级", "优", "excellent", "绿", "green", (0, 228, 0), 50),
    Grade(2, "二级", "良", "good", "黄", "yellow", (255, 255, 0), 100),
    Grade(3, "三级", "轻度污染", "lightly polluted", "橙", "orange", (255, 126, 0), 150),
    Grade(4, "四级", "中度污染", "moderately polluted", "红", "red", (255, 0, 0), 200),
    Grade(5, "五级", "重度污染", "heavily polluted", "紫", "purple", (153, 0, 76), 300),
    Grade(6, "六级", "严重污染", "severely polluted", "褐红", "maroon", (126, 0, 35), HIGHEST),
)
NO_PRIMARY: Final = 50
"""Up to this AQI no pollutant is named primary."""
PUBLISHED_THOUGH_INCOMPLETE: Final = 100
"""Edition 2026: with a pollutant missing, the AQI is published only above this."""


def grade(aqi: int) -> Grade:
    """Return the level of an AQI (0…500)."""
    return next(g for g in GRADES if aqi <= g.highest)


@dataclass(frozen=True, slots=True)
class Report:
    """An AQI and what it is made of. `value` is None where the standard says NA."""

    edition: Edition
    iaqi: Mapping[Pollutant, int]
    missing: tuple[Pollutant, ...]
    """Pollutants without an index, though they are monitored."""
    value: int | None

    @property
    def grade(self) -> Grade | None:
        """The level; None without an AQI."""
        return None if self.value is None else grade(self.value)

    @property
    def primary(self) -> tuple[Pollutant, ...]:
        """The primary pollutants (首要污染物): above 50 those with the largest index, ties all named."""
        if self.value is None or self.value <= NO_PRIMARY:
            return ()
        return tuple(p for p in Pollutant if self.iaqi.get(p) == self.value)


HOURLY: Final[Mapping[Pollutant, Scale]] = MappingProxyType(
    {
        Pollutant.SO2: Scale.SO2_1H,
        Pollutant.NO2: Scale.NO2_1H,
        Pollutant.CO: Scale.CO_1H,
        Pollutant.O3: Scale.O3_1H,
        Pollutant.PM10: Scale.PM10_24H,
        Pollutant.PM25: Scale.PM25_24H,
    }
)
"""The hourly report of 2026, and what the national publication did before: particles by their 1 h mean on the daily
breakpoints."""
TEXT_2012_HOURLY: Final = (*HOURLY.values(), Scale.O3_8H)
"""The hourly report as the text of 2012 has it: particles by their 24 h moving mean, ozone by 1 h and 8 h."""
DAILY: Final[Mapping[Edition, tuple[Scale, ...]]] = MappingProxyType(
    {
        Edition.Y2026: (
            *(Scale.SO2_24H, Scale.NO2_24H, Scale.CO_24H),
            *(Scale.O3_8H, Scale.PM10_24H, Scale.PM25_24H),
        ),
        Edition.Y2012: (
            *(Scale.SO2_24H, Scale.NO2_24H, Scale.CO_24H, Scale.O3_1H),
            *(Scale.O3_8H, Scale.PM10_24H, Scale.PM25_24H),
        ),
    }
)
"""The daily report: daily means, ozone by its MDA8; in 2012 also by the largest 1 h mean of the day."""


def hourly(values: Mapping[Pollutant, Number], edition: Edition, not_monitored: Collection[Pollutant] = ()) -> Report:
    """Return the hourly report from 1 h means. `not_monitored`: left out by plan, so not missing (`/`, 2026 clause 5).

    Raises:
        ValueError: a concentration is negative or not a number.
    """
    found = ((p, iaqi(HOURLY[p], value, edition)) for p, value in values.items())
    return _report(found, edition, not_monitored)


def hourly_by_text_of_2012(values: Mapping[Scale, Number]) -> Report:
    """Return the hourly report by the letter of 2012, from `TEXT_2012_HOURLY`. Nobody published it so.

    Raises:
        ValueError: a concentration is negative or not a number.
    """
    edition = Edition.Y2012
    found = ((s.pollutant, iaqi(s, values[s], edition)) for s in TEXT_2012_HOURLY if s in values)
    return _report(found, edition, ())


def daily(values: Mapping[Scale, Number], edition: Edition, not_monitored: Collection[Pollutant] = ()) -> Report:
    """Return the daily report from the values of `DAILY`; others are not looked at.

    Raises:
        ValueError: a concentration is negative or not a number.
    """
    found = ((s.pollutant, iaqi(s, values[s], edition)) for s in DAILY[edition] if s in values)
    return _report(found, edition, not_monitored)


def _report(
    found: Iterable[tuple[Pollutant, int | None]], edition: Edition, not_monitored: Collection[Pollutant]
) -> Report:
    by_pollutant: dict[Pollutant, int] = {}
    for pollutant, index in found:
        if index is not None:
            by_pollutant[pollutant] = max(index, by_pollutant.get(pollutant, 0))
    missing = tuple(p for p in Pollutant if p not in by_pollutant and p not in not_monitored)
    return Report(edition, by_pollutant, missing, _aqi(by_pollutant, edition, incomplete=bool(missing)))


def _aqi(by_pollutant: Mapping[Pollutant, int], edition: Edition, *, incomplete: bool) -> int | None:
    if not by_pollutant:
        return None
    largest = max(by_pollutant.values())
    if edition is Edition.Y2012:
        return largest
    if incomplete and largest <= PUBLISHED_THOUGH_INCOMPLETE:
        return None
    return max(largest, 1)  # the AQI of 2026 begins at 1
