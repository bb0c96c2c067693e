"""The command line as a user types it: each command works, each mistake is told with its place and exit code 2."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import wall_now
from tests.support.processes import wait_until
from tests.support.service import Service

HEAD = "id,kind,name,district,management_area,responsible_unit,road,road_class,supply_point,lighting_use,rated_power"
LAMP = "L1,streetlight,灯1,370102,370102,济南市城市照明服务中心,经十路,arterial,SP1,functional,150"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service without a broker: the doors are HTTP and the command line."""
    built = Service(tmp_path, {"QUANYAN_MQTT__PORT": "1"})
    yield built
    built.close()


def with_lamp(service: Service) -> None:
    file = service.home / "register.csv"
    file.write_text(f"{HEAD}\n{LAMP}\n", encoding="utf-8")
    service.cli("init")
    assert "1 device versions recorded" in service.cli("register", "load", str(file)).stdout


def test_a_file_of_readings_goes_through_the_door_and_the_bad_one_is_named(service: Service) -> None:
    with_lamp(service)
    service.start(ready=False)
    now = wall_now()
    rows = [f"L1,{(now - timedelta(minutes=m)).isoformat()},{power}" for m, power in ((3, 150), (2, -7), (1, 151))]
    file = service.home / "readings.csv"
    file.write_text("\n".join(["device,at,power", *rows]) + "\n", encoding="utf-8")
    key_file = service.home / "key"
    key_file.write_text(service.key, encoding="utf-8")
    done = service.cli("import", str(file), "--url", service.url, "--key-file", str(key_file), check=False)
    assert done.returncode == 1
    assert f"{file}:3: out_of_range" in done.stderr
    assert "2 readings accepted, 1 quarantined" in done.stdout
    wait_until(lambda: service.get("ingest")["accounting"]["readings"]["stored"] == 2, "both good ones are stored")
    assert service.get("devices/L1/latest")["reading"]["values"]["power"] == 151
    (item,) = service.get("quarantine")["items"]
    assert (item["device"], item["reason"], item["source"]) == ("L1", "out_of_range", "http")


def test_a_running_service_takes_over_what_the_command_line_records(service: Service) -> None:
    with_lamp(service)
    service.start(ready=False)
    assert service.get("devices/L1")["device"]["state"] == "in_service"
    service.cli("register", "set-state", "L1", "maintenance")
    wait_until(lambda: service.get("devices/L1")["device"]["state"] == "maintenance", "the state is taken over")
    now = wall_now()
    span = ("--start", now.isoformat(), "--end", (now + timedelta(hours=1)).isoformat())
    service.cli("lighting", "override", "add", "city", "on", *span, "--reason", "dark day")
    wait_until(lambda: len(service.get("lighting/overrides")["items"]) == 1, "the override is known")
    (override,) = service.get("lighting/overrides")["items"]
    assert override["reason"] == "dark day"
    assert override["author"].startswith("cli:")


def test_every_recorded_version_of_a_device_is_shown(service: Service) -> None:
    with_lamp(service)
    service.cli("register", "set-state", "L1", "scrapped")
    shown = service.cli("register", "show", "L1").stdout
    assert "in_service" in shown
    assert "scrapped" in shown
    assert "believed until" in shown
    exported = service.home / "out.geojson"
    service.cli("register", "export", str(exported))
    assert "scrapped" in exported.read_text(encoding="utf-8")


def test_keys_are_made_listed_and_revoked_and_a_revoked_one_opens_nothing(service: Service) -> None:
    service.start(ready=False)
    made = service.cli("keys", "create", "dashboard", "--role", "read")
    secret, ident = made.stdout.strip(), made.stderr.split()[1]
    assert secret not in service.cli("keys", "list").stdout
    reader = Service(service.home, service.environment, port=service.port, key=secret)
    assert reader.get("targets")["items"]
    service.cli("keys", "revoke", ident)
    with pytest.raises(AssertionError, match="401"):
        reader.get("targets")
    reader.close()


def test_the_targets_are_shown_with_limit_counts_and_verdict(service: Service) -> None:
    components = service.home / "components.csv"
    service.cli("register", "components", str(components), "--count", "50", "--placed", "1")
    service.prepare(components)
    service.cli("register", "load", "config/feeds.csv")
    service.start(ready=False)
    key_file = service.home / "key"
    key_file.write_text(service.key, encoding="utf-8")
    asked = ("targets", "--url", service.url, "--key-file", str(key_file))
    shown = service.cli(*asked).stdout
    for told in (
        "实现80的部件资源在一张图上展示",
        "≥ 80 %",
        "100.00 %",
        "50 / 50, 0",
        "met",
        "not_measured",
        "42-hotline",
    ):
        assert told in shown
    said = json.loads(service.cli(*asked, "--item", "27", "--json").stdout)
    assert [(row["target"]["id"], row["verdict"]) for row in said] == [
        ("27-one-map", "met"),
        ("27-road-sensing", "not_measured"),
    ]
    refused = service.cli("targets", "--url", service.url, check=False)
    assert (refused.returncode, "HTTP 401" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("register", "load", "absent.csv"), "absent.csv: cannot be read"),
        (("register", "show", "nobody"), "'nobody' was never registered"),
        (("import", "absent.csv"), "absent.csv: No such file"),
        (("targets", "--url", "http://127.0.0.1:1"), "http://127.0.0.1:1: "),
        (("targets", "--url", "nowhere"), "nowhere: "),
        (("targets", "--key-file", "absent"), "absent: No such file"),
        (("keys", "revoke", "nokey"), "there is no key nokey"),
        (("lighting", "override", "add", "town", "on", "--start", "x", "--end", "x", "--reason", "r"), "scope 'town'"),
        (("check-config", "--config", "absent.toml"), "absent.toml: No such file"),
        (("simulate", "replay", "pyproject.toml"), "pyproject.toml:1"),
    ],
)
def test_a_mistake_is_told_in_one_message_without_a_traceback(
    service: Service, arguments: tuple[str, ...], told: str
) -> None:
    done = service.cli(*arguments, check=False)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_check_config_says_what_is_in_force_and_hides_secrets(service: Service) -> None:
    service.environment = {**service.environment, "QUANYAN_MQTT__PASSWORD": "hunter2"}
    done = service.cli("check-config")
    assert "settings are right" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


def test_a_taken_port_is_told_before_anything_starts(service: Service) -> None:
    service.start(ready=False)
    second = Service(service.home / "second", service.environment, port=service.port)
    second.home.mkdir()
    done = second.cli("serve", check=False)
    assert done.returncode == 2
    assert "cannot listen" in done.stderr
    second.close()
