"""Settings of the archive and of how long readings are kept, and how they have to agree with one another."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from app.section import Section
from domain.retention import RetentionPolicy


class ArchiveSettings(Section):
    """Decoded readings as Parquet files by kind and day: summaries and `quanyan recompute` are made of them."""

    enabled: bool = True
    folder: Path = Path("archive")
    flush_s: float = Field(default=300, ge=1, le=3600)
    flush_readings: int = Field(default=100_000, ge=1000, le=1_000_000)
    keep_days: int = Field(default=0, ge=0)
    """0 = keep for ever."""


class HistorySettings(Section):
    """The measures of closed periods in the operational database, and their revisions."""

    keep_days: int = Field(default=0, ge=0)
    """0 = keep for ever."""
    max_records: int = Field(default=50_000_000, ge=1000)
    calm_s: float = Field(default=600, ge=0, le=86400)
    """City time after a late reading before the closed periods that it touches are looked at again."""


class RetentionSettings(Section):
    """For how long the telemetry store keeps readings, by event time: raw, by the hour, by the day. 0 = for ever."""

    enabled: bool = True
    """False = nothing is summarised and nothing goes."""
    raw_days: int = Field(default=430, ge=0, le=100_000)
    hour_days: int = Field(default=1830, ge=0, le=100_000)
    day_days: int = Field(default=7300, ge=0, le=100_000)
    every_s: float = Field(default=3600, ge=1, le=86400)
    """Seconds of the wall between two runs."""

    @property
    def policy(self) -> RetentionPolicy:
        """The same for the rules; switched off, everything is kept."""
        if not self.enabled:
            return RetentionPolicy()
        ages = (timedelta(days=days) if days else None for days in (self.raw_days, self.hour_days, self.day_days))
        return RetentionPolicy(*ages)


def clashes(
    kept: RetentionSettings, archive: ArchiveSettings, past_days: float, bucket_days: int
) -> Iterator[tuple[str, str]]:
    """Yield settings that do not agree, each with why.

    `past_days`: how old a reading may be that is let in; `bucket_days`: the retention of InfluxDB's bucket.
    """
    if not kept.enabled:
        return
    if not archive.enabled:
        yield "retention.enabled", "summaries are made of the archive, and archive.enabled is false; switch both off"
    if 0 < kept.raw_days <= past_days:
        why = f"must be above ingest.max_past_days ({past_days:g}): what is let in must not be too old to be kept"
        yield "retention.raw_days", why
    if 0 < kept.hour_days < (kept.raw_days or kept.hour_days + 1):
        yield "retention.hour_days", f"must not be below retention.raw_days ({kept.raw_days}; 0 = for ever)"
    if 0 < kept.day_days < (kept.hour_days or kept.day_days + 1):
        yield "retention.day_days", f"must not be below retention.hour_days ({kept.hour_days}; 0 = for ever)"
    least = max(past_days, kept.raw_days)
    if 0 < archive.keep_days <= least:
        why = f"must be above {least:g} (retention.raw_days and ingest.max_past_days): late readings change summaries"
        yield "archive.keep_days", why
    longest = max(kept.raw_days, kept.hour_days, kept.day_days) if _bounded(kept) else 0
    if bucket_days and (not longest or bucket_days < longest):
        why = "the bucket would drop what [retention] keeps, summaries too; 0, as [retention] removes what is too old"
        yield "telemetry.retention_days", why


def _bounded(kept: RetentionSettings) -> bool:
    return all((kept.raw_days, kept.hour_days, kept.day_days))
