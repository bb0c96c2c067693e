"""The running service, from a reading to the officer's telephone and back: told, and acknowledged by link.

And a case file that the rule opened becomes an emergency, whose deadlines survive SIGKILL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.clock import wall_now
from tests.support.processes import free_port, wait_until
from tests.support.service import Service
from tests.support.vendors import Said, Vendor, served

RULES = """
[[rule]]
name = "over-voltage"
title = "过压"
kind = "streetlight"
severity = "critical"
group = "subject"
incident = { severity = "critical", category = "safety" }
condition = { type = "threshold", metric = "voltage", above = 260, clear = 255 }
"""
DUTY = """
[severity]
critical = "one"
[chains.one]
[[chains.one.step]]
to = "role:officer"
channels = ["sms"]
[[chains.one.step]]
to = "role:leader"
channels = ["sms"]
wait = "5s"
[fallback]
to = "role:leader"
channels = ["sms"]
[roster]
needed = ["officer"]
[[deadline]]
grade = "larger"
phone = "20s"
writing = "1h"
warn_before = "15s"
to = "市政府总值班室"
chain = "one"
"""
CHANNELS = """
[channels.sms]
kind = "sms"
url = "{url}"
allowed_hosts = ["127.0.0.1"]
private = true
secret_env = "SMS_TOKEN"
body = {{ to = "{{address}}", title = "{{title}}", link = "{{link}}" }}
variables = {{ title = 100, link = 200 }}
result = "code"
good = ["OK"]
"""
TABLES = {
    "p.csv": "id,name,phone\nann,甲班值班员,13800000001\nlead,带班领导,13800000002\n",
    "s.csv": "id,title,start,end\nall,全天,00:00,00:00\n",
    "r.csv": "id,shift,role,teams,first_day\no,all,officer,ann,2026-01-01\nl,all,leader,lead,2026-01-01\n",
    "register.csv": "id,kind,name,district,management_area,responsible_unit,road,road_class,supply_point,lighting_use\n"
    "L1,streetlight,经十路 1 号灯,370102,370102,市城管局,经十路,arterial,SP-1,functional\n",
}


@dataclass
class Town:
    """The service, and the gateway that carries its messages."""

    service: Service
    gateway: Vendor

    def told(self, word: str) -> list[Any]:
        return [said for asked in self.gateway.asked if word in (said := asked.json)["title"]]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with served(lambda _: Said(body={"code": "OK"})) as gateway:
        channels = CHANNELS.format(url=gateway.url)
        files = {**TABLES, "rules/mine.toml": RULES, "duty.toml": DUTY, "channels.toml": channels}
        (tmp_path / "rules").mkdir()
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        port = free_port()
        environment = {
            "QUANYAN_DUTY_FILE": str(tmp_path / "duty.toml"),
            "QUANYAN_CHANNELS_FILE": str(tmp_path / "channels.toml"),
            "QUANYAN_RULES_FOLDER": str(tmp_path / "rules"),
            "QUANYAN_LINKS__PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SMS_TOKEN": "token-of-the-gateway",
        }
        service = Service(tmp_path, environment, port)
        service.prepare(tmp_path / "register.csv")
        service.cli("duty", "import", *(str(tmp_path / f"{n}.csv") for n in "psr"))
        service.start(ready=False)
        try:
            yield Town(service, gateway)
        finally:
            service.close()


def test_who_presses_the_button_on_the_telephone_is_the_one_who_took_it(town: Town) -> None:
    reading = {"device": "L1", "at": wall_now().isoformat(), "seq": 1, "values": {"voltage": 270.0}}
    assert town.service.post("readings", reading).status_code == 202
    wait_until(lambda: bool(town.told("告警：过压")), "the officer is told")
    said = town.told("告警：过压")[0]
    assert said["to"] == "13800000001"
    with httpx.Client(timeout=60) as phone:
        page = phone.get(said["link"])
        assert (page.status_code, "经十路 1 号灯" in page.text) == (200, True)
        seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
        assert phone.post(said["link"], data={"seen": seen}).status_code == 200
        assert phone.post(said["link"], data={"seen": seen}).status_code == 409
    wait_until(lambda: alert(town)["state"] == "acknowledged", "the next tick takes it over")
    assert alert(town)["acknowledged_by"] == "ann"
    (case,) = town.service.get("incidents", alert=alert(town)["id"])["items"]
    assert (case["origin"], case["category"]) == ("alert", "safety")
    assert said["link"].rpartition("/")[2] not in (town.service.home / "service.log").read_text(encoding="utf-8")


def alert(town: Town) -> Any:
    (found,) = town.service.get("alerts", rule="over-voltage")["items"]
    return found


def test_the_deadlines_of_an_emergency_are_told_once_each_whatever_is_killed(town: Town) -> None:
    opened = town.service.post("incidents", {"title": "大面积停电", "category": "safety"}).json()
    actions = f"incidents/{opened['id']}/actions"
    upgraded = town.service.post(actions, {"action": "upgrade", "grade": "larger"}).json()
    wait_until(lambda: bool(town.told("报送时限将到")), "the deadline is near")
    town.service.kill()
    town.service.start(ready=False)
    both = {"13800000001", "13800000002"}
    wait_until(lambda: {said["to"] for said in town.told("报送已超时限")} == both, "officer and leader hear of it")
    assert town.service.post(actions, {"action": "report", "report": "phone", "to": "市政府总值班室"}).is_success
    notices = town.service.get("notices", group=f"emergency:{opened['id']}")["items"]
    start = datetime.fromisoformat(upgraded["upgraded_at"])
    told = sorted((n["kind"], n["person"], datetime.fromisoformat(n["at"]) - start) for n in notices)
    near, passed = timedelta(seconds=5), timedelta(seconds=20)
    assert told == [
        ("deadline_near", "ann", near),
        ("deadline_passed", "ann", passed),
        ("deadline_passed", "lead", passed),
    ]
    assert {said["to"] for said in town.told("报送时限将到")} == {"13800000001"}
