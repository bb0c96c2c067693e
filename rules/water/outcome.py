"""How sections stand against their own target classes (达标率), one by one and as lists."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from domain.device import AssetState, Device
from rules.standards.gb3838 import GRADES, ITEMS, Body, SectionClass
from rules.standards.water_evaluation import REFERENCE_CLASS, main_indicators, multiple_over


@dataclass(frozen=True)
class Outcome:
    """One section, at an instant or over a month. `found` is None when it has no class; `why` says why."""

    device: Device
    found: SectionClass | None
    why: str = ""
    values: Mapping[str, float | Decimal] = field(default_factory=dict)
    at: datetime | None = None
    """Event time of the reading that was classed; None for a month."""
    days: Mapping[str, float] | None = None
    """For a period: the share of days with a valid automatic mean, by item. None for an instant."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """For a period: where each item's figure comes from, `automatic` or `laboratory`."""
    left_out: tuple[str, ...] = ()
    """For a quarter or year: laboratory items with too few months."""

    @property
    def body(self) -> Body:
        """Which limits apply."""
        return Body(self.device.text("body_type", Body.RIVER.value))

    @property
    def in_service(self) -> bool:
        """Whether the section is expected to report."""
        return self.device.state is AssetState.IN_SERVICE

    @property
    def exact(self) -> dict[str, Decimal]:
        """The values as decimals."""
        return {item: v if isinstance(v, Decimal) else Decimal(repr(v)) for item, v in self.values.items()}

    @property
    def target(self) -> int | None:
        """The section's own target class (水质目标), if it has one."""
        target = self.device.attributes.get("target_class")
        return target if isinstance(target, int) else None

    @property
    def excluded(self) -> str:
        """Why the section takes no part in the rate, or nothing."""
        if self.device.state is not AssetState.IN_SERVICE:
            return self.device.state.value
        if self.target is None:
            return "no_target"
        return "synthetic_target" if self.device.flag("target_synthetic") else ""

    @cached_property
    def main_pollutants(self) -> Sequence[str]:
        """The main pollution indicators as they are printed; found once, since many scopes name a section."""
        found = () if self.found is None else main_indicators(self.values, self.body, self.found)
        return [main.text for main in found]

    @property
    def compliant(self) -> bool | None:
        """Whether the class is the target or better; None when there is no class or no target."""
        if self.found is None or self.target is None:
            return None
        return self.found.worst <= self.target


def lists(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Return who is behind the counts, as plain JSON: failing, unknown and excluded sections, classes found."""
    ordered = sorted(outcomes, key=lambda o: o.device.id)
    judged = [o for o in ordered if not o.excluded]
    classes = Counter(o.found.worst for o in ordered if o.found is not None)
    return {
        "failing_sections": [_failing(o, o.found) for o in judged if o.found is not None and not o.compliant],
        "unknown_sections": [
            {"section": o.device.id, "name": o.device.name, "reason": o.why} for o in judged if not o.found
        ],
        "excluded": [{"section": o.device.id, "reason": o.excluded} for o in ordered if o.excluded],
        "classes": {grade.name: classes[n] for n, grade in GRADES.items()},
    }


def _failing(outcome: Outcome, found: SectionClass) -> dict[str, Any]:
    return {
        "section": outcome.device.id,
        "name": outcome.device.name,
        "class": found.grade.name,
        "target": _class_name(outcome.target),
        "main_pollutants": list(outcome.main_pollutants),
    }


def section_view(outcome: Outcome) -> dict[str, Any]:
    """Return one section in full, as plain JSON: class, items, multiples over class Ⅲ and over the target."""
    view: dict[str, Any] = {
        "section": outcome.device.id,
        "name": outcome.device.name,
        "target": outcome.target,
        "target_name": _class_name(outcome.target),
        "compliant": outcome.compliant,
        "reason": outcome.excluded or outcome.why,
    }
    if outcome.days is not None:
        view |= {"days": dict(outcome.days), "origins": dict(outcome.origins), "left_out": list(outcome.left_out)}
    if outcome.found is not None:
        view |= _class_view(outcome, outcome.found)
    return view


def _class_view(outcome: Outcome, found: SectionClass) -> dict[str, Any]:
    grade = found.grade
    return {
        "class": grade.number,
        "class_name": grade.name,
        "wording": grade.wording,
        "colour": grade.colour,
        "items": dict(found.by_item),
        "values": {item: float(v) for item, v in outcome.values.items()},
        "over_class_3": _multiples(outcome, REFERENCE_CLASS),
        "over_target": {} if outcome.target is None else _multiples(outcome, outcome.target),
        "main_pollutants": list(outcome.main_pollutants),
    }


def _multiples(outcome: Outcome, class_limit: int) -> dict[str, float]:
    found = {
        item: multiple_over(item, v, class_limit, outcome.body) for item, v in outcome.values.items() if item in ITEMS
    }
    return {item: float(m) for item, m in found.items() if m is not None}


def _class_name(number: int | None) -> str | None:
    return None if number is None else GRADES[number].name
