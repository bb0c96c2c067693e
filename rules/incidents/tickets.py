"""What a call may be about: case files and alerts near its place that fit its words. Offered; a person decides.

Near is as for devices (`rules.incidents.nearby`). An alert is near when a device near the place stands in what the
alert is about: the lamp itself, its supply point, its road. What cannot be placed is never offered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.alert import Alert
from domain.device import Device
from domain.incident import Incident
from domain.incident_offers import Offer, Offers
from rules.alerts.places import scope_of
from rules.incidents.nearby import RADIUS_M, distance_m, near_devices
from rules.incidents.wording import Wording, meant

_SCOPES: Final = ("supply_point", "gateway", "road", "section", "station", "lot", "bay", "spring", "underpass", "site")
WINDOW: Final = timedelta(days=7)
"""A case file that was opened longer ago is another matter (our choice)."""
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call: its words, and the place (WGS-84), if it has one."""

    text: str
    lon: float | None
    lat: float | None
    at: datetime


def offers(
    call: Call,
    devices: Iterable[Device],
    cases: Iterable[Incident],
    alerts: Iterable[Alert],
    wordings: Sequence[Wording],
) -> Offers:
    """Return what a call may be about, among devices in service, open case files and open alerts."""
    matters = meant(call.text, wordings)
    kinds = tuple(dict.fromkeys(kind for matter in matters for kind in matter.kinds))
    categories = tuple(dict.fromkeys(matter.category for matter in matters))
    if call.lon is None or call.lat is None:
        return Offers(kinds, categories)
    found = near_devices(devices, call.lon, call.lat)
    around = _Around(call.lon, call.lat, call.at, _scopes(found), tuple(matters), frozenset(kinds), wordings)
    near = sorted(found, key=lambda entry: (bool(kinds) and entry[1].kind not in kinds, entry[0], entry[1].id))
    files = [offer for case in cases if (offer := around.case(case)) is not None]
    raised = [offer for alert in alerts if (offer := around.alert(alert)) is not None]
    return Offers(kinds, categories, tuple(near), _best(files), _best(raised))


@dataclass(frozen=True, slots=True)
class _Around:
    """The place of a call, what stands there, and what its words name."""

    lon: float
    lat: float
    at: datetime
    scopes: Mapping[str, tuple[float, set[str]]]
    matters: tuple[Wording, ...]
    kinds: frozenset[str]
    wordings: Sequence[Wording]

    def case(self, case: Incident) -> Offer | None:
        """Return a case file as an offer, or None when it is not near, or long ago."""
        if self.at - case.opened_at > WINDOW:
            return None
        about = [self.scopes[case.subject]] if case.subject in self.scopes else []
        ways = [away for away, _ in about]
        if case.lon is not None and case.lat is not None:
            ways.append(distance_m(self.lon, self.lat, case.lon, case.lat))
        away = min(ways, default=None)
        if away is None or away > RADIUS_M:
            return None
        named = case.category in {m.category for m in self.matters} or self._same_words(case)
        fits = named or any(not there.isdisjoint(self.kinds) for _, there in about)
        return Offer(case.id, case.title, away, fits, case.opened_at)

    def alert(self, alert: Alert) -> Offer | None:
        """Return an alert as an offer, or None when nothing near stands in what it is about."""
        found = self.scopes.get(alert.subject)
        if found is None:
            return None
        away, there = found
        return Offer(alert.id, f"{alert.title} {alert.name}", away, not there.isdisjoint(self.kinds), alert.since)

    def _same_words(self, case: Incident) -> bool:
        """Whether the words of a case file, as those of another call, name the same matter."""
        return any(matter in self.matters for matter in meant(f"{case.title} {case.text}", self.wordings))


def _scopes(found: Sequence[tuple[float, Device]]) -> dict[str, tuple[float, set[str]]]:
    """Return the subjects that near devices stand in: how far the nearest is, and of which kinds they are."""
    scopes: dict[str, tuple[float, set[str]]] = {}
    for away, device in found:
        for scope in (f"device:{device.id}", *filter(None, (scope_of(device, kind) for kind in _SCOPES))):
            known = scopes.setdefault(scope, (away, set()))
            known[1].add(device.kind)
    return scopes


def _best(found: Sequence[Offer]) -> tuple[Offer, ...]:
    return tuple(sorted(found, key=lambda o: (not o.fits, o.distance, -o.since.timestamp(), o.id))[:MOST])
