"""What the decoder remembers of topics: as much as the register needs, and nothing that strangers can blow up."""

from typing import Never

from domain.bundle import Bundle
from domain.delivery import Reason
from ingest.codec import DecodeLimits
from ingest.decode_bundle import LEAST, fill, new_routes
from ingest.decoded import DecodedBundle
from tests.support.ingest import register, single


def unasked(*_: object) -> Never:
    raise AssertionError("the delivery is in order")


def test_topics_of_strangers_are_bounded_and_endless_ones_are_not_kept() -> None:
    routes = new_routes()
    for first in range(0, 3 * LEAST, 50_000):
        for n in range(first, first + 50_000):
            assert routes[f"city/v1/streetlight/370102/X{n}/telemetry"] is not None
        assert routes[f"city/v1/{'x' * 60_000}/370102/X{first}/telemetry"] is Reason.BAD_TOPIC
    assert routes.held <= 2 * LEAST
    assert max(map(len, routes)) < 256


def test_the_routes_of_every_device_of_the_register_are_kept() -> None:
    routes, known = new_routes(), register(*(f"lamp-{n}" for n in range(LEAST + 1)))
    fill(DecodedBundle(0, Bundle.of(single())), routes, known, DecodeLimits(), unasked, unasked)
    assert routes.most == LEAST + 1
