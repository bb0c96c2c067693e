"""The HTTP API: `create_api` is the only entry."""

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope
from typing_extensions import override

from api import problems
from api.crowd import PROBES, Crowd
from api.guard import BodyLimit
from api.headers import SecurityHeaders
from api.kept import KeptAnswers
from api.routes import (
    acknowledge,
    alarm_quality,
    alerts,
    arrivals,
    changes,
    devices,
    duty,
    duty_changes,
    events,
    forecasts,
    history,
    incidents,
    indicators,
    intake,
    keys,
    kinds,
    lighting,
    lighting_state,
    notices,
    quarantine,
    readings,
    replays,
    reports,
    service,
    session,
    silences,
    targets,
    usual,
    warnings,
    water,
    web,
)
from api.routes import map as city_map
from api.schemas.devices import FeatureCollection
from api.services import Probes, Services
from api.stream import EventTail
from rules.duty.links import PATH as LINK_PATH

ROUTERS: Final = (
    service.probes,
    *(
        module.router
        for module in (
            *(devices, changes, readings, indicators, history, usual, water, targets),
            *(
                intake,
                forecasts,
                arrivals,
                replays,
                quarantine,
                lighting,
                lighting_state,
                duty,
                duty_changes,
                notices,
                alerts,
                alarm_quality,
                silences,
                incidents,
                events,
                keys,
                service,
            ),
            *(warnings, kinds, reports, session, city_map, acknowledge, web),
        )
    ),
)
_UNTRACED: Final = PROBES | {"/api/v1/events"}
DESCRIPTION: Final = """Telemetry of a city: devices, readings, live indicators and the targets of the city's plan.

* Every error is a problem document (RFC 9457), `application/problem+json`.
* Keys are sent as `Authorization: Bearer qy_…`. Roles: read < operate < admin.
* Listings are cut into pages; the `Link` header (RFC 8288) leads to the next.
* Instants are RFC 3339: in with any offset, out in UTC. They are of the city's clock.
* Scopes are written `city`, `district:370102`, `road_class:arterial`, `road:…`, `section:…`.
* What is unknown is told apart: a measure is never a bare percentage.
"""


class Api(FastAPI):
    """The application without services: routes, errors and an OpenAPI document that knows problem documents."""

    def __init__(self, routers: Iterable[APIRouter] = ROUTERS) -> None:
        super().__init__(
            title="泉眼 Quanyan",
            version=version("quanyan"),
            description=DESCRIPTION,
            docs_url=None,  # the usual pages load their scripts from a CDN; this must work without the internet
            redoc_url=None,
            redirect_slashes=False,
            telemetry=TelemetryConfig(
                metrics=False, logs=False, operation_spans=False, auto_configure=False, exclude=_untraced
            ),
            exception_handlers={**problems.HANDLERS, 405: _not_allowed},
        )
        for router in routers:
            self.include_router(router)

    @override
    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document."""
        if not self.openapi_schema:
            schema = get_openapi(
                title=self.title, version=self.version, description=self.description, routes=self.routes
            )
            schema["components"]["schemas"] |= _components(FeatureCollection) | {"Problem": problems.SCHEMA}
            for operation in (o for path in schema["paths"].values() for o in path.values()):
                _never_null(operation.get("parameters", ()))
            self.openapi_schema = schema
        return self.openapi_schema


def create_api(services: Services, crowd: Crowd | None = None) -> FastAPI:
    """Return the application over these services. Nothing runs until it is served.

    `crowd` counts the event streams, and says when there are too many.

    Call `close_streams` before the server is stopped: open event streams would keep it waiting.
    """
    api = Api()
    api.state.services = services
    api.state.events = EventTail(services.events)
    api.state.crowd = crowd or Crowd()
    api.state.kept = KeptAnswers()
    api.add_middleware(BodyLimit)
    api.add_middleware(SecurityHeaders, simulated=services.simulated)
    return api


def create_probes(probes: Probes) -> FastAPI:
    """Return the application of a process without the API: liveness, readiness and metrics."""
    api = Api([service.probes])
    api.state.services = probes
    api.state.events = None
    api.add_middleware(SecurityHeaders, simulated=probes.simulated)
    return api


def close_streams(api: FastAPI) -> None:
    """End every open event stream, now and for good. May be called from any thread."""
    tail: EventTail | None = api.state.events
    if tail is not None:
        tail.close()


def api_routes() -> list[APIRoute]:
    """Return every route."""
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def _untraced(scope: Scope) -> bool:
    """Return whether a request is no span: a path that is a secret, probes, and streams that last for hours."""
    path = scope.get("path", "")
    return path in _UNTRACED or path.startswith(LINK_PATH)


def _components(model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a model that no route declares as its answer, and of those it refers to, by name."""
    schema = model.model_json_schema(mode="serialization", ref_template=f"{problems.COMPONENTS}{{model}}")
    return {**schema.pop("$defs"), model.__name__: schema}


def _never_null(parameters: Iterable[dict[str, Any]]) -> None:
    """A parameter may be left out, but unlike a field of a body it cannot be null: its type should not say so."""
    for parameter in parameters:
        schema = parameter["schema"]
        types = [t for t in schema.pop("anyOf", ()) if t != {"type": "null"}]
        if types:
            parameter["schema"] = {**types[0], **schema}


async def _not_allowed(request: Request, error: HTTPException) -> Response:
    """Answer 405 with every method of the path; the framework names those of its first route only."""
    path = request.url.path
    methods = sorted({m for route in api_routes() if re.match(route.path_regex, path) for m in route.methods or ()})
    response = await problems.on_http(request, error)
    if methods:
        response.headers["Allow"] = ", ".join(methods)
    return response
