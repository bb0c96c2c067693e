"""The way in for those without MQTT: same validation, durability and accounting."""

from typing import Any, Final

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from api.guard import OPERATE, GuardedRoute
from api.intake import MAX_READINGS, parcels
from api.problems import documented
from api.replies import fresh
from api.schemas.readings import ReceiptOut, RejectOut
from api.services import Services, Use

router = APIRouter(prefix="/api/v1/readings", tags=["ingest"], route_class=GuardedRoute)

_EXAMPLE: Final = {
    "device": "sl-370102-000123",
    "at": "2026-11-23T18:05:00+08:00",
    "seq": 4711,
    "values": {"on": True, "power": 148.2},
    "faults": [],
    "events": [{"type": "switchedOn", "phase": "once"}],
    "revision": 0,
    "backfill": False,
}
_BODY: Final[dict[str, Any]] = {
    "oneOf": [
        {
            "title": "One reading",
            "description": "Fields as in the example; what is wrong with it is in the receipt, not in the status.",
            "type": "object",
            "not": {"required": ["readings"]},
        },
        {
            "title": "Many readings",
            "description": "Readings of any kinds of device, mixed. One bad reading never sinks the others.",
            "type": "object",
            "properties": {"readings": {"type": "array", "minItems": 1, "maxItems": MAX_READINGS, "items": {}}},
            "required": ["readings"],
            "additionalProperties": False,
        },
    ],
    "examples": [_EXAMPLE, {"readings": [_EXAMPLE]}],
}


@router.post(
    "",
    status_code=202,
    dependencies=[OPERATE],
    response_model=ReceiptOut,
    responses=documented(400, 413, 415),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}}},
)
async def post_readings(request: Request, services: Use) -> Response:
    """Hand in one reading or many. 202 = durable in the journal; the receipt says which went to the quarantine.

    After 503 repeat the whole request: what had been kept already is found to be a duplicate.
    """
    body = await request.body()
    receipt = await to_thread.run_sync(_submit, services, body)
    return fresh(receipt, status=202)


def _submit(services: Services, body: bytes) -> ReceiptOut:
    offsets: list[int] = []
    rejects: list[RejectOut] = []
    accepted = readings = 0
    for parcel in parcels(body, services.live.register()):
        receipt = services.door.submit(parcel.topic, parcel.payload)
        offsets.append(receipt.offset)
        accepted += receipt.readings
        readings += len(parcel.places)
        rejects += [reject for item in receipt.quarantined for reject in RejectOut.of(item, parcel.places)]
    rejects.sort(key=lambda reject: reject.index)
    return ReceiptOut(offsets=offsets, readings=readings, accepted=accepted, quarantined=rejects)
