"""What a level says about a spring: which official line it is below, and whether the spring runs.

Lines and sill stand in the register. 趵突泉 (in force since 2006): 28.15 yellow, 28.00 orange, 27.60 m red, and yellow
begins the plan of level Ⅲ. Lines are crossed downwards: a level equal to a line has not crossed it.
"""

from typing import Any, Final

from domain.device import Device
from domain.reading import Reading
from rules.standards.water_evaluation import exactly
from rules.watch.board import number, stated

COLOURS: Final = ("red", "orange", "yellow")
"""From the lowest line to the highest."""
WORDS: Final = {"red": "红色", "orange": "橙色", "yellow": "黄色"}
CLEARS_ABOVE: Final = 0.05
"""Metres above its line at which a warning may end (our choice; the starter rule of spring levels)."""


def lines_of(device: Device) -> dict[str, float]:
    """Return the lines that a spring has, m, by colour."""
    found = {colour: stated(device, f"line_{colour}") for colour in COLOURS}
    return {colour: line for colour, line in found.items() if line is not None}


def crossed(device: Device, level: float) -> str | None:
    """Return the colour of the lowest line that a level (m) is below; None if it is below none."""
    lines = lines_of(device)
    return next((colour for colour in COLOURS if colour in lines and exactly(level) < exactly(lines[colour])), None)


def flows(device: Device, reading: Reading) -> tuple[bool | None, str]:
    """Return whether a spring runs by one reading; None and why when it does not tell."""
    return flows_by(device, number(reading, "level"), number(reading, "flow"))


def flows_by(device: Device, level: float | None, flow: float | None) -> tuple[bool | None, str]:
    """Return whether a spring runs at a level (m) and measured flow (m³/s); None and why when they do not tell.

    A measured flow decides; without one, a level above the sill (our choice: the level at which a spring stops is no
    fixed number; 趵突泉 with a sill of 26.80 m stopped at 26.98 m in 1976).
    """
    if flow is not None:
        return flow > 0, ""
    sill = stated(device, "sill")
    if level is None:
        return None, "no_value"
    if sill is None:
        return None, "no_sill"
    return exactly(level) > exactly(sill), ""


def level_view(device: Device, level: float) -> dict[str, Any]:
    """Return a level with its lines, as plain JSON."""
    lines, colour = lines_of(device), crossed(device, level)
    return {
        "spring": device.text("spring"),
        "level": level,
        "lines": lines,
        "below": colour,
        "below_zh": None if colour is None else WORDS[colour],
        "clears_at": None if colour is None else float(exactly(lines[colour]) + exactly(CLEARS_ABOVE)),
        "sill": stated(device, "sill"),
    }
