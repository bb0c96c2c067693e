"""The duty of the simulated city: posts, and no real people. Three officers take turns, by day and by night."""

from datetime import date, time
from typing import Final

from domain.duty import DutyRole, Person, Roster, Rotation, Shift
from simulators.jinan.air import ENVIRONMENT_BUREAU
from simulators.jinan.lighting import LIGHTING_CENTRE

_FIRST_DAY: Final = date(2026, 1, 1)
_CENTRE: Final = "城市运行管理服务中心"


def _post(ident: str, name: str, unit: str = _CENTRE, *, contact: bool = False) -> Person:
    return Person(ident, name, unit, unit_contact=contact)


def _turns(shift: str, role: DutyRole, *people: str) -> Rotation:
    return Rotation(f"{shift}-{role.value}", shift, role, tuple((one,) for one in people), _FIRST_DAY)


ROSTER: Final = Roster(
    people=(
        _post("officer-a", "甲班值班员"),
        _post("officer-b", "乙班值班员"),
        _post("officer-c", "丙班值班员"),
        _post("head-day", "白班值班长"),
        _post("head-night", "夜班值班长"),
        _post("leader-1", "带班领导一"),
        _post("leader-2", "带班领导二"),
        _post("lighting", "照明中心值守", LIGHTING_CENTRE, contact=True),
        _post("environment", "生态环境局值守", ENVIRONMENT_BUREAU, contact=True),
    ),
    shifts=(Shift("day", "白班", time(8, 30), time(20, 30)), Shift("night", "夜班", time(20, 30), time(8, 30))),
    rotations=(
        _turns("day", DutyRole.OFFICER, "officer-a", "officer-b", "officer-c"),
        _turns("night", DutyRole.OFFICER, "officer-b", "officer-c", "officer-a"),
        _turns("day", DutyRole.SHIFT_HEAD, "head-day"),
        _turns("night", DutyRole.SHIFT_HEAD, "head-night"),
        _turns("day", DutyRole.LEADER, "leader-1", "leader-2"),
        _turns("night", DutyRole.LEADER, "leader-1", "leader-2"),
    ),
)
