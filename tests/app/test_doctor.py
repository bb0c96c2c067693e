"""`quanyan doctor` on real servers: what is right is said, what is wrong is named with how to mend it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.doctor import examine, mosquitto_file
from app.doctor_finding import Finding, Level
from app.operational_settings import OperationalSettings
from app.settings import JournalSettings, MqttSettings, Settings, TelemetrySettings
from domain.ports import DeviceChange
from store.operational import OperationalStore
from store.operational.engine import Database, connect, migrate
from tests.store.operational.builders import T0, lamp
from tests.support.broker import Mosquitto
from tests.support.influx import InfluxServer
from tests.support.processes import ServerProcess, accepts_tcp, free_port
from tests.support.servers import ROOT


def settings(folder: Path, **changes: Any) -> Settings:
    small = JournalSettings(cap_bytes=2**20)
    return Settings(**{"data_dir": folder, "journal": small, "mqtt": MqttSettings(port=1), **changes})


def found(built: Settings, part: str, broker_file: Path | None = None) -> list[Finding]:
    return [f for f in examine(built, broker_file) if f.part == part]


def wrong(findings: list[Finding]) -> list[str]:
    return [f"{f.said} → {f.mend}" for f in findings if f.level is Level.WRONG]


def with_register(url: str) -> None:
    store = OperationalStore(url)
    store.register.record([DeviceChange(lamp(), T0)], "tests", T0)
    store.close()


# -- broker ------------------------------------------------------------------------------------------------------


@pytest.fixture
def forgetful(mosquitto: Mosquitto, tmp_path: Path) -> Iterator[int]:
    """A Mosquitto with its own defaults: 1,000 messages for an absent session, and nothing over a restart."""
    port = free_port()
    home = tmp_path / "defaults"
    home.mkdir()
    (home / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n", encoding="utf-8")
    argv = ("mosquitto", "-c", str(home / "mosquitto.conf"))
    process = ServerProcess(mosquitto.process.program, argv, home, lambda: accepts_tcp("127.0.0.1", port))
    process.start()
    yield port
    process.stop()


def test_a_broker_that_keeps_everything_is_right(mosquitto: Mosquitto, tmp_path: Path) -> None:
    findings = found(settings(tmp_path, mqtt=MqttSettings(port=mosquitto.port)), "broker")
    assert wrong(findings) == []
    assert any("kept all of 2000 messages" in f.said for f in findings)


def test_a_configuration_of_the_broker_that_is_not_there_is_told_by_its_path(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    absent = tmp_path / "absent.conf"
    (told,) = (f for f in found(settings(tmp_path, mqtt=MqttSettings(port=mosquitto.port)), "broker", absent) if f.mend)
    assert (told.said, told.mend) == (
        f"{absent}: No such file or directory",
        "is the path right, and may this user use it?",
    )


def test_a_broker_with_its_default_queue_is_found_out_by_trying(forgetful: int, tmp_path: Path) -> None:
    (said,) = wrong(found(settings(tmp_path, mqtt=MqttSettings(port=forgetful)), "broker"))
    assert "were kept for an absent session: the others are lost" in said
    assert "max_queued_messages of at least 100000" in said


def test_a_broker_that_is_away_is_said_with_its_place(tmp_path: Path) -> None:
    (said,) = wrong(found(settings(tmp_path), "broker"))
    assert "mqtt://127.0.0.1:1: cannot connect" in said


def test_the_configuration_that_ships_is_right_and_an_empty_one_is_not(tmp_path: Path) -> None:
    assert wrong(list(mosquitto_file(ROOT / "config" / "mosquitto.conf"))) == []
    bare = tmp_path / "bare.conf"
    bare.write_text("listener 1883\n", encoding="utf-8")
    said = wrong(list(mosquitto_file(bare)))
    assert [s.split(": ")[1].split()[0] for s in said] == [
        "persistence",
        "max_queued_messages",
        "max_inflight_messages",
        "autosave_interval",
    ]


# -- stores ------------------------------------------------------------------------------------------------------


def test_influxdb_is_asked_for_bucket_retention_token_and_clock(
    influx_server: InfluxServer, influx_bucket: str, tmp_path: Path
) -> None:
    kept = {"kind": "influx", "url": influx_server.url, "org": influx_server.org, "token": influx_server.token}

    def telemetry(**changes: Any) -> list[Finding]:
        asked = TelemetrySettings.model_validate({**kept, "bucket": influx_bucket, **changes})
        return list(examine(settings(tmp_path, telemetry=asked)))

    right = [f for f in telemetry() if f.part in {"telemetry", "clock"}]
    assert [f.level for f in right] == [Level.OK, Level.OK]
    assert "this clock is" in right[1].said
    (missing,) = wrong([f for f in telemetry(bucket="nothing") if f.part == "telemetry"])
    assert "there is no bucket 'nothing'" in missing
    (refused,) = wrong([f for f in telemetry(token="nonsense") if f.part == "telemetry"])
    assert "the token is refused" in refused
    influx_server.keep(influx_bucket, timedelta(days=30))
    kept_for = [f for f in telemetry() if f.level is Level.WARN and f.part == "telemetry"]
    assert "keeps 30 days, the settings say 0" in kept_for[0].said
    (away,) = wrong([f for f in telemetry(url="http://127.0.0.1:1") if f.part == "telemetry"])
    assert "does not answer" in away


def test_a_database_is_asked_for_its_form_its_safety_and_the_register(postgres_url: str, tmp_path: Path) -> None:
    built = settings(tmp_path, operational=OperationalSettings(url=postgres_url))
    (bare,) = wrong(found(built, "database"))
    assert "tables are of form none" in bare
    database = Database(connect(postgres_url))
    migrate(database, "0004")
    database.close()
    (old,) = wrong(found(built, "database"))
    assert "tables are of form 0004" in old
    OperationalStore(postgres_url).close()
    said = wrong(found(built, "database"))
    assert any("fsync = off" in s for s in said)  # the tests' server gives durability away for speed
    assert any("the register is empty" in s for s in said)
    with_register(postgres_url)
    assert not any("register" in s for s in wrong(found(built, "database")))
    assert any("this clock is" in f.said for f in examine(built) if f.part == "clock")


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    (said,) = wrong(found(settings(tmp_path), "database"))
    assert "`quanyan init` makes it" in said
    assert not (tmp_path / "operational.sqlite").exists()
    with_register(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    findings = found(settings(tmp_path), "database")
    assert wrong(findings) == []
    assert any("no API key" in f.said for f in findings)


# -- this machine ------------------------------------------------------------------------------------------------


def test_a_disk_that_is_smaller_than_the_cap_is_told(tmp_path: Path) -> None:
    (small,) = found(settings(tmp_path), "disk")
    (large,) = found(settings(tmp_path, journal=JournalSettings(cap_bytes=2**60)), "disk")
    assert (small.level, large.level) == (Level.OK, Level.WARN)
    assert "lower journal.cap_bytes" in large.mend


def test_a_secret_that_others_may_read_and_a_mistake_in_a_file_are_told(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o644)
    duty = tmp_path / "duty.toml"
    duty.write_text("[chains.a]\n", encoding="utf-8")
    built = settings(tmp_path, mqtt=MqttSettings(port=1, password_file=secret), duty_file=duty)
    assert any(f.mend == f"chmod 600 {secret}" for f in found(built, "permissions"))
    assert any("duty.toml" in s for s in wrong(found(built, "files")))
    secret.chmod(0o600)
    assert [f.level for f in found(built, "permissions")] == [Level.OK]
