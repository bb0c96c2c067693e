"""Lighting timetables and overrides, in and out. Times of day are local, HH:MM or HH:MM:SS."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from api.schemas.common import Answer, Body, Instant, LongText, Text
from domain.lighting import HalfNight, LightingPlan, NightTimes, Override, OverrideAction, Timetable

_CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
DAY_MINUTES: Final = 24 * 60


def _clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    if not (isinstance(value, str) and re.fullmatch(_CLOCK, value)):
        raise ValueError("must be a local time of day like 18:28")
    return time.fromisoformat(value)


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("must be a date like 2026-11-23")
    return date.fromisoformat(value)


ClockTime = Annotated[
    time,
    BeforeValidator(_clock),
    PlainSerializer(time.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _CLOCK}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Minutes = Annotated[float, Field(strict=True, ge=-DAY_MINUTES, le=DAY_MINUTES, allow_inf_nan=False)]
"""A length of time in minutes, at most a day either way."""


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("must be a number")  # noqa: TRY004 (pydantic collects only this one)
    return value


Month = Annotated[int, Field(ge=1, le=12), BeforeValidator(_number)]
"""JSON knows no whole numbers: 12.0 is one too."""


def _once(months: list[int]) -> list[int]:
    if len(set(months)) < len(months):
        raise ValueError("must name each month once")
    return sorted(months)


Months = Annotated[list[Month], AfterValidator(_once), Field(max_length=12, json_schema_extra={"uniqueItems": True})]


class HalfNightShape(BaseModel):
    """From when to when alternate lamps are off; null `back_before_off_minutes` = off until switch-off."""

    model_config = Body.model_config

    summer_months: Months
    summer_from: ClockTime
    winter_from: ClockTime
    back_before_off_minutes: Annotated[float, Field(strict=True, ge=0, le=DAY_MINUTES, allow_inf_nan=False)] | None


class NightShape(BaseModel):
    """The published times of one evening; `off` lies on the next day."""

    model_config = Body.model_config

    on: ClockTime
    off: ClockTime


class TimetableBody(Body):
    """A rule for on and off. `nights`, by evening, win over the sun; the offsets are added to sunset and sunrise."""

    title: Text
    on_after_sunset_minutes: Minutes = 8
    off_after_sunrise_minutes: Minutes = -16
    half_night: HalfNightShape | None = None
    nights: Annotated[dict[Day, NightShape], Field(max_length=4000)] = Field(default_factory=dict)

    def timetable(self, timetable_id: str) -> Timetable:
        """Return the domain's timetable."""
        return Timetable(
            id=timetable_id,
            title=self.title,
            on_after_sunset=timedelta(minutes=self.on_after_sunset_minutes),
            off_after_sunrise=timedelta(minutes=self.off_after_sunrise_minutes),
            half_night=_half_night(self.half_night),
            nights=tuple(NightTimes(evening, n.on, n.off) for evening, n in sorted(self.nights.items())),
        )


def _half_night(shape: HalfNightShape | None) -> HalfNight | None:
    if shape is None:
        return None
    back = shape.back_before_off_minutes
    return HalfNight(
        summer_months=tuple(shape.summer_months),
        summer_from=shape.summer_from,
        winter_from=shape.winter_from,
        back_before_off=None if back is None else timedelta(minutes=back),
    )


def _minutes(length: timedelta) -> float:
    return length / timedelta(minutes=1)


class TimetableOut(Answer):
    """A timetable as it is believed today."""

    id: str
    title: str
    on_after_sunset_minutes: float
    off_after_sunrise_minutes: float
    half_night: HalfNightShape | None
    nights: dict[Day, NightShape]

    @classmethod
    def of(cls, timetable: Timetable) -> Self:
        """Make it from the domain's timetable."""
        return cls(
            id=timetable.id,
            title=timetable.title,
            on_after_sunset_minutes=_minutes(timetable.on_after_sunset),
            off_after_sunrise_minutes=_minutes(timetable.off_after_sunrise),
            half_night=_half_night_out(timetable.half_night),
            nights={n.evening: NightShape(on=n.on, off=n.off) for n in timetable.nights},
        )


def _half_night_out(half: HalfNight | None) -> HalfNightShape | None:
    if half is None:
        return None
    return HalfNightShape(
        summer_months=list(half.summer_months),
        summer_from=half.summer_from,
        winter_from=half.winter_from,
        back_before_off_minutes=None if half.back_before_off is None else _minutes(half.back_before_off),
    )


class TimetableList(Answer):
    """All timetables, and the version of the lighting plan they belong to."""

    version: int
    items: list[TimetableOut]

    @classmethod
    def of(cls, plan: LightingPlan) -> Self:
        """Make it from the domain's plan."""
        return cls(version=plan.version, items=[TimetableOut.of(t) for t in plan.timetables])


class OverrideBody(Body):
    """A manual change: the lamps in `scope` are on, off or not judged from `start` until `end` (exclusive)."""

    scope: Annotated[str, Field(max_length=200, pattern=r"^(city|[a-z_]+:[^\x00-\x1f\x7f]+)$", examples=["city"])]
    action: OverrideAction
    start: Instant
    end: Instant
    reason: LongText


class OverrideOut(Answer):
    """An override with its author, and since and until (null = still) when it is believed."""

    id: str
    scope: str
    action: OverrideAction
    start: Instant
    end: Instant
    author: str
    reason: str
    recorded_at: Instant
    recorded_to: Instant | None

    @classmethod
    def of(cls, override: Override) -> Self:
        """Make it from the domain's override."""
        return cls(**{name: getattr(override, name) for name in cls.model_fields})


class OverrideList(Answer):
    """Overrides, newest first."""

    items: list[OverrideOut]
