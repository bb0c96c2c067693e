"""A running service takes other rules, chains and channels over without a restart, whole or not at all."""

import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.clock import wall_now
from domain.record import EventType
from store.operational import OperationalStore
from tests.e2e.test_command_line import HEAD, LAMP
from tests.support.processes import wait_until
from tests.support.service import Service
from tests.support.vendors import HOOK, URGENT, Said, Vendor, served

RULE = """
[[rule]]
name = "over-voltage"
title = "过压"
kind = "streetlight"
severity = "critical"
group = "subject"
hold = "1s"
clear_hold = "1s"
condition = {{ type = "threshold", metric = "voltage", above = {above}, clear = {clear} }}
"""


@dataclass
class City:
    """A service over files of its own, and two vendors that it may tell."""

    folder: Path
    service: Service
    before: Vendor
    after: Vendor

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def voltage(self, volts: float) -> None:
        reading = {"device": "L1", "at": wall_now().isoformat(), "values": {"voltage": volts}}
        assert self.service.post("readings", {"readings": [reading]}).is_success

    def open(self) -> list[dict[str, object]]:
        return [a for a in self.service.get("alerts", open="true")["items"] if a["rule"] == "over-voltage"]

    def reloads(self) -> list[Mapping[str, Any]]:
        store = OperationalStore(f"sqlite:///{self.folder / 'operational.sqlite'}")
        try:
            events = [logged.event for logged in store.events.after(0, 1000)]
        finally:
            store.close()
        return [event.data for event in events if event.type is EventType.CONFIG_RELOADED]

    def titles(self, vendor: Vendor) -> list[str]:
        return [asked.json["title"] for asked in vendor.asked]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with served(lambda _: Said()) as before, served(lambda _: Said()) as after:
        (tmp_path / "rules").mkdir()
        environment = {
            "QUANYAN_RULES_FOLDER": str(tmp_path / "rules"),
            "QUANYAN_DUTY_FILE": str(tmp_path / "duty.toml"),
            "QUANYAN_CHANNELS_FILE": str(tmp_path / "channels.toml"),
            "QUANYAN_MQTT__PORT": "1",
            "QUANYAN_ENGINE__TICK_S": "0.2",
            "QUANYAN_WATCH__BROKER_S": "1",  # there is none: something to tell every ten seconds
            "QUANYAN_WATCH__REPEAT_S": "10",
            "HOOK_SECRET": "SEC-of-the-hook",
        }
        service = Service(tmp_path, environment)
        built = City(tmp_path, service, before, after)
        built.write("rules/volts.toml", RULE.format(above=240, clear=235))
        built.write("duty.toml", URGENT)
        built.write("channels.toml", HOOK.format(url=f"{before.url}/"))
        built.write("register.csv", f"{HEAD}\n{LAMP}\n")
        service.prepare(tmp_path / "register.csv")
        service.start(ready=False)
        yield built
        service.close()


def test_sighup_takes_over_rules_and_channels_and_what_fires_goes_on_until_it_is_clear(city: City) -> None:
    city.voltage(250)
    wait_until(lambda: len(city.open()) == 1, "the alert fires", 60)
    (fired,) = city.open()
    wait_until(lambda: any("告警" in t for t in city.titles(city.before)), "it is told by the first vendor", 60)
    city.write("rules/volts.toml", RULE.format(above=300, clear=290))
    city.write("channels.toml", HOOK.format(url=f"{city.after.url}/"))
    city.service.send(signal.SIGHUP)
    wait_until(lambda: len(city.reloads()) == 1, "the reload is logged", 60)
    city.voltage(295)  # neither above the new limit nor below the new clearing level: it goes on
    wait_until(lambda: _rule(city) == [300], "the new rule runs", 60)
    assert [(a["id"], a["recovered_at"]) for a in city.open()] == [(fired["id"], None)]
    city.voltage(280)
    wait_until(lambda: not city.open(), "it is clear under the new rule", 60)
    wait_until(lambda: bool(city.titles(city.after)), "the second vendor is told what comes now", 120)


def _rule(city: City) -> object:
    (rule,) = city.service.get("rules")["items"]
    return rule["condition"]["levels"]["raises"]


def test_one_mistake_in_any_file_refuses_all_of_them_and_names_its_place(city: City) -> None:
    key_file = city.folder / "key"
    key_file.write_text(city.service.key, encoding="utf-8")
    city.write("rules/more.toml", RULE.replace("over-voltage", "other").format(above=240, clear=235))
    city.write("duty.toml", URGENT.replace('ack_expires = "1h"', 'ack_expires = "soon"'))
    city.write("channels.toml", HOOK.format(url="ftp://x/"))
    refused = city.service.post("reload", {})
    assert refused.status_code == 409
    fields = {error["name"]: (error["place"], error["reason"]) for error in refused.json()["errors"]}
    place, reason = fields["channels.hook.url"]
    assert place.endswith("channels.toml")
    assert "http or https" in reason
    city.write("channels.toml", HOOK.format(url=f"{city.after.url}/"))
    told = city.service.cli("reload", "--url", city.service.url, "--key-file", str(key_file), check=False)
    assert told.returncode == 2
    assert "duty.toml: chains.urgent.ack_expires" in told.stderr
    assert {c["name"] for c in city.service.get("notices/channels")["items"]} == {"hook"}
    city.write("duty.toml", URGENT.replace("urgent", "pressing"))
    done = city.service.cli("reload", "--url", city.service.url, "--key-file", str(key_file))
    assert "1 new pressing; 0 changed; 1 gone urgent" in done.stdout
    (said,) = city.reloads()
    assert (said["author"], said["channels"]["begun_anew"]) == ("tests", True)
