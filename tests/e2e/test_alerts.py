"""Alerts on the command line, as an officer types them, and a rule tried over the history of both stores."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import wall_now
from domain.ports import TelemetryStore
from domain.reading import Reading
from store.telemetry.duckdb_store import DuckDbStore
from store.telemetry.influx import InfluxStore
from store.telemetry.influx_options import InfluxOptions
from tests.support.influx import InfluxServer
from tests.support.processes import wait_until
from tests.support.rules import local
from tests.support.service import Service, influx_settings

HEAD = "id,kind,name,district,management_area,responsible_unit,valid_from,road,road_class,supply_point,lighting_use"
LAMPS = "\n".join(
    f"L{n},streetlight,灯{n},370102,370102,照明中心,2026-01-01T00:00:00+08:00,经十路,arterial,SP1,functional"
    for n in (1, 2)
)
RULES = """
[[rule]]
name = "over-voltage"
title = "过压"
kind = "streetlight"
severity = "major"
hold = "5m"
clear_hold = "5m"
group = "subject"
text = "{name} 电压 {value}，限值 {limit}"
runbook = "查变压器分接开关。"
condition = { type = "threshold", metric = "voltage", above = 250, clear = 245 }

[[rule]]
name = "surge"
title = "浪涌"
kind = "streetlight"
severity = "critical"
group = "subject"
condition = { type = "threshold", metric = "voltage", above = 280 }
"""
START = local("2026-11-20 20:00")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service without a broker, with two rules of its own and two lamps in the register."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "lamps.toml").write_text(RULES, encoding="utf-8")
    built = Service(tmp_path, {"QUANYAN_MQTT__PORT": "1", "QUANYAN_RULES_FOLDER": str(rules)})
    (tmp_path / "register.csv").write_text(f"{HEAD}\n{LAMPS}\n", encoding="utf-8")
    built.prepare(tmp_path / "register.csv")
    yield built
    built.close()


def report(service: Service, device: str, voltage: float) -> None:
    reading = {"device": device, "at": wall_now().isoformat(), "values": {"voltage": voltage}}
    assert service.post("readings", {"readings": [reading]}).is_success


def states(service: Service) -> list[tuple[str, str, bool]]:
    """Subject, state and whether it is quiet of every open alert, as the API shows them."""
    found = service.get("alerts", open="true")["items"]
    return sorted((a["subject"], a["state"], a["quiet"]) for a in found)


def test_an_officer_lists_takes_shelves_and_silences_alerts(service: Service) -> None:
    service.start(ready=False)
    report(service, "L1", 300.0)
    wait_until(lambda: states(service) == [("device:L1", "firing", False)], "the surge is an alert")
    line, count = service.cli("alerts", "list").stdout.strip().splitlines()
    assert (line.split()[2:], count) == (["紧急", "firing", "浪涌：灯1"], "1 alerts")
    ident = line.split()[0]
    assert "with the next tick" in service.cli("alerts", "ack", ident, "--comment", "抢修已出发").stdout
    wait_until(lambda: states(service) == [("device:L1", "acknowledged", False)], "somebody has taken it")
    service.cli("alerts", "shelve", ident, "--hours", "1", "--comment", "等备件")
    wait_until(lambda: states(service) == [("device:L1", "shelved", True)], "it is put aside")

    said = service.cli("alerts", "silence", "subject=device:L2", "--hours", "2", "--reason", "更换电缆", "--work-order")
    kind, mute = said.stdout.split()[:2]
    assert kind == "work_order"
    report(service, "L2", 300.0)
    wait_until(lambda: ("device:L2", "firing", True) in states(service), "people are at work there")
    assert "firing (quiet)  浪涌：灯2" in service.cli("alerts", "list", "--severity", "critical").stdout
    service.cli("alerts", "unsilence", mute)
    wait_until(lambda: ("device:L2", "firing", False) in states(service), "what still holds is told again")

    for device in ("L1", "L2"):
        report(service, device, 220.0)
    wait_until(lambda: states(service) == [], "all is over")
    assert "2 alerts" in service.cli("alerts", "list", "--all", "--rule", "surge").stdout
    shown = service.cli("alerts", "show", ident).stdout
    assert "rule surge, device:L1, group device:L1, responsible 照明中心" in shown
    kinds = [line.split()[1] for line in shown.splitlines() if line.startswith("20")]
    assert kinds == ["raised", "acknowledged", "shelved", "recovered"]
    assert shown.count("cli:") == 2, "who did it stands beside what was done"
    late = service.cli("alerts", "ack", ident, check=False)
    reason = f"quanyan: Alert {ident} is recovered: there is nothing left to acknowledge."
    assert (late.returncode, late.stderr.strip()) == (2, reason)


def test_each_mistake_is_told_in_one_line_with_exit_code_2(service: Service) -> None:
    for arguments, reason in (
        (["ack", "a1"], "There is no alert 'a1'."),
        (["show", "a1"], "There is no alert 'a1'."),
        (["ack", "a1", "--until", "tomorrow"], "--until"),
        (
            ["silence", "road=经十路", "--hours", "1", "--reason", "x"],
            "must be FIELD=VALUE with a field of rule, subject",
        ),
        (["silence", "rule=", "--hours", "1", "--reason", "x"], "must be FIELD=VALUE"),
        (["unsilence", "m1"], "m1"),
    ):
        done = service.cli("alerts", *arguments, check=False)
        assert done.returncode == 2, arguments
        assert reason in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
    span = ("--from", "2026-11-21T00:00:00+08:00", "--to", "2026-11-20T00:00:00+08:00")
    backwards = service.cli("backtest", "surge", *span, check=False)
    assert (backwards.returncode, "must lie after --from" in backwards.stderr) == (2, True)
    unknown = service.cli("backtest", "no-rule", *reversed_(span), check=False)
    assert (unknown.returncode, "'no-rule' is none of over-voltage, surge" in unknown.stderr) == (2, True)


def reversed_(span: tuple[str, ...]) -> tuple[str, ...]:
    return span[0], span[3], span[2], span[1]


def history(store: TelemetryStore) -> None:
    """Two spells over the limit that last, and one that does not."""
    spells = {20: 260.0, 30: 262.0, 50: 220.0, 120: 270.0, 122: 220.0, 200: 255.0, 230: 248.0}
    readings = []
    for minute in range(0, 300, 2):
        at = START + timedelta(minutes=minute)
        voltage = spells[max((m for m in spells if m <= minute), default=50)]
        readings += [Reading(f"L{n}", "streetlight", at, at, {"voltage": v}) for n, v in ((1, voltage), (2, 230.0))]
    store.append(readings)
    store.close()


def told(service: Service, first: str, last: str) -> list[str]:
    day = "2026-11-20T"
    span = ("--from", f"{day}{first}:00+08:00", "--to", f"{day}{last}:00+08:00")
    return service.cli("backtest", "over-voltage", *span).stdout.splitlines()


def expect_two_firings(service: Service) -> None:
    lines = told(service, "19:00", "23:59")
    assert lines[0] == "over-voltage (过压) would have fired 2 times"
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "device:" in line]
    assert rows == [
        ["2026-11-20 20:25:00", "2026-11-20 20:55:00", "0:30:00", "重要", "device:L1", "灯1 电压 260，限值 250"],
        ["2026-11-20 23:25:00", "", "open", "重要", "device:L1", "灯1 电压 255，限值 250"],
    ]
    assert told(service, "21:00", "22:30") == [
        "over-voltage (过压) would have fired 0 times",
        "tried on 90 readings of 2 devices, 2026-11-20 21:00:00 – 2026-11-20 22:28:00",
    ]
    assert told(service, "20:00", "21:30")[0] == "over-voltage (过压) would have fired once"
    span = ("--from", "2026-11-20T10:00:00+08:00", "--to", "2026-11-20T11:00:00+08:00")
    nothing = service.cli("backtest", "over-voltage", *span, check=False)
    assert (nothing.returncode, "no reading of streetlight in the span" in nothing.stdout) == (1, True)


def test_a_rule_is_tried_over_the_history_of_the_embedded_store(service: Service) -> None:
    history(DuckDbStore(service.home / "telemetry.duckdb"))
    expect_two_firings(service)


def test_a_rule_is_tried_over_the_history_in_influxdb(
    service: Service, influx_server: InfluxServer, influx_bucket: str
) -> None:
    history(InfluxStore(InfluxOptions(influx_server.url, influx_server.token, influx_server.org, influx_bucket)))
    service.environment = {**service.environment, **influx_settings(influx_server, influx_bucket)}
    expect_two_firings(service)
