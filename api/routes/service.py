"""What runs here: liveness, readiness, metrics and a page that says where to go. Open doors, but for the metrics."""

from html import escape

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse

from api.guard import ADMIN, READ, Caller, GuardedRoute
from api.problems import FieldError, Refused, documented, open_problems
from api.replies import fresh
from api.schemas.reload import ConfigReloadOut
from api.schemas.service import HealthOut
from api.services import Probes, Services, Use, UseProbes
from api.web import Wall
from domain.errors import ConfigError

router = APIRouter(tags=["service"], route_class=GuardedRoute)
probes = APIRouter(tags=["service"], route_class=GuardedRoute)
"""What every process of the service answers."""


@probes.get(
    "/livez", response_model=HealthOut, responses=open_problems() | {503: {"model": HealthOut, "description": "Dead"}}
)
def livez(services: UseProbes) -> Response:
    """Say whether every thread of this process that should run does. 503 = restart the process."""
    return _health(services, dict.fromkeys(services.health.dead(), "does not run"))


@probes.get(
    "/readyz",
    response_model=HealthOut,
    responses=open_problems() | {503: {"model": HealthOut, "description": "Not ready"}},
)
def readyz(services: UseProbes) -> Response:
    """Say whether this process can do its work. 503 = some part is away; it comes back by itself."""
    return _health(services, dict(services.health.failures()))


def _health(services: Services | Probes, failures: dict[str, str]) -> Response:
    status = 503 if failures else 200
    told = HealthOut(ok=not failures, process=services.process, failures=failures, simulated=services.simulated)
    return fresh(told, status=status)


@probes.get(
    "/metrics",
    dependencies=[READ],
    response_class=Response,
    responses=documented()
    | {200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(services: UseProbes) -> Response:
    """Return the metrics of this process in the Prometheus text format. A scraper needs a key with the role read."""
    return Response(services.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.post(
    "/api/v1/reload",
    dependencies=[ADMIN],
    response_model=ConfigReloadOut,
    responses=documented(409),
)
def reload_configuration(services: Use, caller: Caller) -> Response:
    """Read rules, chains and channels again. One mistake refuses all of them (409 names each), what runs stays."""
    try:
        said = services.reload(caller.name)
    except ConfigError as error:
        mistakes = [FieldError(f"{p.file}:{p.line}" if p.line else p.file, p.field, p.reason) for p in error.problems]
        raise Refused(409, f"The files are refused, what runs stays: {error}", mistakes) from None
    return fresh(ConfigReloadOut.model_validate(said))


@router.get("/", include_in_schema=False)
def index(request: Request, services: Use, wall: Wall = None) -> Response:  # noqa: ARG001 - the page reads it
    """Return the page, or, where it was not built, say what runs here."""
    if services.web.index is not None:
        return services.web.index.response(request)
    note = "<p><strong>时钟与数据均为模拟 Simulated clock and data.</strong></p>" if services.simulated else ""
    links = "".join(f'<li><a href="{escape(p)}">{escape(p)}</a> {escape(t)}</li>' for p, t in _links(request))
    return HTMLResponse(
        '<!doctype html><html lang="zh"><meta charset="utf-8"><title>泉眼 Quanyan</title>'
        f"<h1>泉眼 Quanyan</h1><p>城市运行感知数据后端 Telemetry backend of a city operations centre.</p>{note}"
        f"<ul>{links}</ul></html>"
    )


def _links(request: Request) -> list[tuple[str, str]]:
    shown = [("/openapi.json", "the API, OpenAPI 3.1"), ("/livez", "liveness"), ("/readyz", "readiness")]
    paths = request.app.openapi()["paths"].items()
    shown += [(p, item["get"]["description"].split(".")[0]) for p, item in paths if "get" in item and "{" not in p]
    return list(dict(reversed(shown)).items())[::-1]
