"""Metrics, alert rules and the dashboard, judged by Prometheus' own tool and against what is really exposed."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.clock import SystemClock, wall_now
from app.settings import ApiSettings, LogSettings, MqttSettings, Settings
from app.wiring import build
from domain.record import Role
from store.operational.keys import new_key
from tests.support.processes import free_port
from tests.support.servers import ROOT

RULES = ROOT / "config" / "prometheus" / "quanyan.rules.yml"
CASES = ROOT / "config" / "prometheus" / "quanyan.rules.test.yml"
DASHBOARD = json.loads((ROOT / "config" / "grafana" / "quanyan.json").read_text(encoding="utf-8"))
_METRIC = re.compile(r"\b(?:quanyan|process|python)_[a-z_]+")


@pytest.fixture(scope="module")
def exposition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What a service with every part on exposes, asked for over HTTP."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("metrics"),
        mqtt=MqttSettings(port=1),
        api=ApiSettings(port=free_port()),
        log=LogSettings(level="ERROR"),
    )
    system = build(settings, SystemClock(), wall_now)
    system.lifecycle.start()
    try:
        key, secret = new_key("prometheus", Role.READ, wall_now())
        system.operational.keys.add(key)
        url = f"http://127.0.0.1:{settings.api.port}/metrics"
        yield httpx.get(url, headers={"Authorization": f"Bearer {secret}"}, timeout=60).raise_for_status().text
    finally:
        system.lifecycle.stop()


def judged(promtool: Path, *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        [str(promtool), *arguments], input=given, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def names(exposition: str) -> set[str]:
    return set(re.findall(r"^([a-z_]+)[{ ]", exposition, re.MULTILINE))


def test_promtool_finds_nothing_wrong_with_the_metrics(promtool: Path, exposition: str) -> None:
    assert judged(promtool, "check", "metrics", given=exposition) == ""
    broken = exposition.replace("# HELP quanyan_trouble", "# HALP quanyan_trouble")
    with pytest.raises(AssertionError, match="quanyan_trouble"):
        judged(promtool, "check", "metrics", given=broken)


def test_promtool_takes_the_alert_rules_and_their_cases_pass(promtool: Path) -> None:
    assert "19 rules found" in judged(promtool, "check", "rules", str(RULES))
    assert "SUCCESS" in judged(promtool, "test", "rules", str(CASES))


def test_every_metric_of_the_alert_rules_exists(exposition: str) -> None:
    text = "\n".join(re.findall(r"^ +expr: (.+)$", RULES.read_text(encoding="utf-8"), re.MULTILINE))
    used = set(_METRIC.findall(text))
    assert len(used) > 10
    assert used - names(exposition) == set()


def test_every_metric_of_the_dashboard_exists(exposition: str) -> None:
    used = {name for text in _queries(DASHBOARD) for name in _METRIC.findall(text)}
    assert len(used) > 20
    assert used - names(exposition) == set()


def test_the_dashboard_has_each_panel_once_and_none_upon_another() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert max(x for x, _ in taken) < 24


def _queries(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (v for k, v in node.items() if k in {"expr", "query"} and isinstance(v, str))
        for value in node.values():
            yield from _queries(value)
    elif isinstance(node, list):
        for value in node:
            yield from _queries(value)
