"""Sunrise and sunset of a place by its local date. Pure; computed once per date and place."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from astral import Observer
from astral import sun as astral_sun

from domain.citytime import Place
from domain.errors import ConfigError, Problem

_YEARS_KEPT: Final = 4096


@lru_cache(maxsize=_YEARS_KEPT)
def sunset(place: Place, day: date) -> datetime:
    """Return the sunset of a local date, in UTC, within a minute (upper limb, standard refraction).

    Raises:
        ConfigError: the sun does not set there on that date.
    """
    try:
        return astral_sun.sunset(_observer(place), day, place.tz).astimezone(UTC)
    except ValueError as error:
        raise _no_sun(place, day, error) from error


@lru_cache(maxsize=_YEARS_KEPT)
def sunrise(place: Place, day: date) -> datetime:
    """Return the sunrise of a local date, in UTC, within a minute (upper limb, standard refraction).

    Raises:
        ConfigError: the sun does not rise there on that date.
    """
    try:
        return astral_sun.sunrise(_observer(place), day, place.tz).astimezone(UTC)
    except ValueError as error:
        raise _no_sun(place, day, error) from error


def _observer(place: Place) -> Observer:
    return Observer(place.latitude, place.longitude)


def _no_sun(place: Place, day: date, error: ValueError) -> ConfigError:
    where = f"{place.latitude}, {place.longitude}"
    reason = f"{error} ({where}, {day}): a timetable there needs rows for every night"
    return ConfigError([Problem("place", 0, "latitude", reason)])
