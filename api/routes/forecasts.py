"""Air quality forecasts, in through the door of all readings; the newest word on each day, and what it asks for."""

import json
from datetime import date, timedelta
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, Field

from api.guard import OPERATE, READ, GuardedRoute
from api.intake import parcels
from api.problems import documented, invalid
from api.replies import fresh, reply
from api.schemas.forecasts import ForecastBody, ForecastList, ForecastOut, WarningOut
from api.schemas.lighting import Day
from api.schemas.measures import MeasureOut
from api.schemas.readings import ReceiptOut, RejectOut
from api.services import Services, Use
from domain.device import AssetState, Device
from domain.errors import NotFound
from domain.kinds.air_forecast import DAYS
from domain.measure import Measure
from domain.ports import Page
from domain.scope import CITY
from rules.air.forecast import KIND, issue_of, newest

router = APIRouter(prefix="/api/v1", tags=["forecasts"], route_class=GuardedRoute)

WINDOW: Final = timedelta(days=len(DAYS) + 1)
MOST: Final = 1000
"""Issues of one forecaster that are looked at: one in thirteen minutes."""


class ForecastQuery(BaseModel):
    """Which days: from `from` on (default: today)."""

    start: Annotated[Day | None, Field(alias="from")] = None


@router.get("/forecasts", dependencies=[READ], response_model=ForecastList, responses=documented())
def list_forecasts(request: Request, services: Use, query: Annotated[ForecastQuery, Query()]) -> Response:
    """List the newest word of each forecaster on each day that was issued in the last nine days, and the baseline."""
    now = services.clock.now()
    first = query.start or now.astimezone(services.tz).date()
    items = [out for device in _forecasters(services) for out in _words(services, device, first)]
    items.sort(key=lambda out: (out.day, out.device))
    baseline = _measure(services, "air_baseline")
    return reply(request, ForecastList(items=items, baseline=MeasureOut.of(baseline) if baseline else None))


@router.post(
    "/forecasts",
    status_code=202,
    dependencies=[OPERATE],
    response_model=ReceiptOut,
    responses=documented(400, 413, 415),
)
async def post_forecast(services: Use, body: Annotated[ForecastBody, Body()]) -> Response:
    """Hand in one issue. It becomes a reading of its forecaster: kept, checked, corrected and replayed as any other."""
    reading = {
        "device": body.device,
        "at": body.issued.isoformat(),
        "revision": body.revision,
        "values": _values(services, body),
    }
    receipt = await to_thread.run_sync(_submit, services, json.dumps(reading).encode())
    return fresh(receipt, status=202)


@router.get("/warnings/air", dependencies=[READ], response_model=WarningOut, responses=documented(404))
def get_warning(request: Request, services: Use) -> Response:
    """Return the heavy-pollution warning that observed and forecast days ask for: a proposal, which a person issues."""
    measure = _measure(services, "air_warning")
    if measure is None:
        raise NotFound("The city has no air stations and no forecasts.")
    return reply(request, WarningOut.of(measure))


def _measure(services: Services, name: str) -> Measure | None:
    try:
        return services.live.measure(name, CITY)
    except NotFound:
        return None


def _forecasters(services: Services) -> list[Device]:
    now = services.clock.now()
    return [d for d in services.live.register().devices(now, KIND) if d.state is AssetState.IN_SERVICE]


def _words(services: Services, device: Device, first: date) -> list[ForecastOut]:
    now = services.clock.now()
    page = Page(now - WINDOW, now + timedelta(microseconds=1), MOST)
    issues = [(device.id, issue_of(reading)) for reading in services.store.readings(device.id, KIND, page)]
    words = newest(issues, now, services.tz)
    return [ForecastOut.of(word, device) for day, word in words.items() if day >= first]


def _values(services: Services, body: ForecastBody) -> dict[str, Any]:
    """Return the metrics of an issue; days are counted from the day of issue."""
    issued = body.issued.astimezone(services.tz).date()
    offsets = [(said.day - issued).days for said in body.days]
    if len(set(offsets)) < len(offsets) or not set(offsets) <= set(DAYS):
        raise invalid("body", "days", f"must be different days of the {len(DAYS)} that begin with the day of issue")
    values: dict[str, Any] = {}
    for n, said in zip(offsets, body.days, strict=True):
        values[f"aqi_d{n}"] = said.aqi
        if said.primary:
            values[f"primary_d{n}"] = ";".join(dict.fromkeys(said.primary))
    return values


def _submit(services: Services, body: bytes) -> ReceiptOut:
    (parcel,) = parcels(body, services.live.register())
    receipt = services.door.submit(parcel.topic, parcel.payload)
    rejects = [reject for item in receipt.quarantined for reject in RejectOut.of(item, parcel.places)]
    return ReceiptOut(offsets=[receipt.offset], readings=1, accepted=receipt.readings, quarantined=rejects)
