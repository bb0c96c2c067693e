"""A recording of one cabinet, a power value a minute: when its lamps were switched on and off on each day."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rules.assess.cells import amount, number
from rules.lighting.switching import LIT_POWER, Burning, burning

MINUTE: Final = "minute"
"""Counted from the midnight before the first day, whichever zone that is in."""
POWER: Final = "power_w"
USED: Final = (MINUTE, POWER)
COMPUTED: Final = ("computed_day", "computed_on_minute", "computed_off_minute", "computed_state", "note")
DAY_MINUTES: Final = 1440


def day_of(row: Mapping[str, str]) -> tuple[int, int, float | None]:
    """Return day, minute of the day, and power (W; None where it is missing) of a row.

    Raises:
        ValueError: the minute is no whole number from 0 on, or the power no number.
    """
    minute = number(MINUTE, row.get(MINUTE, ""))
    if minute is None or minute < 0 or minute != minute.to_integral_value():
        raise ValueError(f"{MINUTE}: {row.get(MINUTE, '').strip()!r} is no whole number from 0 on")
    power = amount(POWER, row.get(POWER, ""))
    day, of_day = divmod(int(minute), DAY_MINUTES)
    return day, of_day, None if power is None else float(power)


def days(rows: Iterable[Mapping[str, str]]) -> dict[int, Burning | None]:
    """Return when the lamps burnt on each day. Malformed rows say nothing; of two of a minute the later row counts."""
    samples: dict[int, dict[int, float | None]] = {}
    for row in rows:
        try:
            day, minute, power = day_of(row)
        except ValueError:
            continue
        samples.setdefault(day, {})[minute] = power
    return {day: burning(sorted(found.items(), key=lambda s: s[0])) for day, found in samples.items()}


def assess_lighting(row: Mapping[str, str], found: Mapping[int, Burning | None]) -> dict[str, str]:
    """Return the computed cells of a row: on and off minute of its day, and whether lamps burn in its minute.

    Raises:
        ValueError: as `day_of`.
    """
    day, minute, power = day_of(row)
    night = found.get(day)
    state = "unknown" if power is None else "lit" if power > LIT_POWER else "dark"
    if night is None:
        return _cells(day, "", "", state, f"never above {LIT_POWER:g} W on this day")
    notes = _uncertain(night)
    if power is None:
        notes.insert(0, "no value")
    elif state == "dark" and night.on < minute < night.off:
        state = "outage"
        notes.insert(0, "an outage, not switched off")
    return _cells(day, str(night.on), str(night.off), state, "; ".join(notes))


def columns_missing(head: Sequence[str]) -> list[str]:
    """Return which of the needed columns are not there."""
    return [name for name in USED if name not in head]


def _cells(day: int, on: str, off: str, state: str, note: str) -> dict[str, str]:
    return dict(zip(COMPUTED, (str(day + 1), on, off, state, note), strict=True))


def _uncertain(night: Burning) -> list[str]:
    """Say where missing minutes leave open when exactly the lamps were switched."""
    notes = []
    if night.dark_before != night.on - 1:
        since = "nothing is known before" if night.dark_before is None else f"dark last seen at {night.dark_before}"
        notes.append(f"on at {night.on} at the latest: {since}")
    if night.dark_after != night.off + 1:
        after = "nothing is known after" if night.dark_after is None else f"dark first seen at {night.dark_after}"
        notes.append(f"off after {night.off} at the earliest: {after}")
    return notes
