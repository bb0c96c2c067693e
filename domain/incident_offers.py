"""What a call of the hotline may be about, as it is offered to a person."""

from dataclasses import dataclass
from datetime import datetime

from domain.device import Device


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a call may be about. `distance` in metres; `fits`: its words name what this is about."""

    id: str
    title: str
    distance: float
    fits: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered, the best first: what fits the words, then the nearest, then the newest."""

    kinds: tuple[str, ...]
    """The kinds of device that the words name; empty = none that is known."""
    categories: tuple[str, ...]
    devices: tuple[tuple[float, Device], ...] = ()
    """With their distance in metres."""
    incidents: tuple[Offer, ...] = ()
    alerts: tuple[Offer, ...] = ()

    def sure(self) -> Offer | None:
        """Return the case file that the call is about if that is plain: the only one near that fits its words."""
        fitting = [offer for offer in self.incidents if offer.fits]
        return fitting[0] if len(fitting) == 1 else None
