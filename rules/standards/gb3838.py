"""GB 3838-2002, surface water: the limits of its table 1 and the class of a section by the worst item (clause 5.1).

Values are mg/L unless the item says otherwise. A raw float is compared with the limit as a float, an evaluation value
(`Decimal`, already rounded) exactly. Classes are numbers: 1…5 for Ⅰ…Ⅴ, 6 for 劣Ⅴ.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

Number = TypeVar("Number", float, Decimal)
WORSE_THAN_V: Final = 6


class Body(StrEnum):
    """Which limits apply to a section: an attribute of the section, never guessed from its name."""

    RIVER = "river"
    LAKE = "lake"


class Bound(StrEnum):
    """Which side of its limits an item must stay on."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    RANGE = "range"
    """Between its two limits (both included) in every class, else worse than Ⅴ: pH."""
    RULE = "rule"
    """Water temperature: a limit on man-made change, not to be judged from one value."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of classes Ⅰ…Ⅴ, exact and as the floats that raw values are compared with."""

    exact: tuple[Decimal, ...]
    raw: tuple[float, ...]

    @classmethod
    def of(cls, texts: str) -> "Limits":
        """Read limits from text, as the standard prints them."""
        parts = texts.split()
        return cls(tuple(Decimal(t) for t in parts), tuple(float(t) for t in parts))


@dataclass(frozen=True, slots=True)
class Item:
    """One of the 24 basic items. `key` is the metric's name; `code` that of HJ 525."""

    no: int
    key: str
    name: str
    code: str
    unit: str
    bound: Bound
    river: Limits
    lake: Limits
    in_class: bool
    """Whether it takes part in the section class: all but water temperature, total nitrogen, faecal coliform."""

    def limits(self, body: Body) -> Limits:
        """Return the limits that apply to such a body of water; without entries where there are none."""
        return self.lake if body is Body.LAKE else self.river


_TABLE: Final = """
 1 | water_temp | 水温 | w01010 | Cel | rule | | | no
 2 | ph | pH值 | w01001 | 1 | range | 6 9 | | yes
 3 | do | 溶解氧 | w01009 | mg/L | at_least | 7.5 6 5 3 2 | | yes
 4 | codmn | 高锰酸盐指数 | w01019 | mg/L | at_most | 2 4 6 10 15 | | yes
 5 | cod | 化学需氧量 | w01018 | mg/L | at_most | 15 15 20 30 40 | | yes
 6 | bod5 | 五日生化需氧量 | w01017 | mg/L | at_most | 3 3 4 6 10 | | yes
 7 | nh3n | 氨氮 | w21003 | mg/L | at_most | 0.15 0.5 1.0 1.5 2.0 | | yes
 8 | tp | 总磷 | w21011 | mg/L | at_most | 0.02 0.1 0.2 0.3 0.4 | 0.01 0.025 0.05 0.1 0.2 | yes
 9 | tn | 总氮 | w21001 | mg/L | at_most | - | 0.2 0.5 1.0 1.5 2.0 | no
10 | cu | 铜 | w20122 | mg/L | at_most | 0.01 1.0 1.0 1.0 1.0 | | yes
11 | zn | 锌 | w20123 | mg/L | at_most | 0.05 1.0 1.0 2.0 2.0 | | yes
12 | f | 氟化物 | w21017 | mg/L | at_most | 1.0 1.0 1.0 1.5 1.5 | | yes
13 | se | 硒 | w20128 | mg/L | at_most | 0.01 0.01 0.01 0.02 0.02 | | yes
14 | as | 砷 | w20119 | mg/L | at_most | 0.05 0.05 0.05 0.1 0.1 | | yes
15 | hg | 汞 | w20111 | mg/L | at_most | 0.00005 0.00005 0.0001 0.001 0.001 | | yes
16 | cd | 镉 | w20115 | mg/L | at_most | 0.001 0.005 0.005 0.005 0.01 | | yes
17 | cr6 | 铬(六价) | w20117 | mg/L | at_most | 0.01 0.05 0.05 0.05 0.1 | | yes
18 | pb | 铅 | w20120 | mg/L | at_most | 0.01 0.01 0.05 0.05 0.1 | | yes
19 | cn | 氰化物 | w21016 | mg/L | at_most | 0.005 0.05 0.2 0.2 0.2 | | yes
20 | phenol | 挥发酚 | w23002 | mg/L | at_most | 0.002 0.002 0.005 0.01 0.1 | | yes
21 | oil | 石油类 | w22001 | mg/L | at_most | 0.05 0.05 0.05 0.5 1.0 | | yes
22 | las | 阴离子表面活性剂 | w19002 | mg/L | at_most | 0.2 0.2 0.2 0.3 0.3 | | yes
23 | s2 | 硫化物 | w21019 | mg/L | at_most | 0.05 0.1 0.2 0.5 1.0 | | yes
24 | fc | 粪大肠菌群 | w02003 | {count}/L | at_most | 200 2000 10000 20000 40000 | | no
"""
"""no | metric | name | HJ 525 code | unit | bound | limits Ⅰ…Ⅴ of rivers | of lakes if other | takes part in the class.

Dissolved oxygen of class Ⅰ is "90 % saturation, or 7.5" there; the national publication applies plain 7.5 mg/L.
"""


def _item(row: str) -> Item:
    no, key, name, code, unit, bound, river, lake, in_class = (part.strip() for part in row.split("|"))
    own = Limits.of(river.strip("-"))
    return Item(
        no=int(no),
        key=key,
        name=name,
        code=code,
        unit=unit,
        bound=Bound(bound),
        river=own,
        lake=Limits.of(lake) if lake else own,
        in_class=in_class == "yes",
    )


_ALL: Final = tuple(_item(row) for row in _TABLE.strip().splitlines())

ITEMS: Final[Mapping[str, Item]] = MappingProxyType({item.key: item for item in _ALL})
"""The 24 items of table 1 by metric name, in the standard's order."""

CLASS_ITEMS: Final = tuple(item.key for item in _ALL if item.in_class)
"""The 21 items that take part in the section class (环办〔2011〕22号)."""

AUTO5: Final[tuple[str, ...]] = ("ph", "do", "codmn", "nh3n", "tp")
"""The items of the instantaneous class of automatic stations in the national publication, on raw values."""

REQUIRED: Final[tuple[str, ...]] = ("ph", "do", "codmn", "nh3n")
"""Without one of these no class is published; total phosphorus may be missing."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How a class is called: name, wording of the water's condition (水质状况) and display colour."""

    number: int
    name: str
    wording: str
    colour: str


GRADES: Final[Mapping[int, Grade]] = MappingProxyType(
    {
        1: Grade(1, "Ⅰ", "优", "blue"),
        2: Grade(2, "Ⅱ", "优", "blue"),
        3: Grade(3, "Ⅲ", "良好", "green"),
        4: Grade(4, "Ⅳ", "轻度污染", "yellow"),
        5: Grade(5, "Ⅴ", "中度污染", "orange"),
        6: Grade(6, "劣Ⅴ", "重度污染", "red"),
    }
)


@dataclass(frozen=True, slots=True)
class SectionClass:
    """The class of a section: the worst of the items that took part, and the class of each."""

    worst: int
    by_item: Mapping[str, int]

    @property
    def grade(self) -> Grade:
        """How the class is called."""
        return GRADES[self.worst]


def item_class(key: str, value: float | Decimal, body: Body) -> int | None:
    """Return the class (1…6) of one item, or None where the standard sets no limit for such a body of water."""
    item = ITEMS[key]
    limits = item.limits(body)
    if not limits.raw:
        return None
    if isinstance(value, Decimal):
        return _step(item.bound, value, limits.exact)
    return _step(item.bound, value, limits.raw)


def _step(bound: Bound, value: Number, limits: tuple[Number, ...]) -> int:
    if bound is Bound.RANGE:
        return 1 if limits[0] <= value <= limits[1] else WORSE_THAN_V
    if bound is Bound.AT_LEAST:
        return next((n for n, limit in enumerate(limits, 1) if value >= limit), WORSE_THAN_V)
    return next((n for n, limit in enumerate(limits, 1) if value <= limit), WORSE_THAN_V)


def worst_class(
    values: Mapping[str, float | Decimal], body: Body, items: Collection[str] = CLASS_ITEMS
) -> SectionClass:
    """Return the class by the worst of `items` that have a value (GB 3838-2002 clause 5.1, single factor).

    Raises:
        ValueError: none of `items` has a value and a limit.
    """
    found = {key: item_class(key, values[key], body) for key in items if key in values}
    by_item = {key: n for key, n in found.items() if n is not None}
    return SectionClass(max(by_item.values()), by_item)


def section_class(
    values: Mapping[str, float | Decimal], body: Body, items: Collection[str] = CLASS_ITEMS
) -> SectionClass | None:
    """Return the class as the national publication does: none at all when one of `REQUIRED` is missing."""
    return worst_class(values, body, items) if all(key in values for key in REQUIRED) else None
