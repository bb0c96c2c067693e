"""A timetable as plain JSON and back. Durations in seconds, local times and dates in ISO 8601."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from domain.lighting import HalfNight, NightTimes, Timetable


def to_json(timetable: Timetable) -> dict[str, Any]:
    """Return the timetable as plain JSON; its id is kept beside the document, not in it."""
    return {
        "title": timetable.title,
        "on_after_sunset": timetable.on_after_sunset.total_seconds(),
        "off_after_sunrise": timetable.off_after_sunrise.total_seconds(),
        "half_night": _half_night_to_json(timetable.half_night),
        "nights": [[n.evening.isoformat(), n.on.isoformat(), n.off.isoformat()] for n in timetable.nights],
    }


def from_json(ident: str, document: Mapping[str, Any]) -> Timetable:
    """Return the timetable that `to_json` wrote."""
    return Timetable(
        ident,
        document["title"],
        timedelta(seconds=document["on_after_sunset"]),
        timedelta(seconds=document["off_after_sunrise"]),
        _half_night_from_json(document["half_night"]),
        tuple(
            NightTimes(date.fromisoformat(evening), time.fromisoformat(on), time.fromisoformat(off))
            for evening, on, off in document["nights"]
        ),
    )


def _half_night_to_json(half_night: HalfNight | None) -> dict[str, Any] | None:
    if half_night is None:
        return None
    back = half_night.back_before_off
    return {
        "summer_months": list(half_night.summer_months),
        "summer_from": half_night.summer_from.isoformat(),
        "winter_from": half_night.winter_from.isoformat(),
        "back_before_off": None if back is None else back.total_seconds(),
    }


def _half_night_from_json(document: Mapping[str, Any] | None) -> HalfNight | None:
    if document is None:
        return None
    back = document["back_before_off"]
    return HalfNight(
        tuple(document["summer_months"]),
        time.fromisoformat(document["summer_from"]),
        time.fromisoformat(document["winter_from"]),
        None if back is None else timedelta(seconds=back),
    )
