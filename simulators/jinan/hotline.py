"""The citizens' hotline 12345, made up: its device in the register, and the rows of its daily table.

Some 20,000 items a day, 30,000 at the peak (press of 2018); the rates are guesses, the real ones were not found.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.device import Device
from simulators.noise import key_of, spread

HOTLINE: Final = Device(
    id="hotline-12345",
    kind="hotline_daily",
    name="12345市民服务热线日报",
    district="370100",
    management_area="370100",
    responsible_unit="济南市政府办公厅",
    synthetic=True,
)
_WEEKEND: Final = {6, 7}
COLUMNS: Final = (
    *("device", "at", "calls", "connected", "reply_due", "replied"),
    *("closure_due", "closed", "surveyed", "satisfied"),
)


def daily_rows(first: date, days: int, seed: int, tz: ZoneInfo) -> Iterator[Mapping[str, str]]:
    """Yield the rows of the table for so many days; `at` is the day's last minute."""
    for n in range(days):
        day = first + timedelta(days=n)
        key = key_of(seed, "hotline", day)
        calls = round(spread(key, 0, 17_000, 26_000) * (0.8 if day.isoweekday() in _WEEKEND else 1.0))
        due = round(calls * spread(key, 1, 0.55, 0.65))
        surveyed = round(due * spread(key, 2, 0.25, 0.35))
        counts = (
            *(calls, round(calls * spread(key, 3, 0.965, 0.995)), due, round(due * spread(key, 4, 0.985, 1.0))),
            *(due, round(due * spread(key, 5, 0.95, 0.99)), surveyed, round(surveyed * spread(key, 6, 0.9, 0.97))),
        )
        at = datetime.combine(day, time(23, 59), tz).isoformat()
        yield dict(zip(COLUMNS, (HOTLINE.id, at, *map(str, counts)), strict=True))
