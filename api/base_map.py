"""What the page's map is drawn on. Apart from the services: the settings name it, and every command reads those."""

from dataclasses import dataclass, field

from domain.datum import Datum


@dataclass(frozen=True, slots=True)
class BaseMap:
    """What is drawn below the page's own map: nothing, or tiles by filled templates (`{z}`, `{x}`, `{y}`)."""

    tiles: tuple[str, ...] = field(default=(), repr=False)
    """They hold the host's key."""
    origins: tuple[str, ...] = ()
    """Where they come from: what the page's policy is opened for."""
    attribution: str = ""
    coordinates: Datum = Datum.WGS84
    max_zoom: int = 18
