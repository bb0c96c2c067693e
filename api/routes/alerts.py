"""Alerts: what was found, what became of it, and what people do about it. The rules that find them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, decode_number, next_link
from api.guard import ADMIN, OPERATE, READ, Caller, GuardedRoute, Principal
from api.once import OnceKey, once
from api.problems import documented, invalid
from api.replies import fresh, own_path, reply, require_match
from api.schemas.alerts import (
    AcknowledgeBody,
    AlertDetail,
    AlertList,
    AlertOut,
    ReloadOut,
    RuleList,
    ShelveBody,
    UnshelveBody,
    WishOut,
)
from api.schemas.common import PathIdent
from api.schemas.notices import ToldOut
from api.services import Services, Use
from domain.alert import Alert, AlertCommand, CommandKind
from domain.alert_ports import AlertFilter
from domain.errors import ConfigError, Conflict
from domain.notice import NoticeFilter, Posted
from domain.ports import Outbox
from domain.severity import Severity

router = APIRouter(prefix="/api/v1", tags=["alerts"], route_class=GuardedRoute)

Some = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
LAST: Final = 2**53
_PAGE: Final = 1000
_ASKED: Final = documented(400, 404, 409, 412, 413, 415, 429)


class AlertQuery(BaseModel):
    """Which alerts: all, or those that agree. `quiet`: explained by another one, silenced, or on the shelf."""

    open: bool | None = None
    quiet: bool | None = None
    rule: Some | None = None
    subject: Some | None = None
    group: Some | None = None
    severity: Severity | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Cursor = None


@router.get("/alerts", dependencies=[READ], response_model=AlertList, responses=documented())
def list_alerts(request: Request, services: Use, query: Annotated[AlertQuery, Query()]) -> Response:
    """List alerts, those raised last first."""
    before = None if query.cursor is None else decode_number(query.cursor, LAST)
    wanted = AlertFilter(
        open=query.open,
        rule=query.rule,
        subject=query.subject,
        group=query.group,
        severity=query.severity,
        quiet=query.quiet,
        before=before,
        limit=query.limit,
    )
    found = services.alerts.store.list(wanted)
    waiting = services.alerts.store.waiting()
    more = next_link(request, str(found[-1].number)) if len(found) == query.limit else {}
    return reply(request, AlertList(items=[AlertOut.of(n.alert, waiting.get(n.alert.id)) for n in found]), headers=more)


@router.get("/alerts/{alert_id}", dependencies=[READ], response_model=AlertDetail, responses=documented(404))
def get_alert(request: Request, services: Use, alert_id: PathIdent) -> Response:
    """Return an alert with its history, its rule, and what it explains. The ETag is that of the alert for If-Match."""
    return reply(request, _detail(services, services.alerts.store.get(alert_id)))


@router.get("/alerts/{alert_id}/notices", dependencies=[READ], response_model=ToldOut, responses=documented(404))
def list_told(request: Request, services: Use, alert_id: PathIdent) -> Response:
    """Return who was told of an alert while it was open: groups are told, so these are the notices of its group."""
    alert = services.alerts.store.get(alert_id)
    return reply(request, ToldOut.of(list(_told(services.duty.outbox, alert))))


def _told(outbox: Outbox, alert: Alert) -> Iterator[Posted]:
    until = None if alert.open else alert.changed_at
    wanted = NoticeFilter(group=alert.group.key, limit=_PAGE, since=alert.fired_at, until=until)
    while page := outbox.list(wanted):
        yield from page
        wanted = replace(wanted, after=page[-1].id)


def _detail(services: Services, alert: Alert) -> AlertDetail:
    store, rules = services.alerts.store, services.alerts.rules
    rule = next((r for r in rules.rules() if r["name"] == alert.rule), None)
    asked = store.waiting().get(alert.id)
    return AlertDetail.made(alert, asked, store.history(alert.id), rule, rules.withheld(alert.id))


@router.post(
    "/alerts/{alert_id}/acknowledge",
    status_code=202,
    dependencies=[OPERATE],
    response_model=WishOut,
    responses=_ASKED,
)
def acknowledge(
    request: Request,
    services: Use,
    caller: Caller,
    alert_id: PathIdent,
    body: Annotated[AcknowledgeBody, Body()],
    key: OnceKey = None,
) -> Response:
    """Take an alert (接单). Recorded at once, done by the next tick."""
    wish = AlertCommand(
        0, CommandKind.ACKNOWLEDGE, alert_id, caller.name, services.clock.now(), body.until, body.comment
    )
    return _asked(request, services, caller, (key, body.model_dump_json()), wish)


@router.post(
    "/alerts/{alert_id}/shelve", status_code=202, dependencies=[OPERATE], response_model=WishOut, responses=_ASKED
)
def shelve(
    request: Request,
    services: Use,
    caller: Caller,
    alert_id: PathIdent,
    body: Annotated[ShelveBody, Body()],
    key: OnceKey = None,
) -> Response:
    """Put an alert aside until an instant. Recorded at once, done by the next tick."""
    wish = AlertCommand(0, CommandKind.SHELVE, alert_id, caller.name, services.clock.now(), body.until, body.comment)
    return _asked(request, services, caller, (key, body.model_dump_json()), wish)


@router.post(
    "/alerts/{alert_id}/unshelve", status_code=202, dependencies=[OPERATE], response_model=WishOut, responses=_ASKED
)
def unshelve(
    request: Request,
    services: Use,
    caller: Caller,
    alert_id: PathIdent,
    body: Annotated[UnshelveBody, Body()],
    key: OnceKey = None,
) -> Response:
    """Take an alert back from the shelf. Recorded at once, done by the next tick."""
    wish = AlertCommand(0, CommandKind.UNSHELVE, alert_id, caller.name, services.clock.now(), None, body.comment)
    return _asked(request, services, caller, (key, body.model_dump_json()), wish)


def _asked(
    request: Request, services: Services, caller: Principal, repeated: tuple[str | None, str], wish: AlertCommand
) -> Response:
    """Record a wish for an alert that is open and as the caller has seen it; the same key again does nothing."""
    key, text = repeated

    def work() -> Response:
        store = services.alerts.store
        alert = store.get(wish.alert)
        if not alert.open:
            raise Conflict(f"The alert is {alert.state.value}: there is nothing left to {wish.kind.value}.")
        if request.headers.get("if-match") is not None:
            require_match(request, _detail(services, alert))
        if wish.until is not None and wish.until <= wish.recorded_at:
            raise invalid("body", "until", "must lie after now")
        made = store.request(wish, alert.version if "if-match" in request.headers else None)
        return fresh(WishOut.of(made), status=202, headers={"Location": own_path(request).rpartition("/")[0]})

    return once(request, services, caller, key, text, work)


@router.get("/rules", dependencies=[READ], response_model=RuleList, responses=documented())
def list_rules(request: Request, services: Use) -> Response:
    """List the running alert rules."""
    return reply(request, RuleList(items=[dict(rule) for rule in services.alerts.rules.rules()]))


@router.post("/rules/reload", dependencies=[ADMIN], response_model=ReloadOut, responses=documented(409))
def reload_rules(services: Use) -> Response:
    """Read the rule files again. One mistake refuses them all (409 says where it is), and the running rules stay."""
    try:
        said = services.alerts.rules.reload()
    except ConfigError as error:
        raise Conflict(f"The rule files are refused, the running rules stay: {error}") from None
    return fresh(ReloadOut(**said))
