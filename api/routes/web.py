"""The page: its files, and the one document for every view. Open doors: what it shows asks for a key."""

from fastapi import APIRouter, Request, Response

from api.guard import GuardedRoute
from api.services import Use
from api.web import PAGES, Hide, Wall
from domain.errors import NotFound

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


@router.get("/assets/{name}")
def asset(request: Request, services: Use, name: str) -> Response:
    """Return a file of the page; its name changes with its content."""
    found = services.web.get(f"assets/{name}")
    if found is None:
        raise NotFound(f"The page has no file {name!r}.")
    return found.response(request)


@router.get("/favicon.svg")
def icon(request: Request, services: Use) -> Response:
    """Return the icon."""
    found = services.web.get("favicon.svg")
    if found is None:
        raise NotFound("The page was not built: run `make web`.")
    return found.response(request)


def view(request: Request, services: Use, wall: Wall = None, hide: Hide = None) -> Response:  # noqa: ARG001 - the page reads them
    """Return the page; it shows what its path names."""
    if services.web.index is None:
        raise NotFound("The page was not built: run `make web`.")
    return services.web.index.response(request)


for _name in PAGES:
    router.add_api_route(f"/{_name}", view, methods=["GET"])
    router.add_api_route(f"/{_name}/{{rest:path}}", view, methods=["GET"])
