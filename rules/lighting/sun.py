"""Sunrise and sunset of a place by its local date. Pure; computed once per date and place."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import degrees
from typing import Final

from astral import SunDirection, refraction_at_zenith
from astral.julian import julianday, julianday_to_juliancentury
from astral.sun import SUN_APPARENT_RADIUS, eq_of_time, hour_angle, sun_declination

from domain.citytime import Place
from domain.errors import ConfigError, Problem

_YEARS_KEPT: Final = 4096
_UPPER_LIMB: Final = 90.0 + SUN_APPARENT_RADIUS
_ZENITH: Final = _UPPER_LIMB + refraction_at_zenith(_UPPER_LIMB)
_ROUNDS: Final = 3
"""The sun's place is taken at noon, then at the event found with it: the third answer moves by less than a second."""
_DAY: Final = timedelta(days=1)


@lru_cache(maxsize=_YEARS_KEPT)
def sunset(place: Place, day: date) -> datetime:
    """Return the sunset of a local date, in UTC, within a minute (upper limb, standard refraction).

    Raises:
        ConfigError: the sun does not set there on that date.
    """
    return _event(place, day, SunDirection.SETTING)


@lru_cache(maxsize=_YEARS_KEPT)
def sunrise(place: Place, day: date) -> datetime:
    """Return the sunrise of a local date, in UTC, within a minute (upper limb, standard refraction).

    Raises:
        ConfigError: the sun does not rise there on that date.
    """
    return _event(place, day, SunDirection.RISING)


def _event(place: Place, day: date, direction: SunDirection) -> datetime:
    """Return the event that belongs to the noon of `day`.

    From astral's solar positions; its own search by date fails once a year where the event passes 0:00 UTC.
    """
    noon = at = _mean_noon(place, day)
    for _ in range(_ROUNDS):
        century = julianday_to_juliancentury(julianday(at))
        try:
            angle = hour_angle(place.latitude, sun_declination(century), _ZENITH, direction)
        except ValueError as error:  # the cosine is beyond 1
            raise _no_sun(place, day, direction) from error
        at = noon - timedelta(minutes=eq_of_time(century) + 4 * degrees(angle))
    return at


def _mean_noon(place: Place, day: date) -> datetime:
    """Return the mean solar noon that falls on the local date."""
    noon = datetime.combine(day, time(12), UTC) - timedelta(minutes=4 * place.longitude)
    return noon + (day - noon.astimezone(place.tz).date()).days * _DAY


def _no_sun(place: Place, day: date, direction: SunDirection) -> ConfigError:
    where, what = f"{place.latitude}, {place.longitude}", "rise" if direction is SunDirection.RISING else "set"
    reason = f"the sun does not {what} ({where}, {day}): a timetable there needs rows for every night"
    return ConfigError([Problem("place", 0, "latitude", reason)])
