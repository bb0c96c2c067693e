"""The hot path of decoding: deliveries that came together by MQTT, whole columns at a time.

What all deliveries of a topic have in common (`ingest.codec.Route`) is looked up once. A delivery that is not valid as
a whole leaves this path and is taken apart on its own, so that one bad reading never sinks its batch.
"""

from collections.abc import Callable
from typing import Final

from pydantic_core import ValidationError

from domain.delivery import Decoded, Journaled
from domain.reading import Reading
from domain.register import Register
from domain.remembered import Remembered
from ingest.codec import DecodeLimits, Route
from ingest.codecs import codec_for
from ingest.decoded import DecodedBundle
from ingest.grade import Grade

LEAST: Final = 150_000

Routes = Remembered[str, Route | None]
"""What is known of topics; those seen lately are remembered. None: such deliveries are decoded one by one."""


def new_routes() -> Routes:
    """Return routes that know nothing yet."""
    return Remembered(_route, LEAST)


def _route(topic: str) -> Route | None:
    codec = codec_for(topic)
    return None if codec is None else codec.route(topic)


def fill(
    found: DecodedBundle,
    routes: Routes,
    register: Register,
    limits: DecodeLimits,
    alone: Callable[[Journaled], Decoded],
) -> None:
    """Decode the bundle of `found` into it. `alone` decodes a delivery that is not in order as a whole."""
    grades: dict[str, Grade] = {}
    routes.most = max(LEAST, len(register))  # by the register: topics of strangers do not make it grow
    arrival, most, longest = found.bundle.arrival, limits.batch_readings, limits.payload_bytes
    for offset, (topic, payload) in enumerate(
        zip(found.bundle.topics, found.bundle.payloads, strict=True), found.first
    ):
        route = routes[topic]
        if route is not None and len(payload) <= longest:
            grade = grades.get(route.kind)
            if grade is None:
                grade = grades[route.kind] = Grade(register, route.kind, None, arrival, limits)
            grade.device = route.device
            try:
                accepted = grade.accepted(route.validate(payload), most)
            except ValidationError:
                accepted = None
            if accepted is not None:
                _keep(found, offset, accepted)
                continue
        found.add(alone(found.journaled(offset)))


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
