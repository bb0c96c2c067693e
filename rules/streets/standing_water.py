"""What a depth says about a road: whether water stands on it, and which of the site's own lines it has reached.

No source gives depths at which Jinan warns or closes, so a site without lines in the register has none.
"""

from collections.abc import Iterator
from typing import Any, Final

from domain.device import Device
from domain.scope import CITY, Scope, ScopeKind
from rules.watch.board import stated

STANDS_FROM_CM: Final = 2.0
"""Depth from which water stands, where the register says nothing (our choice: less is a wet road)."""


def scopes_of(device: Device) -> Iterator[Scope]:
    """Yield the scopes of a point on a street."""
    yield CITY
    yield Scope(ScopeKind.DISTRICT, device.district)
    for kind, attribute in (
        (ScopeKind.ROAD_CLASS, "road_class"),
        (ScopeKind.ROAD, "road"),
        (ScopeKind.UNDERPASS, "underpass"),
    ):
        if device.text(attribute):
            yield Scope(kind, device.text(attribute))


def stands(device: Device, depth: float) -> bool:
    """Return whether water of this depth (cm) stands on the road."""
    stated_depth = stated(device, "standing_depth")
    return depth >= (STANDS_FROM_CM if stated_depth is None else stated_depth)


def depth_view(device: Device, depth: float) -> dict[str, Any]:
    """Return a depth with the site's lines, as plain JSON."""
    warn, close = stated(device, "warn_depth"), stated(device, "close_depth")
    reached = (
        "close" if close is not None and depth >= close else "warn" if warn is not None and depth >= warn else None
    )
    return {
        "underpass": device.text("underpass") or None,
        "road": device.text("road") or None,
        "depth_cm": depth,
        "standing": stands(device, depth),
        "reached": reached,
        "warn_depth_cm": warn,
        "close_depth_cm": close,
        "lines_synthetic": device.flag("lines_synthetic"),
    }
