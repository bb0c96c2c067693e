"""Forecasts of the daily AQI in and out, and the warning that is proposed."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from api.schemas.common import Answer, Body, Ident, Instant
from api.schemas.lighting import Day
from api.schemas.measures import MeasureOut
from domain.device import Device
from domain.kinds.air_forecast import DAYS
from domain.measure import Measure
from rules.air.forecast import Word
from rules.standards.hj633 import HIGHEST, grade

Label = Literal["SO2", "NO2", "CO", "O3", "PM10", "PM2.5"]
Aqi = Annotated[int, Field(strict=True, ge=0, le=HIGHEST)]
Revision = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]


class ForecastDay(Body):
    """What an issue says of one day of the city's calendar."""

    day: Day
    aqi: Aqi
    primary: Annotated[list[Label], Field(max_length=6, default_factory=list)]


class ForecastBody(Body):
    """One issue of a forecaster of the register (kind `air_forecast`)."""

    device: Ident
    issued: Instant
    days: Annotated[list[ForecastDay], Field(min_length=1, max_length=len(DAYS))]
    """Different days of the eight that begin with the day of issue."""
    revision: Revision = 0
    """Higher than that of an earlier issue of the same instant, to replace it."""


class ForecastOut(Answer):
    """The newest word of one forecaster on one day."""

    day: Day
    aqi: int
    level: str
    primary: list[str]
    device: str
    issuer: str
    issued: Instant
    official: bool
    """Only official forecasts propose warnings."""
    synthetic: bool
    """Whether the forecaster is made up."""

    @classmethod
    def of(cls, word: Word, device: Device) -> Self:
        """Make it from the word and who said it."""
        return cls(
            day=word.day,
            aqi=word.said.aqi,
            level=grade(word.said.aqi).category,
            primary=[p.label for p in word.said.primary],
            device=device.id,
            issuer=device.text("issuer"),
            issued=word.issued,
            official=device.flag("official"),
            synthetic=device.synthetic,
        )


class ForecastList(Answer):
    """The newest issued word on each day, by day and forecaster; and the baseline that they must beat."""

    items: list[ForecastOut]
    baseline: MeasureOut | None
    """Persistence and diurnal climatology with their measured skill; marked so, and never a reason for a warning."""


class WarningOut(Answer):
    """The warning that the days ask for. A person issues, changes and lifts it."""

    at: Instant
    proposal: dict[str, Any]
    in_force: dict[str, Any]
    days: list[dict[str, Any]]
    reason: str
    measure: MeasureOut

    @classmethod
    def of(cls, measure: Measure) -> Self:
        """Make it from the measure of `air_warning`."""
        detail = measure.detail
        return cls(
            at=measure.at,
            proposal=detail["proposal"],
            in_force=detail["in_force"],
            days=detail["days"],
            reason=measure.reason,
            measure=MeasureOut.of(measure),
        )
