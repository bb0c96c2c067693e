"""Why a delivery cannot be accepted, in brief: the reason alone, from what the hot path has found already. Pure.

The full account takes a delivery apart again, five to ten times as dear as a good reading. In brief, what is no JSON is
not asked whether it is UTF-8 or nested too deeply, and a reading that is wrong in itself not whose it is.
"""

from pydantic_core import ValidationError

from domain.delivery import Reason, Reject
from ingest.codec import Route
from ingest.decoded import Brief
from ingest.wire_errors import MANY, first_of, reason_of


def brief_of(sender: str, route: Route | Reason | None, too_large: bool, why: object) -> Brief | None:  # noqa: FBT001
    """Return what to count; None when the delivery has to be taken apart, for there may be good readings in it.

    `why`: what the hot path ran into, a `ValidationError` or a `Reject`.
    """
    if too_large:
        return Brief(sender, Reason.TOO_LARGE, whole=True)
    if isinstance(route, Reason):
        return Brief(sender, route, whole=True)
    if route is None:
        return None
    if isinstance(why, Reject) and route.device is not None:
        return Brief(sender, why.reason, whole=False)
    return _invalid(sender, route, why) if isinstance(why, ValidationError) else None


def _invalid(sender: str, route: Route, error: ValidationError) -> Brief | None:
    if error.error_count() <= MANY:
        first = first_of(error)
        if not first["loc"]:
            reason = Reason.NOT_JSON if first["type"] == "json_invalid" else Reason.WRONG_SHAPE
            return Brief(sender, reason, whole=True)
    return None if route.device is None else Brief(sender, reason_of(error), whole=False)
