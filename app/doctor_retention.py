"""What `quanyan doctor` says of how long readings are kept."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from app.clock import wall_now
from app.doctor_finding import Finding, Level
from app.settings import Settings

_BEHIND: Final = timedelta(days=3)
"""A day that is over for so long and not summarised is told of."""


def look(settings: Settings) -> Iterator[Finding]:
    """Yield what is kept for how long, and whether summaries keep up. Raises `OSError`."""
    kept = settings.retention
    if not kept.enabled:
        mend = "set retention.enabled, or see to the room yourself"
        yield Finding("retention", Level.WARN, "switched off: readings pile up for ever", mend)
        return
    from store.archive import ParquetArchive  # late: pyarrow is large

    days = (("raw", kept.raw_days), ("hours", kept.hour_days), ("days", kept.day_days))
    said = ", ".join(f"{name} {count} days" if count else f"{name} for ever" for name, count in days)
    waiting = ParquetArchive(settings.under_data(settings.archive.folder)).due.waiting()
    oldest = min((day for _, day in waiting), default=None)
    if oldest is not None and wall_now().date() - oldest > _BEHIND:
        mend = "is the service up, and its log free of retention_waits? `quanyan retention run` catches up"
        yield Finding("retention", Level.WARN, f"{said}; nothing is summarised since {oldest}", mend)
    else:
        yield Finding("retention", Level.OK, said)
