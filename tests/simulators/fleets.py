"""A small city and the demo's, and what their fleets send."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.device import AssetState, Device
from simulators.fleet import Fleet
from simulators.jinan.city import city_of
from simulators.scenario import NOTHING_WRONG, Scenario, load
from simulators.wire import Channel, Message, Nature

CONFIG = Path(__file__).resolve().parents[2] / "config" / "scenarios"
START = datetime.fromisoformat("2026-11-23T16:45+08:00")
SMALL = [c.device for c in city_of(120, 5) if c.valid_to is None]
DEMO = [c.device for c in city_of(2_000) if c.valid_to is None]
SPEAKING = {d.id for d in DEMO if d.state in {AssetState.IN_SERVICE, AssetState.MAINTENANCE}}


def run(
    devices: Iterable[Device] = SMALL, hours: float = 3, scenario: Scenario = NOTHING_WRONG, seed: int = 1
) -> list[Message]:
    return Fleet(devices, START, seed=seed, scenario=scenario).plan(START + timedelta(hours=hours))


def readings(messages: Iterable[Message], natures: tuple[Nature, ...] = (Nature.FRESH,)) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for message in messages:
        if message.nature in natures and message.channel is not Channel.STATUS:
            payload = json.loads(message.payload)
            found += payload["readings"] if message.channel is Channel.BATCH else [payload]
    return found


def by_device(messages: Iterable[Message]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for reading in readings(messages):
        found[reading["device"]].append(reading)
    return found


def fault(tmp_path: Path, lines: str) -> Scenario:
    file = tmp_path / "s.toml"
    file.write_text(f'title = "t"\n\n[[fault]]\n{lines}\n', encoding="utf-8")
    return load(file)
