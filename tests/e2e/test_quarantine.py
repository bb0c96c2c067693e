"""The quarantine end to end on real parts: what an unknown gateway's lamps said is stored once, whatever is killed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from app.clock import wall_now
from domain.quarantine import Replay
from domain.reading import ReadingKey
from store.operational import OperationalStore
from store.operational.audit import Action
from store.telemetry.duckdb_store import DuckDbStore
from tests.e2e.test_command_line import HEAD, LAMP
from tests.support.broker import Mosquitto
from tests.support.ledger import identity_holds, settled
from tests.support.processes import wait_until
from tests.support.publisher import publishing
from tests.support.service import Service

BATCHES, LAMPS, KILLS = 600, 4, 4
TOPIC = "city/v1/streetlight/370102/GW-9/batch"


@pytest.fixture
def service(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Service]:
    off = {"QUANYAN_ARCHIVE__ENABLED": "false", "QUANYAN_RETENTION__ENABLED": "false"}
    built = Service(tmp_path, {"QUANYAN_MQTT__PORT": str(mosquitto.port), **off})
    write_lamps(built, 1)
    built.prepare(tmp_path / "register.csv")
    built.start()
    yield built
    built.close()


def write_lamps(service: Service, count: int) -> None:
    rows = [LAMP.replace("L1,", f"L{n},", 1) for n in range(1, count + 1)]
    (service.home / "register.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")


def said(now: datetime) -> list[dict[str, object]]:
    """Each lamp of the gateway that nobody knows, once a second."""
    times = [now - timedelta(seconds=n) for n in range(BATCHES)]
    return [
        {"device": f"L{lamp}", "at": at.isoformat(), "values": {"power": 100 + lamp}}
        for at in times
        for lamp in range(2, LAMPS + 2)
    ]


def far(service: Service, replay: int) -> Replay:
    """How far a replay is, as the database tells it while the service is dead."""
    store = OperationalStore(f"sqlite:///{service.home / 'operational.sqlite'}")
    try:
        return store.quarantine.replay(replay)
    finally:
        store.close()


def reached(service: Service, replay: int, replayed: int) -> bool:
    return far(service, replay).replayed >= replayed


def test_what_unknown_devices_said_is_stored_once_though_the_process_is_killed_amid_the_replay(
    service: Service, mosquitto: Mosquitto
) -> None:
    now = wall_now().replace(microsecond=0)
    readings = said(now)
    batches = [readings[start : start + LAMPS] for start in range(0, len(readings), LAMPS)]
    with publishing(mosquitto.port) as publisher:
        publisher.publish((TOPIC, json.dumps({"readings": some}).encode()) for some in batches)
    wait_until(lambda: service.get("ingest")["accounting"]["readings"]["quarantined"] == len(readings), "aside", 60)

    write_lamps(service, LAMPS + 1)
    service.cli("register", "load", str(service.home / "register.csv"))
    wait_until(lambda: service.post("quarantine/replays/trial", {}).json()["accepted"] == len(readings), "known", 60)
    begun = service.post("quarantine/replays", {"reason": "unknown_device"}).json()
    assert (begun["items"], begun["waiting"]) == (len(readings), len(readings))

    amid = 0
    for number in range(KILLS):
        service.kill()
        state = far(service, begun["id"])
        amid += state.waiting > 0
        service.start(ready=False)
        wanted = min(state.replayed + (number + 1) * 100, len(readings))
        wait_until(partial(reached, service, begun["id"], wanted), "it went on", 60)
    assert amid >= 1
    wait_until(lambda: far(service, begun["id"]).finished_at is not None, "the replay is done", 120)
    account = settled(service)
    assert identity_holds(account)

    done = service.get(f"quarantine/replays/{begun['id']}")
    assert (done["replayed"], done["again"]) == (len(readings), 0)
    assert service.get("quarantine")["items"] == []
    books = service.get("ingest")["quarantine"]
    assert books == {"ever": len(readings), "waiting": 0, "replaying": 0, "replayed": len(readings), "expired": 0}
    service.stop()
    assert stored(service) == sorted(
        (str(r["device"]), datetime.fromisoformat(str(r["at"])).astimezone(UTC)) for r in readings
    )
    assert audited(service) == [(begun["author"], len(readings))]


def stored(service: Service) -> list[ReadingKey]:
    """Every row of the store, so that one that is there twice shows."""
    store = DuckDbStore(service.home / "telemetry.duckdb")
    try:
        rows = store.window("streetlight", datetime(1971, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
        return sorted(reading.key for reading in rows)
    finally:
        store.close()


def audited(service: Service) -> list[tuple[str, int]]:
    store = OperationalStore(f"sqlite:///{service.home / 'operational.sqlite'}")
    try:
        found = [entry for entry in store.audit.list(0, 1000) if entry.action is Action.QUARANTINE_REPLAYED]
        return [(entry.author, entry.detail["items"]) for entry in found]
    finally:
        store.close()


def test_the_command_line_inspects_counts_tries_and_replays(service: Service) -> None:
    at = wall_now().isoformat()
    for device in ("L2", "L3"):
        service.post("readings", {"device": device, "at": at, "values": {"power": 1}})
    wait_until(lambda: len(service.get("quarantine")["items"]) == 2, "both are aside")
    listed = service.cli("quarantine", "list", "--device", "L2").stdout
    assert "unknown_device  L2" in listed
    assert '"device": "L2"' in service.cli("quarantine", "show", listed.split()[0]).stdout
    assert "ever 2 = waiting 2 + replaying 0 + replayed 0 + expired 0" in service.cli("quarantine", "count").stdout

    write_lamps(service, 2)
    service.cli("register", "load", str(service.home / "register.csv"))
    tried = service.cli("quarantine", "replay", "--dry-run", check=False)
    assert tried.returncode == 1
    assert "2 entries: 1 would be accepted" in tried.stdout
    wait_until(lambda: len(service.get("devices")["items"]) == 2, "the service knows both")
    done = service.cli(
        "quarantine", "replay", "--reason", "unknown_device", "--since", "2026-01-01T00:00:00Z", check=False
    )
    assert done.returncode == 1  # one of them is not registered still
    assert "2 entries: 1 stored, 1 rejected again, 0 on their way" in done.stdout
    assert "rejected again" in service.cli("quarantine", "replays").stdout
    assert service.get("devices/L2/latest")["reading"]["values"]["power"] == 1
    assert service.cli("quarantine", "replay", "--since", "noon", check=False).returncode == 2
