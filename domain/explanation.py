"""Why a measure is what it is: what took part, what did not and why, and the steps of the arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.measure import Measure


@dataclass(frozen=True, slots=True)
class Input:
    """The part of one device (or one imported row). `why` says why it did not count; empty when it did."""

    device: str
    name: str
    used: bool
    why: str = ""
    at: datetime | None = None
    """Event time of the reading that counted, or that was left out; None when there was none."""
    says: Mapping[str, Any] = field(default_factory=dict)
    """What it said or what was derived from it (values, class, lit …), as plain JSON."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the arithmetic, in words that can be followed with a pencil."""

    text: str
    """As in `IAQI of PM2.5: 78 µg/m³ lies between 75 and 115, ⌈(150 - 100) / (115 - 75) x (78 - 75) + 100⌉`."""
    result: str
    """As in `104`."""
    clause: str = ""
    """The standard and clause that asks for this step."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A measure with everything that made it. `inputs` are in the order of the device ids."""

    measure: Measure
    source: str
    """The standard and clause of the indicator."""
    inputs: Sequence[Input]
    steps: Sequence[Step]
