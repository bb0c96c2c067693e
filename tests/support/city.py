"""A simulated city for end-to-end tests: it is always night there, and every message it sends is kept."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typing_extensions import override

from app.clock import SimulatedClock, wall_now
from domain.citytime import Place
from domain.delivery import Delivery, Journaled
from domain.device import Device, DeviceVersion
from domain.ports import DeviceChange
from domain.reading import Reading
from domain.register import Register
from ingest.codec import DecodeLimits
from ingest.decode import Decoder
from simulators.fleet import Fleet
from simulators.jinan.city import city_of
from simulators.publisher import Broker, Publisher
from simulators.run import FleetRunner
from simulators.scenario import Scenario
from simulators.wire import Message, Nature
from tests.support.broker import Mosquitto


def night_place(now: datetime) -> Place:
    """Return a place on Jinan's latitude where it is about 21:30 by the sun, so that lamps are on for hours."""
    hours = (21 - now.astimezone(UTC).hour + 12) % 24 - 12
    return Place(zone=f"Etc/GMT{-hours:+d}", latitude=36.65, longitude=hours * 15.0)


def place_settings(place: Place) -> dict[str, str]:
    """Return the settings of a service in that place."""
    return {"QUANYAN_CITY__ZONE": place.zone, "QUANYAN_CITY__LONGITUDE": str(place.longitude)}


class HourClock(SimulatedClock):
    """A simulated clock that stands still from `end` on: nothing is ever sent from the future."""

    def __init__(self, start: datetime, end: datetime) -> None:
        super().__init__(start, speed=0)
        self._end = end

    @override
    def now(self) -> datetime:
        return min(super().now(), self._end)


class Recorder:
    """An outlet that keeps what goes through it."""

    def __init__(self, outlet: Publisher) -> None:
        self._outlet = outlet
        self.sent: list[Message] = []
        self.acknowledged: list[Message] = []

    @property
    def lanes(self) -> int:
        return self._outlet.lanes

    def start(self) -> None:
        self._outlet.start()

    def publish(self, message: Message, lane: int, give_up: Callable[[], bool]) -> bool:
        self.sent.append(message)
        return self._outlet.publish(message, lane, give_up)

    def heard(self) -> Sequence[tuple[str, bytes]]:
        return self._outlet.heard()

    def settle(self) -> Sequence[Message]:
        done = self._outlet.settle()
        self.acknowledged += done
        return done

    def idle(self, timeout: float) -> bool:
        return self._outlet.idle(timeout)

    def stop(self) -> None:
        self._outlet.stop()

    def alive(self) -> bool:
        return self._outlet.alive()

    def state(self) -> dict[str, int]:
        return self._outlet.state()


class SimulatedCity:
    """A register of so many devices and a fleet that lives one hour in one minute, up to now."""

    def __init__(self, devices: int, broker: Mosquitto, scenario: Scenario, hour: timedelta, speed: float) -> None:
        began = wall_now()
        self._speed = speed
        self.place = night_place(began)
        self.changes: list[DeviceChange] = list(city_of(devices, seed=3))
        self.clock = HourClock(began - hour, began)
        self.end = began
        self.recorder = Recorder(Publisher(Broker(broker.host, broker.port, client_id="city")))
        fleet = Fleet(self.devices(), self.clock.now(), seed=3, scenario=scenario, place=self.place)
        self.runner = FleetRunner(fleet, self.recorder, self.clock)

    def start(self) -> None:
        """Let the clock run and the fleet report."""
        self.clock.set_speed(self._speed)
        self.runner.start()

    def devices(self) -> list[Device]:
        now = self.clock.now()
        return [c.device for c in self.changes if c.valid_from <= now and (c.valid_to is None or now < c.valid_to)]

    def register(self) -> Register:
        """The register as a service that loaded the city's file believes it."""
        return Register.of(DeviceVersion(c.device, c.valid_from, c.valid_to, self.clock.now()) for c in self.changes)

    def said(self) -> set[tuple[str, datetime]]:
        """The identity of every reading that went out in a message that is no garbage."""
        return {
            (raw["device"], datetime.fromisoformat(raw["at"]))
            for message in self.recorder.sent
            if message.nature is not Nature.GARBAGE
            for raw in readings_of(message.payload)
        }

    def graded(self) -> list[Reading]:
        """Every reading sent, in one serial pass through the decoder, sorted by event time; refused ones left out."""
        register = self.register()
        decoder = Decoder(lambda: register, DecodeLimits())
        arrival = wall_now()
        found: dict[tuple[str, datetime], Reading] = {}
        for number, message in enumerate(self.recorder.sent):
            decoded = decoder.decode(Journaled(number, Delivery(message.topic, message.payload, arrival)))
            for reading in decoded.readings:
                found.setdefault(reading.key, reading)
        return sorted(found.values(), key=lambda r: r.at)


def readings_of(payload: bytes) -> Iterable[dict[str, Any]]:
    """Return the readings in a payload of the contract; none in a status."""
    if payload in (b"online", b"offline"):
        return []
    content = json.loads(payload)
    readings: list[dict[str, Any]] = content.get("readings", [content])
    return readings


def stress_scenario() -> Path:
    """The scenario with every kind of fault at once."""
    return Path(__file__).parents[2] / "config" / "scenarios" / "everything.toml"
