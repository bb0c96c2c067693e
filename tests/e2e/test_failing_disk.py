"""A disk full, read-only or failing to fsync: the broker keeps what comes, health says why, it mends by itself."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.clock import wall_now
from tests.e2e.test_command_line import HEAD, LAMP
from tests.support.broker import Mosquitto
from tests.support.disk import FAULTS, FailingDisk
from tests.support.ledger import identity_holds, settled
from tests.support.processes import wait_until
from tests.support.publisher import publishing
from tests.support.service import Service

TOPIC = "city/v1/streetlight/370102/L1/telemetry"
EACH = 50


@pytest.fixture
def service(failing_disk: FailingDisk, mosquitto: Mosquitto) -> Iterator[Service]:
    home = failing_disk.folder
    built = Service(home, {"QUANYAN_MQTT__PORT": str(mosquitto.port), **failing_disk.environment})
    (home / "register.csv").write_text(f"{HEAD}\n{LAMP}\n", encoding="utf-8")
    built.prepare(home / "register.csv")
    built.start()
    yield built
    built.close()


def test_a_disk_that_fails_holds_back_the_broker_is_told_and_mends_by_itself(
    service: Service, failing_disk: FailingDisk, mosquitto: Mosquitto
) -> None:
    began = wall_now() - timedelta(hours=1)
    for number, fault in enumerate(FAULTS):
        failing_disk.fail(fault)
        with publishing(mosquitto.port) as publisher:
            instants = [began + timedelta(seconds=number * EACH + second) for second in range(EACH)]
            said = [{"device": "L1", "at": at.isoformat(), "values": {"power": 100}} for at in instants]
            publisher.publish([(TOPIC, json.dumps(reading).encode()) for reading in said])
        wait_until(lambda: "journal" in service.failures(), f"health says that the journal fails: {fault}", 60)
        assert service.answers("/livez")
        before = service.get("ingest")["accounting"]["deliveries"]
        assert (before["acknowledged"], before["journaled"]) == (number * EACH, number * EACH)
        failing_disk.heal()
        wait_until(lambda: service.answers("/readyz"), f"it is ready again after: {fault}", 60)
        account = settled(service, 60)
        assert identity_holds(account)
        assert account["deliveries"]["acknowledged"] == account["readings"]["stored"] == (number + 1) * EACH
        assert account["readings"]["duplicate"] == 0
