"""The classes of sections by month, as an answer."""

from collections.abc import Mapping
from typing import Any, Self

from api.schemas.common import Answer, Instant
from domain.device import Device
from domain.history import Published


class SectionMonthOut(Answer):
    """One section in one closed month: its class (null: `reason` says why none) and whether it is the target or better.

    `at`: as of when it was measured, as `explain` takes it. `revision`: how often it was changed since.
    """

    month: str
    at: Instant
    class_name: str | None
    target_name: str | None
    compliant: bool | None
    reason: str
    official: bool
    revision: int

    @classmethod
    def of(cls, found: Published) -> Self:
        """Make it from the measure of `section_period_class` that was published of the month."""
        said: Mapping[str, Any] = found.measure.detail.get("class_month_closed", {})
        return cls(
            month=found.period,
            at=found.measure.at,
            class_name=said.get("class_name"),
            target_name=said.get("target_name"),
            compliant=said.get("compliant"),
            reason=said.get("reason", ""),
            official=found.measure.official,
            revision=found.revision,
        )


class SectionCourseOut(Answer):
    """A section with its months; those that were not published are missing. `order`: down the river from its source."""

    section: str
    name: str
    river: str
    order: int | None
    months: list[SectionMonthOut]

    @classmethod
    def of(cls, section: str, device: Device | None, months: list[SectionMonthOut]) -> Self:
        """Make it from the register, which may know the section no longer."""
        name, river = (section, "") if device is None else (device.name, device.text("river"))
        order = None if device is None else device.attributes.get("river_order")
        return cls(
            section=section, name=name, river=river, order=order if isinstance(order, int) else None, months=months
        )


class SectionMonths(Answer):
    """The closed months that were asked for, oldest first, and the sections by river and down each river."""

    months: list[str]
    items: list[SectionCourseOut]
