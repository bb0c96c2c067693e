"""Sunrise and sunset against the US Naval Observatory and against Jinan's own dates."""

import csv
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from domain.citytime import JINAN, Place
from domain.errors import ConfigError
from rules.lighting.sun import sunrise, sunset

FLORIDA = Place("America/New_York", 29, -81)


def test_sun_times_agree_with_the_naval_observatory_within_a_minute(shared_data: Path) -> None:
    with (shared_data / "sun" / "usno_rise_set_29N_81W_2019.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 730
    for row in rows:
        published = datetime.fromisoformat(row["utc"])
        find = sunrise if row["event"] == "rise" else sunset
        found = find(FLORIDA, published.astimezone(FLORIDA.tz).date())
        assert abs(found - published) < timedelta(seconds=60), row


@pytest.mark.parametrize(
    ("day", "rise", "fall"),
    [("2026-01-15", "07:23", "17:19"), ("2026-06-21", "04:53", "19:33"), ("2026-11-23", "06:57", "16:59")],
)
def test_sun_times_of_jinan_are_those_of_its_almanac(day: str, rise: str, fall: str) -> None:
    wanted = [datetime.fromisoformat(f"{day}T{hour}+08:00") for hour in (rise, fall)]
    found = [find(JINAN, date.fromisoformat(day)) for find in (sunrise, sunset)]
    assert all(abs(f - w) < timedelta(minutes=2) for f, w in zip(found, wanted, strict=True))


@pytest.mark.parametrize("offset", range(-11, 13))
def test_each_day_of_every_longitude_has_one_sunrise_and_one_sunset(offset: int) -> None:
    """Also where they pass 0:00 UTC, and on both sides of the date line."""
    place = Place(f"Etc/GMT{-offset:+d}", 36.65, min(179.9, max(-179.9, offset * 15.0 + 4)))
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    for day, following in pairwise(days):
        rise, fall = sunrise(place, day), sunset(place, day)
        assert rise.astimezone(place.tz).date() == fall.astimezone(place.tz).date() == day
        assert timedelta(hours=9) < fall - rise < timedelta(hours=15)
        assert abs(sunrise(place, following) - rise - timedelta(days=1)) < timedelta(minutes=2)


def test_sun_times_are_in_utc() -> None:
    assert sunset(JINAN, date(2026, 1, 1)).utcoffset() == sunrise(JINAN, date(2026, 1, 1)).utcoffset() == timedelta(0)


def test_a_place_without_night_or_day_needs_a_timetable() -> None:
    polar = Place("Europe/Oslo", 70, 25)
    with pytest.raises(ConfigError, match="a timetable there needs rows"):
        sunset(polar, date(2026, 6, 21))
    with pytest.raises(ConfigError, match="70, 25, 2026-12-21"):
        sunrise(polar, date(2026, 12, 21))
