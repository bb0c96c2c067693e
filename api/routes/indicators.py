"""The catalogue of indicators and their measures, for one scope or for all of a kind."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, decode, next_link
from api.guard import READ, GuardedRoute
from api.problems import documented, invalid
from api.replies import reply
from api.schemas.common import SCOPE, Instant
from api.schemas.explanation import ExplanationOut
from api.schemas.measures import Catalogue, IndicatorOut, MeasureList, MeasureOut, ScopeList, ScopeOut
from api.services import Services, Use
from domain.errors import NotFound
from domain.measure import Measure
from domain.ports import IndicatorInfo
from domain.scope import Scope, ScopeKind

router = APIRouter(prefix="/api/v1/indicators", tags=["indicators"], route_class=GuardedRoute)

Name = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[a-z0-9_]+$")]


@router.get("", dependencies=[READ], response_model=Catalogue, responses=documented())
def list_indicators(request: Request, services: Use) -> Response:
    """List every indicator with the kinds of scope that it is defined for, and the rule it follows."""
    return reply(request, Catalogue(items=[IndicatorOut.of(i) for i in services.live.catalogue()]))


class MeasureQuery(BaseModel):
    """Which part of the city, and when (default: now; the past is recomputed from the telemetry store)."""

    scope: Annotated[str, Field(max_length=200, pattern=SCOPE, examples=["road_class:arterial"])] = "city"
    at: Instant | None = None


@router.get("/{name}", dependencies=[READ], response_model=MeasureOut, responses=documented(404))
def get_measure(request: Request, services: Use, name: Name, query: Annotated[MeasureQuery, Query()]) -> Response:
    """Return the measure of one scope: value with numerator, denominator, unknown, coverage and time span."""
    scope = _asked(services, name, query)
    with _refusing(query):
        found = services.live.measure(name, scope, query.at)
    return reply(request, MeasureOut.of(found))


class ExplainQuery(MeasureQuery):
    """Which measure, and how many of its inputs: those left out come first."""

    limit: Annotated[int, Field(ge=0, le=10_000)] = 200


@router.get("/{name}/explain", dependencies=[READ], response_model=ExplanationOut, responses=documented(404))
def explain(request: Request, services: Use, name: Name, query: Annotated[ExplainQuery, Query()]) -> Response:
    """Say why a measure is what it is: inputs used, inputs left out and why, the steps and the clause of each."""
    scope = _asked(services, name, query)
    with _refusing(query):
        found = services.live.explain(name, scope, query.at)
    return reply(request, ExplanationOut.of(found, query.limit))


@router.get("/{name}/scopes", dependencies=[READ], response_model=ScopeList, responses=documented(404))
def list_scopes(request: Request, services: Use, name: Name) -> Response:
    """List the scopes that the indicator has now."""
    return reply(request, ScopeList(items=[ScopeOut.of(s) for s in sorted(services.live.scopes(name))]))


class MeasuresQuery(BaseModel):
    """Measures of every scope of one kind, now."""

    scope_kind: ScopeKind
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


@router.get("/{name}/measures", dependencies=[READ], response_model=MeasureList, responses=documented(404))
def list_measures(request: Request, services: Use, name: Name, query: Annotated[MeasuresQuery, Query()]) -> Response:
    """List the measures of all scopes of one kind, such as every road class. The Link header leads on."""
    check_kind(info_of(services, name), query.scope_kind, "scope_kind")
    last = decode(query.cursor) if query.cursor else ""
    scopes = sorted(s for s in services.live.scopes(name) if s.kind is query.scope_kind and s.id >= last)
    if query.cursor and scopes and scopes[0].id == last:
        scopes = scopes[1:]
    page = scopes[: query.limit]
    headers = next_link(request, page[-1].id) if len(scopes) > query.limit else {}
    items = [MeasureOut.of(m) for m in _measures(services, name, page)]
    return reply(request, MeasureList(items=items), headers=headers)


def _measures(services: Services, name: str, scopes: Sequence[Scope]) -> list[Measure]:
    found = []
    for scope in scopes:
        try:
            found.append(services.live.measure(name, scope))
        except NotFound:  # its last device went while the page was being made
            continue
    return found


def info_of(services: Services, name: str) -> IndicatorInfo:
    """Return an indicator's row of the catalogue. Raises `NotFound`."""
    info = next((i for i in services.live.catalogue() if i.name == name), None)
    if info is None:
        raise NotFound(f"There is no indicator {name!r}.")
    return info


def check_kind(info: IndicatorInfo, kind: ScopeKind, parameter: str) -> None:
    """Refuse a kind of scope that the indicator is not defined for."""
    if kind not in info.scopes:
        known = ", ".join(info.scopes)
        raise invalid("query", parameter, f"{info.name} is not defined for {kind.value}; it is for {known}")


def _asked(services: Services, name: str, query: MeasureQuery) -> Scope:
    """Return the scope that was asked for, if the indicator can say something about it at that instant."""
    scope = Scope.parse(query.scope)
    check_kind(info_of(services, name), scope.kind, "scope")
    if query.at is not None and query.at > services.clock.now():
        raise invalid("query", "at", "lies in the future of the city clock")
    return scope


@contextmanager
def _refusing(query: MeasureQuery) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise invalid("query", "scope" if query.at is None else "at", str(error)) from None
