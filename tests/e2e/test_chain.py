"""The whole chain on real parts: a fleet of 2,000 devices, Mosquitto, Quanyan, InfluxDB 2; killed again and again."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from domain.lighting import LightingPlan
from domain.scope import Scope
from rules.live import recompute
from simulators.scenario import NOTHING_WRONG, Scenario
from simulators.scenario import load as load_scenario
from store.register_files import write_register
from tests.support.broker import Mosquitto
from tests.support.city import SimulatedCity, place_settings, stress_scenario
from tests.support.influx import InfluxServer
from tests.support.ledger import counted_by_flux, identity_holds, quarantined, settled, stored_in_influx
from tests.support.processes import wait_until
from tests.support.service import Service, influx_settings
from tests.support.warm import WarmService

DEVICES = 2000
HOUR = timedelta(hours=1)
KILLS = 10


@dataclass
class Chain:
    """A city, its broker, its service and its store."""

    city: SimulatedCity
    service: Service
    influx: InfluxServer
    bucket: str

    def live_until_the_end(self) -> None:
        """Let the fleet live its hour and say goodbye; every message is acknowledged by the broker."""
        clock = self.city.clock
        wait_until(lambda: clock.now() >= self.city.end, "the hour is over", 300)
        self.city.runner.stop(120)
        assert len(self.city.recorder.acknowledged) == len(self.city.recorder.sent)

    def stored(self) -> set[tuple[str, datetime]]:
        return stored_in_influx(self.influx, self.bucket)

    def kept_aside(self) -> set[tuple[str, datetime]]:
        return {
            (item["device"], datetime.fromisoformat(item["at"]))
            for item in quarantined(self.service)
            if item["device"] and item["at"]
        }

    def settled(self) -> dict[str, Any]:
        """Wait until the broker has nothing left for the service, and the service nothing in hand."""

        def arrived() -> bool:
            settled(self.service)
            return self.city.said() <= self.stored() | self.kept_aside()

        with contextlib.suppress(AssertionError):  # what is missing is told by the test itself, with names
            wait_until(arrived, "all that the broker has is stored or set aside", 60)
        return settled(self.service)


@pytest.fixture
def start(
    tmp_path: Path,
    mosquitto: Mosquitto,
    influx_server: InfluxServer,
    influx_bucket: str,
    request: pytest.FixtureRequest,
) -> Iterator[Chain]:
    """A chain whose service runs and whose fleet is ready to start. The parameter is the scenario."""
    scenario: Scenario = request.param
    city = SimulatedCity(DEVICES, mosquitto, scenario, HOUR, speed=60)
    broker = {"QUANYAN_MQTT__PORT": str(mosquitto.port), "QUANYAN_ENGINE__SNAPSHOT_EVERY_S": "5"}
    service = WarmService(tmp_path, broker | influx_settings(influx_server, influx_bucket) | place_settings(city.place))
    write_register(tmp_path / "register.csv", city.changes)
    service.prepare(tmp_path / "register.csv")
    service.start()
    yield Chain(city, service, influx_server, influx_bucket)
    city.runner.stop(5)
    service.close()


Identity = tuple[str, datetime]


def different(one: set[Identity], other: set[Identity]) -> list[Identity]:
    """The first few identities that only one of them has; a whole diff of such sets takes minutes to print."""
    return sorted(one ^ other)[:5]


def recounted(chain: Chain, indicator: str) -> None:
    """Every scope's live measure equals a serial recount of all that was sent, at the same instant."""
    readings, register = chain.city.graded(), chain.city.register()
    scopes = chain.service.get(f"indicators/{indicator}/scopes")["items"]
    assert scopes
    for scope in (entry["scope"] for entry in scopes):
        live = chain.service.get(f"indicators/{indicator}", scope=scope)
        at = datetime.fromisoformat(live["at"])
        serial = recompute(
            indicator, Scope.parse(scope), at, readings, register, LightingPlan((), ()), chain.city.place
        )
        told = (live["value"], live["numerator"], live["denominator"], live["unknown"])
        assert told == (serial.value, serial.numerator, serial.denominator, serial.unknown), scope


@pytest.mark.parametrize("start", [load_scenario(stress_scenario())], indirect=True, ids=["stress"])
def test_ten_kills_of_quanyan_and_of_influxdb_lose_nothing(start: Chain) -> None:
    start.city.start()
    for number, victim in zip(range(2 * KILLS), cycle(("quanyan", "influxdb"))):
        threading.Event().wait(0.3 + number % 7 / 5)  # a different instant of the work each time
        if victim == "quanyan":
            start.service.kill()
            start.service.start(ready=False)
        else:
            start.influx.kill()
            start.influx.start()
    start.live_until_the_end()
    start.settled()
    said, stored = start.city.said(), start.stored()
    assert different(stored, stored & said) == []
    assert different(said, said & (stored | start.kept_aside())) == []
    assert different(stored, {r.key for r in start.city.graded()}) == []
    recounted(start, "light_on_rate")
    recounted(start, "section_compliance")


@pytest.mark.parametrize("start", [NOTHING_WRONG], indirect=True, ids=["nothing wrong"])
def test_a_fleet_for_a_minute_is_live_and_stored_exactly_though_influxdb_was_away_for_half_of_it(start: Chain) -> None:
    start.influx.kill()
    start.city.start()

    def known() -> bool:
        measure = start.service.get("indicators/light_on_rate", scope="city")
        return bool(measure["unknown"] == 0 and measure["numerator"] > 0)

    half = start.city.end - HOUR / 2
    wait_until(lambda: start.city.clock.now() >= half and known(), "every lamp is known while InfluxDB is away", 120)
    assert start.service.get("ingest")["accounting"]["readings"]["stored"] == 0
    start.influx.start()
    start.live_until_the_end()
    account = start.settled()
    assert identity_holds(account)
    said = start.city.said()
    assert len(said) > DEVICES
    assert different(start.stored(), said) == []
    assert counted_by_flux(start.influx, start.bucket) == len(said)
    recounted(start, "light_on_rate")
    recounted(start, "section_compliance")
