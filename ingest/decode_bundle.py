"""The hot path of decoding: deliveries that came together by MQTT, whole columns at a time.

What all deliveries of a topic have in common (`ingest.codec.Route`) is looked up once. A delivery that is not valid as
a whole leaves this path and is taken apart on its own, so that one bad reading never sinks its batch. Of a sender of
whom nothing more is kept it is only counted, by a reason that is known already.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from pydantic_core import ValidationError

from domain.delivery import Decoded, Journaled, Reason, Reject
from domain.reading import Reading
from domain.register import Register
from domain.remembered import Remembered
from ingest.brief import brief_of
from ingest.codec import DecodeLimits, Route
from ingest.codecs import codec_for
from ingest.decoded import DecodedBundle
from ingest.grade import Grade
from ingest.topics import sender_of

LEAST: Final = 150_000

Routes = Remembered[str, Route | Reason | None]
"""What is known of topics, as of `Codec.route`; those seen lately are remembered."""
Spent = Callable[[str, datetime], bool]
"""Whether nothing more is kept, at this arrival, of what a sender gets wrong."""
Alone = Callable[[Journaled, bool], Decoded]
"""Decodes a delivery that is not in order as a whole; True: reasons will do."""


def new_routes() -> Routes:
    """Return routes that know nothing yet."""
    return Remembered(_route, LEAST)


def _route(topic: str) -> Route | Reason | None:
    codec = codec_for(topic)
    return Reason.BAD_TOPIC if codec is None else codec.route(topic)


def fill(
    found: DecodedBundle, routes: Routes, register: Register, limits: DecodeLimits, alone: Alone, spent: Spent
) -> None:
    """Decode the bundle of `found` into it."""
    grades: dict[str, Grade] = {}
    routes.most = max(LEAST, len(register))  # by the register: topics of strangers do not make it grow
    arrival, most, longest = found.bundle.arrival, limits.batch_readings, limits.payload_bytes
    for offset, (topic, payload) in enumerate(
        zip(found.bundle.topics, found.bundle.payloads, strict=True), found.first
    ):
        route = routes[topic]
        why: list[Reading] | Reject | ValidationError | None = None
        if isinstance(route, Route) and len(payload) <= longest:
            grade = grades.get(route.kind)
            if grade is None:
                grade = grades[route.kind] = Grade(register, route.kind, None, arrival, limits)
            grade.device = route.device
            try:
                why = grade.opened(route, payload, most)
            except ValidationError as error:
                why = error
            if isinstance(why, list):
                _keep(found, offset, why)
                continue
        sender = sender_of(topic)
        brief = spent(sender, arrival)
        if brief and (what := brief_of(sender, route, len(payload) > longest, why)) is not None:
            found.brief[what] += 1
        else:
            found.add(alone(found.journaled(offset), brief))


def _keep(found: DecodedBundle, offset: int, accepted: list[Reading]) -> None:
    count = len(accepted)
    if count == 1:
        found.readings.append(accepted[0])
        found.offsets.append(offset)
        found.indexes.append(0)
        return
    found.readings += accepted
    found.offsets += [offset] * count
    found.indexes += range(count)
