"""What the person on shift works through at night: cabinets, those in trouble first, and lamps that are dark."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, bad_cursor, decode, next_link
from api.guard import READ, GuardedRoute
from api.problems import documented
from api.replies import reply
from api.schemas.lighting_state import AlertRefOut, CabinetList, CabinetOut, DarkLampList, DarkLampOut
from api.services import Services, Use
from domain.alert import Alert
from domain.alert_ports import AlertFilter
from domain.device import AssetState, Device
from domain.errors import NotFound
from domain.explanation import Input
from domain.measure import Measure
from domain.ports import IncidentFilter
from domain.scope import Scope, ScopeKind
from rules.alerts.condition import Grader
from rules.lighting.cabinet_state import ORDER, CabinetState, cabinet_state

router = APIRouter(prefix="/api/v1/lighting", tags=["lighting"], route_class=GuardedRoute)

T = TypeVar("T")
_CABINET: Final = "lighting_cabinet"
_LAMP: Final = "streetlight"
_DARK: Final = "d"
"""The sign of a lamp that should be lit and is dark (`rules.signs`)."""
_ALERTS: Final = 5000
"""So many of the newest open alerts are looked at for the lamps of a page."""


class CabinetQuery(BaseModel):
    """Which cabinets: all in service, or only those in trouble."""

    trouble: bool = False
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("/cabinets", dependencies=[READ], response_model=CabinetList, responses=documented())
def list_cabinets(request: Request, services: Use, query: Annotated[CabinetQuery, Query()]) -> Response:
    """List cabinets with their state now, their switching in the last closed night, and the lamps behind them."""
    states = _states(services)
    ranked = sorted(
        (f"{ORDER.index(state)} {device.id}", device, state)
        for device, state in states
        if state.trouble or not query.trouble
    )
    last = decode(query.cursor) if query.cursor else ""
    if last and last[0] not in "".join(map(str, range(len(ORDER)))):
        raise bad_cursor()
    left = [row for row in ranked if row[0] > last]
    page = left[: query.limit]
    headers = next_link(request, page[-1][0]) if len(left) > query.limit else {}
    counts = Counter(state for _, state in states)
    items = [_cabinet(services, device, state) for _, device, state in page]
    answer = CabinetList(states={state: counts[state] for state in ORDER}, items=items)
    return reply(request, answer, headers=headers)


def _states(services: Services) -> Sequence[tuple[Device, CabinetState]]:
    now = services.clock.now()
    known = services.live.register().devices(now, _CABINET)
    return [
        (each, cabinet_state(services.live.latest(each.id), now))
        for each in known
        if each.state is AssetState.IN_SERVICE
    ]


def _cabinet(services: Services, cabinet: Device, state: CabinetState) -> CabinetOut:
    scope = Scope(ScopeKind.SUPPLY_POINT, cabinet.text("supply_point"))
    night = _there(lambda: services.live.explain("switch_time_deviation", scope)) if scope.id else None
    own: Input | None = None if night is None else next((i for i in night.inputs if i.device == cabinet.id), None)
    lamps: Measure | None = _there(lambda: services.live.measure("light_on_rate", scope)) if scope.id else None
    return CabinetOut.of(cabinet, state, services.live.latest(cabinet.id), own, lamps)


def _there(ask: Callable[[], T]) -> T | None:
    """What a scope has to say; None when it has no device that the indicator is for."""
    try:
        return ask()
    except NotFound:
        return None


class DarkQuery(BaseModel):
    """How many dark lamps, and where to go on."""

    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("/dark-lamps", dependencies=[READ], response_model=DarkLampList, responses=documented(503))
def list_dark_lamps(request: Request, services: Use, query: Annotated[DarkQuery, Query()]) -> Response:
    """List the lamps that should be lit and are known to be dark: since when, by what, with alert and case file."""
    now = services.clock.now()
    lamps = list(services.live.register().devices(now, _LAMP))
    signs = services.live.signs(_LAMP).signs
    dark = [lamp for lamp, sign in zip(lamps, signs, strict=False) if sign == _DARK]
    last = decode(query.cursor) if query.cursor else ""
    left = [lamp for lamp in dark if lamp.id > last]
    page = left[: query.limit]
    headers = next_link(request, page[-1].id) if len(left) > query.limit else {}
    cabinets = {device.text("supply_point"): (device, state) for device, state in _states(services)} if page else {}
    alerts = _alerts(services, page, cabinets)
    items = []
    for lamp in page:
        said = services.live.latest(lamp.id)
        if said is not None:
            cabinet = cabinets.get(lamp.text("supply_point"))
            items.append(DarkLampOut.of(lamp, said, None if cabinet is None else cabinet[1], alerts.get(lamp.id)))
    return reply(request, DarkLampList(total=len(dark), items=items), headers=headers)


Cabinets = Mapping[str, tuple[Device, CabinetState]]
"""The cabinet of each supply point, and how it stands."""


def _alerts(services: Services, lamps: Iterable[Device], cabinets: Cabinets) -> Mapping[str, AlertRefOut]:
    """The open alert of each lamp: that it is dark, or the fault of its circuit that explains it."""
    found = [numbered.alert for numbered in services.alerts.store.list(AlertFilter(open=True, limit=_ALERTS))]
    dark = _dark_rules(services)
    own = {alert.subject: alert for alert in found if alert.rule in dark}
    worst = {alert.subject: alert for alert in sorted(found, key=lambda a: a.severity.rank) if alert.rule not in dark}
    by_id = {alert.id: alert for alert in found}
    said: dict[str, AlertRefOut] = {}
    cases: dict[str, str | None] = {}
    for lamp in lamps:
        mine = own.get(f"device:{lamp.id}")
        above = by_id.get(mine.inhibited_by) if mine is not None and mine.inhibited_by else None
        shown = above or _circuit(lamp, worst, cabinets) or mine
        if shown is not None:
            said[lamp.id] = AlertRefOut.of(shown, _case(services, shown, cases), own=shown is mine)
    return said


def _circuit(lamp: Device, worst: Mapping[str, Alert], cabinets: Cabinets) -> Alert | None:
    """The alert at the lamp's supply point, or at its cabinet where that is in trouble."""
    point = lamp.text("supply_point")
    found = worst.get(f"{ScopeKind.SUPPLY_POINT.value}:{point}")
    if found is not None or point not in cabinets:
        return found
    cabinet, state = cabinets[point]
    return worst.get(f"device:{cabinet.id}") if state.trouble else None


def _dark_rules(services: Services) -> set[str]:
    """The rules that say of a lamp that it is dark."""
    rules = services.alerts.rules.rules()
    return {str(rule["name"]) for rule in rules if rule["condition"].get("grader") == Grader.LAMP_DARK.value}


def _case(services: Services, alert: Alert, known: dict[str, str | None]) -> str | None:
    if alert.id not in known:
        found = services.incidents.list(IncidentFilter(alert=alert.id, limit=1))
        known[alert.id] = found[0].id if found else None
    return known[alert.id]
