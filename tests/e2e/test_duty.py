"""The running service warns of a gap, tells it by a channel, and shows what could not be told."""

from pathlib import Path

from tests.support.processes import wait_until
from tests.support.service import Service
from tests.support.vendors import Asked, Said, served

DUTY = """
[severity]
[chains.one]
[[chains.one.step]]
to = "role:officer"
channels = ["hook"]
[fallback]
to = "group"
channels = ["hook", "robot"]
[roster]
needed = ["officer"]
"""
CHANNELS = """
[channels.hook]
kind = "webhook"
url = "{url}"
allowed_hosts = ["127.0.0.1"]
private = true
secret_env = "HOOK_SECRET"
[channels.robot]
kind = "dingtalk"
url = "{url}/robot"
allowed_hosts = ["127.0.0.1"]
private = true
secret_env = "HOOK_SECRET"
"""
PEOPLE = "id,name,phone\nann,安,13800000000\n"
SHIFTS = "id,title,start,end\nday,白班,08:30,20:30\n"
ROTATIONS = "id,shift,role,teams,first_day\nd,day,officer,ann,2026-01-01\n"


def test_a_gap_of_the_roster_is_told_and_a_refusal_is_seen(tmp_path: Path) -> None:
    with served(_answer) as vendor:
        told: list[Asked] = vendor.asked
        files: dict[str, str] = {"duty.toml": DUTY, "channels.toml": CHANNELS.format(url=vendor.url)}
        files |= {"p.csv": PEOPLE, "s.csv": SHIFTS, "r.csv": ROTATIONS}
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        environment = {
            "QUANYAN_DATA_DIR": str(tmp_path / "data"),
            "QUANYAN_DUTY_FILE": str(tmp_path / "duty.toml"),
            "QUANYAN_CHANNELS_FILE": str(tmp_path / "channels.toml"),
            "HOOK_SECRET": "SEC-of-the-hook",
        }
        service = Service(tmp_path, environment)
        service.cli("duty", "import", *(str(tmp_path / f"{n}.csv") for n in "psr"))
        service.start(ready=False)
        try:
            # by day one gap is near and told alone; by night another has begun, and both are told in one message
            wait_until(lambda: any("未送达" in a.json.get("title", "") for a in told), "the fallback hears why")
            gaps = [a.json for a in told if a.path == "/" and "值班缺岗" in a.json["title"]]
            assert any("值班员缺岗" in said["title"] + said["text"] for said in gaps), gaps
            _check(service)
        finally:
            service.close()
        assert "SEC-of-the-hook" not in (tmp_path / "service.log").read_text(encoding="utf-8")


def _answer(asked: Asked) -> Said:
    """The webhook takes everything; the robot does not like the signature, and says so with HTTP 200."""
    return Said(body={"errcode": 310000, "errmsg": "sign not match"} if asked.path == "/robot" else {})


def _check(service: Service) -> None:
    wait_until(lambda: bool(service.get("notices", state="dead")["items"]), "the dead letter is recorded")
    dead = service.get("notices", state="dead")["items"]
    assert {(d["kind"], d["channel"], d["last"]["code"]) for d in dead} == {("roster_gap", "robot", "310000")}
    channels = service.get("notices/channels")["items"]
    assert [(c["name"], c["alive"]) for c in channels] == [("hook", True), ("robot", True)]
    assert service.get("duty/gaps")["items"][0]["title"] == "值班员"
    assert f'quanyan_notices{{channel="robot",state="dead"}} {len(dead)}.0' in service.metrics()
