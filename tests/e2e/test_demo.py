"""The trial run as a stranger starts it: lamps come on, a cabinet trips, a target is missed; two runs never collide."""

from pathlib import Path

from tests.support.demo import Demo
from tests.support.processes import free_port, wait_until

FAST = 300


def test_the_story_is_told_within_its_two_minutes_of_city_evening(tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(demo := Demo(tmp_path, free_port(), free_port(), "--devices", "400", "--speed", str(FAST)))
    demo.says(r"item 10, road_class:arterial: met: \d+\.\d%")
    demo.says(r"cabinet \S+: circuitBreakerTripped \(begin\)")
    demo.says(r"item 10, road_class:arterial: missed: \d+\.\d%")
    demo.says("the city clock runs at 1x now")
    # who is on duty is told, once the case file is opened; by then the breaker's alert waits for somebody
    demo.says(r"case file \d{8}-\d{4} is opened: 断路器跳闸")
    demo.says(r"值班员 is told: 【重要】断路器跳闸 \S+ \d+ 号照明配电箱 \(told by log\)")
    (alert,) = [a for a in demo.get("/api/v1/alerts?open=true").json()["items"] if a["rule"] == "breaker-tripped"]
    demo.says(r"POST /api/v1/alerts/\w+/acknowledge")
    on_duty = demo.get("/api/v1/duty/now").json()["roles"]
    assert {role["role"] for role in on_duty} >= {"officer", "leader"}
    assert demo.get(f"/api/v1/incidents?alert={alert['id']}").json()["items"][0]["origin"] == "alert"
    rows = demo.get("/api/v1/targets?verdict=missed").json()["items"]
    missed = [row for row in rows if row["target"]["indicator"] == "light_on_rate"]  # a small city has few underpasses
    assert [row["target"]["scope"] for row in missed] == ["road_class:arterial"]
    measure = missed[0]["measure"]
    assert measure["numerator"] + measure["unknown"] < 0.98 * measure["denominator"]
    assert demo.get("/api/v1/ingest").json()["simulated"] is True
    assert demo.stop() == 0
    assert "leaked" not in demo.said(), "a list of what a library misses is no farewell"


def test_a_second_start_takes_other_ports_and_another_folder(tmp_path: Path, demos: list[Demo]) -> None:
    ports = free_port(), free_port()
    demos.append(first := Demo(tmp_path, *ports, "--devices", "80"))
    wait_until(first.answers, "the first demo is ready")
    demos.append(second := Demo(tmp_path, *ports, "--devices", "80"))
    wait_until(second.answers, "the second demo is ready")
    assert first.url != second.url
    assert str(tmp_path / "demo-2") in second.said()
    assert first.answers()


def test_kept_data_go_on_where_the_last_demo_ended(tmp_path: Path, demos: list[Demo]) -> None:
    size = ("--devices", "80", "--speed", "60")
    demos.append(first := Demo(tmp_path, free_port(), free_port(), *size))
    wait_until(lambda: first.answers() and stored(first) > 0, "something is stored")
    ended = first.get("/api/v1/ingest").json()["now"]
    assert first.stop() == 0
    demos.append(second := Demo(tmp_path, free_port(), free_port(), *size, "--keep"))
    wait_until(lambda: second.answers() and stored(second) > 0, "it goes on")
    assert second.get("/api/v1/ingest").json()["now"] > ended


def stored(demo: Demo) -> int:
    return int(demo.get("/api/v1/ingest").json()["accounting"]["readings"]["stored"])


def test_live_time_is_the_wall_clock(tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(demo := Demo(tmp_path, free_port(), free_port(), "--devices", "80", "--live"))
    wait_until(demo.answers, "the demo is ready")
    assert demo.get("/api/v1/ingest").json()["simulated"] is False
    assert "SIMULATED" not in demo.said()
