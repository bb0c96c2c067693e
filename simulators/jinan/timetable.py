"""The timetable of Jinan's functional lighting, as far as it is known."""

from typing import Final

from domain.lighting import HalfNight, Timetable

TIMETABLE: Final = Timetable("jinan", "济南市功能照明时间表（含半夜灯）", half_night=HalfNight())
"""Sunset + 8 min to sunrise - 16 min (offsets seen in the press of 2014 and 2022); alternate lamps pause late at night
as the city announced in 2012. A service that judges a fleet must hold the same timetable as the fleet."""
