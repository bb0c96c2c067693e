"""Cabinets and dark lamps as they stand now."""

from datetime import datetime, timedelta
from typing import Any, Self

from api.schemas.common import Answer, Instant
from domain.alert import Alert, AlertState
from domain.device import Device
from domain.explanation import Input
from domain.measure import Measure
from domain.reading import Reading
from rules.lighting.cabinet_state import CabinetState


class SwitchingOut(Answer):
    """One switching of the last closed night: when it was planned, and when it was, by the power of the cabinet.

    `seconds`: the least deviation that the samples allow, below zero too early; null (with `at`): not known.
    """

    planned: Instant
    at: Instant | None
    seconds: int | None

    @classmethod
    def of(cls, planned: str | None, seconds: int | None) -> Self | None:
        """Make it from what the deviation's explanation says; None when it was not to be switched."""
        if planned is None:
            return None
        instant = datetime.fromisoformat(planned)
        at = None if seconds is None else instant + timedelta(seconds=seconds)
        return cls(planned=instant, at=at, seconds=seconds)


class LampsBehindOut(Answer):
    """The functional lamps in service that a cabinet feeds, and those of them that are to be on now."""

    total: int
    expected: int
    lit: int
    dark: int
    unknown: int

    @classmethod
    def of(cls, measure: Measure | None) -> Self | None:
        """Make it from the light-on rate of the supply point; None when it has no lamp."""
        if measure is None:
            return None
        detail = measure.detail
        total = sum(int(detail["scheduled"][name]) for name in ("on", "off", "no_judgement"))
        return cls(
            total=total,
            expected=int(measure.denominator),
            lit=int(measure.numerator),
            dark=int(detail["dark"]),
            unknown=int(measure.unknown),
        )


class CabinetOut(Answer):
    """A cabinet in service: how it stands now, how it was switched in the last closed night, and its lamps.

    `seen_at`: its newest report. `switching_reason`: why a switching is not known or not judged, else empty.
    """

    id: str
    name: str
    district: str
    road: str
    supply_point: str
    state: CabinetState
    door_open: bool | None
    power: float | None
    seen_at: Instant | None
    on: SwitchingOut | None
    off: SwitchingOut | None
    switching_reason: str
    lamps: LampsBehindOut | None

    @classmethod
    def of(
        cls, cabinet: Device, state: CabinetState, said: Reading | None, night: Input | None, lamps: Measure | None
    ) -> Self:
        """Make it from the register, its newest reading, its night and the light-on rate of its supply point."""
        values: Any = {} if said is None else said.values
        says: Any = {} if night is None else night.says
        return cls(
            id=cabinet.id,
            name=cabinet.name,
            district=cabinet.district,
            road=cabinet.text("road"),
            supply_point=cabinet.text("supply_point"),
            state=state,
            door_open=values.get("door_open"),
            power=values.get("power"),
            seen_at=None if said is None else said.at,
            on=SwitchingOut.of(says.get("planned_on"), says.get("on_s")),
            off=SwitchingOut.of(says.get("planned_off"), says.get("off_s")),
            switching_reason="" if night is None else night.why,
            lamps=LampsBehindOut.of(lamps),
        )


class CabinetList(Answer):
    """One page of cabinets, those in trouble first; `states` counts all of them."""

    states: dict[CabinetState, int]
    items: list[CabinetOut]


class AlertRefOut(Answer):
    """The open alert that a dark lamp belongs to: its own, or the one of its circuit, which explains it."""

    id: str
    title: str
    since: Instant
    state: AlertState
    own: bool
    incident: str | None
    """The case file that is about it."""

    @classmethod
    def of(cls, alert: Alert, incident: str | None, *, own: bool) -> Self:
        """Make it from the alert and its case file."""
        return cls(id=alert.id, title=alert.title, since=alert.since, state=alert.state, own=own, incident=incident)


class DarkLampOut(Answer):
    """A lamp that should be lit and is known to be dark by its newest report (`seen_at`; `power` W, `current` A).

    `since` is that of the alert: the first dark report of its own, or the fault of its circuit. Null: no alert yet.
    """

    id: str
    name: str
    district: str
    road: str
    supply_point: str
    seen_at: Instant
    power: float | None
    current: float | None
    cabinet: CabinetState | None
    since: Instant | None
    alert: AlertRefOut | None

    @classmethod
    def of(cls, lamp: Device, said: Reading, cabinet: CabinetState | None, alert: AlertRefOut | None) -> Self:
        """Make it from the register, the report that shows it dark, its cabinet and its alert."""
        values: Any = said.values
        return cls(
            id=lamp.id,
            name=lamp.name,
            district=lamp.district,
            road=lamp.text("road"),
            supply_point=lamp.text("supply_point"),
            seen_at=said.at,
            power=values.get("power"),
            current=values.get("current"),
            cabinet=cabinet,
            since=None if alert is None else alert.since,
            alert=alert,
        )


class DarkLampList(Answer):
    """One page of dark lamps by id; `total` is how many there are now."""

    total: int
    items: list[DarkLampOut]
