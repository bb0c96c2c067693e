"""The case files that rules open by themselves: asked for with the tick that raised the alert, committed with it."""

from collections.abc import Iterable, Sequence
from typing import Final

from domain.alert import Alert, AlertChange, AlertState, ChangeKind
from domain.incident import CaseWish, Incident, IncidentState, Origin
from rules.alerts.board import AlertBoard
from rules.alerts.rule import Opening

_MOMENTS: Final = frozenset(
    {ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.RELEASED, ChangeKind.UNSHELVED, ChangeKind.SEEN}
)
"""What can make an alert one that a case file is opened for."""
_AT_A_PLACE: Final = frozenset(
    {"device", "supply_point", "section", "station", "lot", "bay", "spring", "underpass", "site"}
)
"""Subjects so small that the place of one of their devices is theirs."""
_BESIDE: Final = 200


def case_wishes(changes: Sequence[AlertChange], board: AlertBoard) -> list[CaseWish]:
    """Return the case files that the rules ask for: one for each group of alerts that are told together.

    Nobody asks for one in the name of what another alert explains, what is silenced, or what cannot be seen now.
    """
    asked: dict[str, CaseWish] = {}
    for change in changes:
        alert = change.alert
        rule = board.book.rules.get(alert.rule)
        opening = None if rule is None else rule.opens
        if opening is None or change.kind not in _MOMENTS or alert.group.key in asked:
            continue
        if _asks(alert, opening):
            asked[alert.group.key] = _wish(alert, opening, change, board)
    return list(asked.values())


def _asks(alert: Alert, opening: Opening) -> bool:
    seen = alert.open and not alert.muted and alert.state is not AlertState.UNKNOWN
    return seen and alert.severity.rank >= opening.severity.rank


def _wish(alert: Alert, opening: Opening, change: AlertChange, board: AlertBoard) -> CaseWish:
    place = board.places.of(alert.subject)
    device = place.device if alert.subject.partition(":")[0] in _AT_A_PLACE else None
    case = Incident(
        id="",
        title=f"{alert.title} {alert.group.name or alert.name}".strip(),
        category=opening.category,
        origin=Origin.ALERT,
        severity=alert.severity,
        state=IncidentState.NEW,
        opened_at=change.at,
        opened_by=f"rule:{alert.rule}",
        unit=alert.unit,
        district=alert.district,
        subject=alert.subject,
        lon=None if device is None else device.lon,
        lat=None if device is None else device.lat,
        text="\n".join(filter(None, (alert.text, alert.runbook))),
        alert=alert.id,
        devices=() if device is None else (device.id,),
    )
    day = f"{change.at.astimezone(board.city.world.place.tz):%Y%m%d}"
    return CaseWish(case, day, _beside(alert, board.teller.groups.members(alert.group.key).values()))


def _beside(alert: Alert, members: Iterable[Alert]) -> tuple[str, ...]:
    others = sorted((a.fired_at, a.id) for a in members if a.id != alert.id)
    return tuple(ident for _, ident in others[:_BESIDE])
