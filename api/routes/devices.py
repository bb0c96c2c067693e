"""Reading the register: devices, one device over time, and everything that was ever recorded of it."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, decode, next_link
from api.guard import READ, GuardedRoute
from api.problems import COMPONENTS, documented
from api.replies import reply
from api.schemas.common import Instant, PathIdent
from api.schemas.devices import (
    DeviceDetail,
    DeviceList,
    DeviceOut,
    FeatureCollection,
    FeatureOut,
    History,
    KindName,
    VersionOut,
)
from api.services import Services, Use
from domain.device import AssetState, Device
from domain.errors import NotFound
from domain.register import Register, Timeline

router = APIRouter(prefix="/api/v1/devices", tags=["devices"], route_class=GuardedRoute)

GEOJSON: Final = "application/geo+json"
Named = Annotated[str, Field(min_length=1, max_length=200)]
_FIELDS: Final = ("kind", "district", "management_area", "state")
_ATTRIBUTES: Final = ("road", "road_class", "supply_point", "river")


class DeviceQuery(BaseModel):
    """Which devices: every condition given must hold."""

    kind: KindName | None = None
    district: Named | None = None
    management_area: Named | None = None
    state: AssetState | None = None
    road: Named | None = None
    road_class: Named | None = None
    supply_point: Named | None = None
    river: Named | None = None
    q: Annotated[Named, Field(description="Part of the id or the name; case does not matter.")] | None = None
    format: Annotated[Literal["json", "geojson"], Field(description="Wins over Accept.")] | None = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100

    def chooser(self) -> Callable[[Device], bool]:
        """Return what tells whether a device is wanted. It is asked for every device of the city: no work is left."""
        fields = [(name, value) for name in _FIELDS if (value := getattr(self, name)) is not None]
        texts = [(name, value) for name in _ATTRIBUTES if (value := getattr(self, name)) is not None]
        part = None if self.q is None else self.q.casefold()

        def wanted(device: Device) -> bool:
            for name, value in fields:
                if getattr(device, name) != value:
                    return False
            for name, value in texts:
                if device.attributes.get(name) != value:
                    return False
            return part is None or part in device.id.casefold() or part in device.name.casefold()

        return wanted


@router.get(
    "",
    dependencies=[READ],
    response_model=DeviceList,
    responses=documented() | {200: {"content": {GEOJSON: {"schema": {"$ref": f"{COMPONENTS}FeatureCollection"}}}}},
)
def list_devices(request: Request, services: Use, query: Annotated[DeviceQuery, Query()]) -> Response:
    """List the devices that exist now, in any asset state, in the order of their ids. The Link header leads on."""
    last = decode(query.cursor) if query.cursor else ""
    found = list(islice(_after(services, last, query), query.limit + 1))
    page = found[: query.limit]
    headers = next_link(request, page[-1].id) if len(found) > query.limit else {}
    if _wants_geojson(request, query):
        features = FeatureCollection(features=[FeatureOut.of(d) for d in page])
        return reply(request, features, headers=headers, media_type=GEOJSON)
    return reply(request, DeviceList(items=[DeviceOut.of(d) for d in page]), headers=headers)


def _after(services: Services, last: str, query: DeviceQuery) -> Iterator[Device]:
    now, wanted = services.clock.now(), query.chooser()
    ids, timelines = _sorted(services.live.register())
    for timeline in islice(timelines, bisect_right(ids, last), None):
        for version in timeline:
            if version.covers(now) and wanted(version.device):
                yield version.device


@lru_cache(maxsize=2)
def _sorted(register: Register) -> tuple[list[str], list[Timeline]]:
    # a register is immutable and compared by identity: sorting 128,000 devices happens once per change
    timelines = sorted(register.timelines(), key=_device_id)
    return [_device_id(timeline) for timeline in timelines], timelines


def _device_id(timeline: Timeline) -> str:
    return timeline[0].device.id


def _wants_geojson(request: Request, query: DeviceQuery) -> bool:
    if query.format is not None:
        return query.format == "geojson"
    return GEOJSON in request.headers.get("accept", "").lower()


class DeviceAt(BaseModel):
    """At which valid time; default now."""

    at: Instant | None = None


@router.get("/{device_id}", dependencies=[READ], response_model=DeviceDetail, responses=documented(404))
def get_device(request: Request, services: Use, device_id: PathIdent, query: Annotated[DeviceAt, Query()]) -> Response:
    """Return a device as it is or was, and its believed timeline. The entity tag is what a change may ask for."""
    return reply(request, detail(services, device_id, query.at or services.clock.now()))


@router.get("/{device_id}/history", dependencies=[READ], response_model=History, responses=documented(404))
def get_history(request: Request, services: Use, device_id: PathIdent) -> Response:
    """Return every version that was ever recorded, with what is no longer believed."""
    known_timeline(services.live.register(), device_id)
    versions = services.registers.history(device_id)
    return reply(request, History(items=[VersionOut.of(v) for v in versions]))


def known_timeline(register: Register, device_id: str) -> Timeline:
    """Return the believed timeline. Raises `NotFound` for a device that was never registered."""
    timeline = register.timeline(device_id)
    if not timeline:
        raise NotFound(f"No device {device_id!r} is registered.")
    return timeline


def detail(services: Services, device_id: str, instant: datetime) -> DeviceDetail:
    """Return a device over time. Raises `NotFound`."""
    return DeviceDetail.of(known_timeline(services.live.register(), device_id), instant)
