"""Where things stand: the scopes that a device, a scope, a gateway or a whole feed lies in, and who is in a scope.

One lookup of the register serves as the tree of inhibition (feed, gateway, supply point, lamp), for grouping, and to
say who is responsible and what people call it. Built when it is first asked for, anew when the register changes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.measure import Target
from domain.ports import IndicatorInfo
from domain.register import Register
from domain.scope_names import scope_name

CITY: Final = "city"
DEVICE: Final = "device"
GATEWAY: Final = "gateway"
FEED: Final = "feed"
SUPPLY_POINT: Final = "supply_point"
TARGET: Final = "target"
_COLUMNS: Final = {"district": "district", "management_area": "management_area", "unit": "responsible_unit"}
_OWN: Final[Mapping[str, frozenset[str]]] = {
    "section": frozenset({"river_section"}),
    "station": frozenset({"air_station"}),
    "bay": frozenset({"parking_bay"}),
    "lot": frozenset({"parking_lot"}),
    "spring": frozenset({"spring_gauge"}),
    "underpass": frozenset({"water_level"}),
    "site": frozenset({"construction_site"}),
}
"""Scopes that are one device of a kind; its id is theirs. Where the device has an attribute of that name, it wins."""
LEVELS: Final = ("district", "feed", "gateway", "supply_point", "road", "section", "station", "lot", "bay", "spring")
"""The scopes that a device is looked up in, from the widest down."""
_ABOVE: Final[Mapping[str, tuple[str, ...]]] = {
    "district": (),
    "supply_point": ("district", "feed", "gateway"),
    "bay": ("district", "feed", "road", "lot"),
}
"""The scopes that a scope lies in as a whole; of the others only the district and the feed are sure."""


class Place(NamedTuple):
    """What is known of a subject. `within` are the scopes it lies in, itself included, from the widest down."""

    subject: str
    name: str
    """What people call it, Chinese; its id where nobody has given it a name."""
    unit: str
    district: str
    synthetic: bool
    within: tuple[str, ...]
    device: Device | None
    """The device itself, or one that stands for the scope; None when the register has none."""


def scope_id(device: Device, kind: str) -> str:
    """Return the id of the scope of a kind that a device lies in, or nothing when it lies in none."""
    if kind == FEED:
        return device.kind
    if kind in _COLUMNS:
        return str(getattr(device, _COLUMNS[kind]))
    attribute = device.attributes.get(kind)
    if attribute and isinstance(attribute, str):
        return attribute
    return device.id if kind in _OWN and device.kind in _OWN[kind] else ""


def scope_of(device: Device, kind: str) -> str:
    """Return the scope of a kind that a device lies in, as in `road:经十路`; nothing when it lies in none."""
    if kind == CITY:
        return CITY
    ident = scope_id(device, kind)
    return f"{kind}:{ident}" if ident else ""


class Places:
    """The places of one register at one instant."""

    def __init__(
        self, register: Register, now: datetime, targets: Sequence[Target] = (), catalogue: Sequence[IndicatorInfo] = ()
    ) -> None:
        """Look nothing up yet. `targets` and `catalogue` say what the plan asks, and how what it asks for is called."""
        self._targets = {target.id: target for target in targets}
        self._titles = {info.name: info.title for info in catalogue}
        self._register = register
        self.now = now
        self._known: dict[str, Place] = {}
        self._members: dict[tuple[str, str], dict[str, list[Device]]] = {}
        self._samples: dict[str, dict[str, Device]] = {}

    def device(self, device_id: str) -> Device | None:
        """Return a device as it is now."""
        return self._register.at(device_id, self.now)

    def of(self, subject: str) -> Place:
        """Return what is known of `device:…`, a scope, `gateway:…`, `feed:…` or `city`."""
        found = self._known.get(subject)
        if found is None:
            found = self._known[subject] = self._look_up(subject)
        return found

    def group(self, subject: str, kind: str) -> str:
        """Return the scope of a kind that a subject lies in; the subject itself when it lies in none."""
        if kind == "subject":
            return subject
        if kind == CITY:
            return CITY
        device = self.of(subject).device
        return (scope_of(device, kind) if device is not None else "") or subject

    def members(self, kind: str, scope_kind: str) -> Mapping[str, Sequence[Device]]:
        """Return the devices in service of a kind by the scope they lie in, by id."""
        found = self._members.get((kind, scope_kind))
        if found is None:
            found = self._members[kind, scope_kind] = {}
            for device in self._register.devices(self.now, kind):
                scope = scope_of(device, scope_kind)
                if scope and device.state is AssetState.IN_SERVICE:
                    found.setdefault(scope, []).append(device)
        return found

    def _look_up(self, subject: str) -> Place:
        kind, _, ident = subject.partition(":")
        device = self.device(ident) if kind == DEVICE else self._sample(kind, subject)
        if device is None or subject == CITY:
            name = self._name(subject, None)
            return Place(subject, name, "", "", synthetic=False, within=(CITY, subject), device=device)
        own = LEVELS if kind == DEVICE else _ABOVE.get(kind, ("district", "feed"))
        within = dict.fromkeys([CITY, *filter(None, (scope_of(device, level) for level in own)), subject])
        name, unit, district = self._name(subject, device), device.responsible_unit, device.district
        return Place(subject, name, unit, district, synthetic=device.synthetic, within=tuple(within), device=device)

    def _name(self, subject: str, device: Device | None) -> str:
        """Return what people call a subject. `device` is the one that stands for it."""
        kind, _, ident = subject.partition(":")
        if device is not None and device.id == ident:
            return device.name
        if kind == TARGET and ident in self._targets:
            return self._item(self._targets[ident])
        if kind == FEED and ident in KINDS:
            return KINDS[ident].title
        if kind == SUPPLY_POINT and len(cabinets := self.members("lighting_cabinet", kind).get(subject, ())) == 1:
            return cabinets[0].name  # whoever drives there looks for the cabinet
        known = scope_name(subject)
        return ident if known is None else known[0]

    def _item(self, target: Target) -> str:
        """Return a target of the plan in the words of its document, with what of it is measured and where."""
        where = "" if target.scope == CITY else f"{self.of(target.scope).name}，"
        what = self._titles.get(target.indicator or "", target.indicator or "")
        return f"第{target.item}条“{target.wording}”（{where}{what}）"

    def _sample(self, kind: str, subject: str) -> Device | None:
        """Return one device of a scope: of the district that most of its devices are in, the first by id.

        So a road over two districts belongs to the one in which most of it lies, and the answer depends on no order.
        """
        found = self._samples.get(kind)
        if found is None:
            parts: dict[str, dict[str, list[Device]]] = {}
            for device in self._register.devices(self.now):
                scope = scope_of(device, kind)
                if scope:
                    parts.setdefault(scope, {}).setdefault(device.district, []).append(device)
            found = self._samples[kind] = {scope: _standing_for(by) for scope, by in parts.items()}
        return found.get(subject)


def _standing_for(districts: Mapping[str, Sequence[Device]]) -> Device:
    most = min(districts, key=lambda district: (-len(districts[district]), district))
    return min(districts[most], key=lambda device: device.id)
