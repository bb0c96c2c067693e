"""Deliveries as columns: what came in together is carried as lists, and nothing is made for one of them until asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import overload

from typing_extensions import override

from domain.delivery import Delivery, Source


@dataclass(frozen=True, slots=True)
class Bundle(Sequence[Delivery]):
    """Deliveries that came in together by one door. `arrival` is aware, UTC, city clock; fields as of `Delivery`."""

    topics: Sequence[str]
    payloads: Sequence[bytes]
    arrival: datetime
    source: Source = Source.MQTT
    epoch: int = 0

    @classmethod
    def of(cls, delivery: Delivery) -> "Bundle":
        """Return a bundle of one."""
        return cls((delivery.topic,), (delivery.payload,), delivery.arrival, delivery.source, delivery.epoch)

    @override
    def __len__(self) -> int:
        return len(self.topics)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> "Bundle": ...
    @override
    def __getitem__(self, index: int | slice) -> "Delivery | Bundle":
        if isinstance(index, slice):
            return Bundle(self.topics[index], self.payloads[index], self.arrival, self.source, self.epoch)
        return Delivery(self.topics[index], self.payloads[index], self.arrival, self.source, self.epoch)

    @property
    def size(self) -> int:
        """The bytes of all payloads."""
        return sum(map(len, self.payloads))


class Bundles(Sequence[Delivery]):
    """Bundles one after the other, seen as one sequence of deliveries."""

    def __init__(self, parts: Sequence[Bundle]) -> None:
        """Join them."""
        self.parts = parts

    @override
    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[Delivery]: ...
    @override
    def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
        return [delivery for part in self.parts for delivery in part][index]


def bundled(deliveries: Sequence[Delivery]) -> Sequence[Bundle]:
    """Return deliveries as bundles, whatever form they have."""
    if isinstance(deliveries, Bundles):
        return deliveries.parts
    return [deliveries] if isinstance(deliveries, Bundle) else list(_grouped(deliveries))


def _grouped(deliveries: Iterable[Delivery]) -> Iterable[Bundle]:
    """Yield a bundle for all that follow one another and differ in topic and payload only."""
    group: list[Delivery] = []
    for delivery in deliveries:
        if group and (delivery.arrival, delivery.source, delivery.epoch) != _together(group[0]):
            yield _bundle(group)
            group = []
        group.append(delivery)
    if group:
        yield _bundle(group)


def _together(delivery: Delivery) -> tuple[datetime, Source, int]:
    return delivery.arrival, delivery.source, delivery.epoch


def _bundle(group: Sequence[Delivery]) -> Bundle:
    return Bundle([d.topic for d in group], [d.payload for d in group], *_together(group[0]))
