"""What a call of the hotline may be about, as an answer."""

from typing import Self

from api.schemas.common import Answer, Instant
from domain.incident_offers import Offer, Offers


class NearDeviceOut(Answer):
    """A device near the place; `distance` in metres. `fits`: the words name its kind."""

    id: str
    name: str
    kind: str
    distance: float
    fits: bool


class OfferOut(Answer):
    """A case file or an alert near the place; `distance` in metres. `fits`: the words name what it is about."""

    id: str
    title: str
    distance: float
    fits: bool
    since: Instant

    @classmethod
    def of(cls, found: Offer) -> Self:
        """Make it from the domain's offer."""
        return cls(**{**{n: getattr(found, n) for n in cls.model_fields}, "distance": round(found.distance, 1)})


class OffersOut(Answer):
    """What a call may be about, the best first: what fits its words, then the nearest. A person decides.

    `kinds`: what the words name; `sure`: the id of the case file that it is plainly about, if there is one.
    """

    kinds: list[str]
    devices: list[NearDeviceOut]
    incidents: list[OfferOut]
    alerts: list[OfferOut]
    sure: str | None

    @classmethod
    def of(cls, found: Offers, most: int) -> Self:
        """Make it from the domain's offers, with at most so many devices."""
        sure = found.sure()
        return cls(
            kinds=list(found.kinds),
            devices=[
                NearDeviceOut(id=d.id, name=d.name, kind=d.kind, distance=round(away, 1), fits=d.kind in found.kinds)
                for away, d in found.devices[:most]
            ],
            incidents=[OfferOut.of(offer) for offer in found.incidents],
            alerts=[OfferOut.of(offer) for offer in found.alerts],
            sure=None if sure is None else sure.id,
        )
