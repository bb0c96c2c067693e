"""The page behind the link of a personal message: GET shows what is the matter, only a confirmed POST acknowledges.

No key is asked for: whoever holds the link is the person it was made for. Programs that open links to show a preview
change nothing. What a chat appends to the address (`?from=…`) is passed over.
"""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Path, Request, Response

from api.ack_page import Said, page
from api.services import AckServices, Services, Use
from domain.ack_links import LinkState, LinkUse, LinkView
from domain.duty import Person
from domain.errors import NotFound
from rules.duty.links import PATH, Claim

router = APIRouter(include_in_schema=False)

Token = Annotated[str, Path(max_length=200)]
_STATUS: Final = {
    LinkState.OPEN: 200,
    LinkState.USED: 409,
    LinkState.TAKEN: 409,
    LinkState.CLOSED: 409,
    LinkState.STALE: 412,
    LinkState.UNKNOWN: 404,
}
_SAID: Final = {
    LinkState.USED: Said.USED,
    LinkState.TAKEN: Said.TAKEN,
    LinkState.CLOSED: Said.CLOSED,
    LinkState.STALE: Said.STALE,
    LinkState.UNKNOWN: Said.UNKNOWN,
}


async def _fields(request: Request) -> Mapping[str, str]:
    """Return the fields of the form; a body that is none has none. Its size is bounded like every body's."""
    text = (await request.body()).decode("ascii", "replace")
    try:
        return {name: values[-1] for name, values in parse_qs(text, max_num_fields=10).items()}
    except ValueError:
        return {}


Fields = Annotated[Mapping[str, str], Depends(_fields)]


@router.get(PATH + "{token}")
def show(services: Use, token: Token) -> Response:
    """Show what waits to be acknowledged; changes nothing, however often it is opened."""
    found = _opened(services, token)
    if isinstance(found, Response):
        return found
    _, _, view, person = found
    said = _SAID.get(view.state)
    return page(said, services.tz, person, view, status=_STATUS[view.state], again=_name(services, view.by))


@router.post(PATH + "{token}")
def acknowledge(services: Use, token: Token, fields: Fields) -> Response:
    """Acknowledge what the page showed: recorded at once, done by the next tick. Works once."""
    found = _opened(services, token)
    if isinstance(found, Response):
        return found
    desk, claim, _, person = found
    seen = fields.get("seen", "")
    use = LinkUse(claim.notice, person.id, person.name, seen, services.clock.now(), services.wall())
    view = desk.store.use(use)
    said = Said.DONE if view.state is LinkState.OPEN else _SAID[view.state]
    return page(said, services.tz, person, view, status=_STATUS[view.state], again=_name(services, view.by))


def _opened(services: Services, token: str) -> tuple[AckServices, Claim, LinkView, Person] | Response:
    """Return what the token opens and for whom, or the page that says why it opens nothing.

    403 forged, or for somebody who is not on the roster any more; 404 unknown; 410 over.
    """
    if services.ack is None:
        raise NotFound("Messages of this service carry no links.")
    claim = services.ack.read(token)
    if claim is None:
        return page(Said.FORGED, services.tz, status=403)
    if claim.ends <= services.wall():
        return page(Said.OVER, services.tz, status=410)
    view = services.ack.store.look(claim.notice)
    person = _person(services, claim, view)
    return _refused(services, view) if person is None else (services.ack, claim, view, person)


def _person(services: Services, claim: Claim, view: LinkView) -> Person | None:
    """Return whom the notice was for, if it is the one that the token was made for and the person is on the roster."""
    notice = view.notice
    if notice is None or notice.person is None or not claim.fits(notice.key):
        return None
    return services.duty.roster().people.get(notice.person)


def _refused(services: Services, view: LinkView) -> Response:
    known = view.notice is not None and view.notice.person is not None
    gone = known and view.notice is not None and view.notice.person not in services.duty.roster().people
    return page(Said.GONE if gone else Said.UNKNOWN, services.tz, status=403 if gone else 404)


def _name(services: Services, by: str) -> str:
    """Return how somebody is called who acknowledged: a person of the roster, or the name of a key."""
    person = services.duty.roster().people.get(by)
    return by if person is None else person.name
