"""The city's calendar: local days and evening dates of an instant. Pure; the zone is an argument."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Place:
    """Where the city is: IANA zone name and WGS-84 position (for sunrise and sunset)."""

    zone: str = "Asia/Shanghai"
    latitude: float = 36.65
    longitude: float = 117.12

    @property
    def tz(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)


JINAN = Place()


def local_noon(day: date, tz: ZoneInfo) -> datetime:
    """Return 12:00 local time of `day` as an instant in UTC."""
    return datetime.combine(day, time(12), tz).astimezone(UTC)


def evening_date(instant: datetime, tz: ZoneInfo) -> date:
    """Return the date that a night is booked under: nights run from local noon to local noon."""
    local = instant.astimezone(tz)
    return local.date() if local.time() >= time(12) else local.date() - timedelta(days=1)


def month_bounds(year: int, month: int, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of a local month and that of the next one, in UTC."""
    first = datetime(year, month, 1, tzinfo=tz)
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=tz)
    return first.astimezone(UTC), following.astimezone(UTC)
