"""Settings of how long alerts that are over are kept."""

from datetime import timedelta

from pydantic import Field, field_validator

from app.section import Section
from rules.alarm_quality.spans import LONGEST


class AlertSettings(Section):
    """How long and how much is kept of alerts that are over and stand in no case file; of dead letters, too."""

    keep_days: int = Field(default=1095, ge=0, le=100_000)
    """By the last change, city time; dead letters by the wall clock. 0 = nothing goes for its age."""
    max_changes: int = Field(default=10_000_000, ge=1000)
    """Changes of all alerts; while there are more, those that closed first go."""

    @field_validator("keep_days")
    @classmethod
    def _spans_a_report(cls, days: int) -> int:
        if 0 < days <= LONGEST.days:
            raise ValueError(
                f"must be 0 (for ever) or above {LONGEST.days}: so far back a report of alarm quality goes"
            )
        return days

    @property
    def keep(self) -> timedelta | None:
        """The same for what lets go of them; None = for ever."""
        return timedelta(days=self.keep_days) if self.keep_days else None
