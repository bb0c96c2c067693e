"""Quanyan tells of its own troubles: a broker that is killed is told of, and told again when it is back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import Mosquitto
from tests.support.processes import wait_until
from tests.support.service import Service
from tests.support.vendors import FALLBACK, HOOK, Said, Vendor, served


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with served(lambda _: Said()) as running:
        yield running


@pytest.fixture
def service(tmp_path: Path, vendor: Vendor, mosquitto: Mosquitto) -> Iterator[Service]:
    (tmp_path / "duty.toml").write_text(FALLBACK, encoding="utf-8")
    (tmp_path / "channels.toml").write_text(HOOK.format(url=f"{vendor.url}/"), encoding="utf-8")
    environment = {
        "QUANYAN_DUTY_FILE": str(tmp_path / "duty.toml"),
        "QUANYAN_CHANNELS_FILE": str(tmp_path / "channels.toml"),
        "QUANYAN_MQTT__PORT": str(mosquitto.port),
        "QUANYAN_WATCH__BROKER_S": "1",
        "QUANYAN_WATCH__EVERY_S": "0.2",
        "HOOK_SECRET": "SEC-of-the-hook",
    }
    built = Service(tmp_path, environment)
    built.start()
    yield built
    built.close()


def told(vendor: Vendor, word: str) -> bool:
    return any(word in a.json["title"] and "消息服务器连接中断" in a.json["title"] for a in vendor.asked)


def test_a_broker_that_is_killed_is_told_of_and_its_return_too(
    service: Service, vendor: Vendor, mosquitto: Mosquitto
) -> None:
    assert 'quanyan_trouble{trouble="broker"} 0.0' in service.metrics()
    mosquitto.kill()
    wait_until(lambda: told(vendor, "告警"), "the trouble is told", 60)
    assert 'quanyan_trouble{trouble="broker"} 1.0' in service.metrics()
    mosquitto.start()
    wait_until(lambda: told(vendor, "已恢复"), "its end is told", 60)
    kinds = [n["kind"] for n in service.get("notices")["items"] if n["group"] == "self:broker"]
    assert kinds == ["raised", "recovered"]
