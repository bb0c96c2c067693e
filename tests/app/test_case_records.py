"""The incident desk tells its case files through the journal: once each, again after a crash, never without a desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.beginning import Beginning
from app.case_records import CaseRecords
from app.incidents import IncidentDesk, load_plan
from domain import incident_actions as act
from domain.citytime import JINAN
from domain.device import Device
from domain.incident import Incident, IncidentState, Origin
from domain.ports import DeviceChange
from domain.reading import Reading
from domain.register import Register
from domain.severity import Severity
from rules.cases.ledger import record_of
from tests.support.api_services import SmallCity, small_city
from tests.support.api_view import BUILT

DESK = Device(*("desk", "case_record", "案卷台", "370100", "370100", "市城管局"), attributes={"desk": True})
OTHER = Device(*("a-flood", "case_record", "防汛", "370100", "370100", "市水务局"))
HOUR = timedelta(hours=1)
WISH = Incident("", "积水", "lamps", Origin.HOTLINE, Severity.MAJOR, IncidentState.NEW, BUILT, "ann", ticket="t1")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallCity]:
    with small_city(tmp_path, lamps=1) as found:
        yield found


def records(house: SmallCity) -> CaseRecords:
    return CaseRecords(house.operational.incidents, house.door, house.view.register, house.clock)


def registered(house: SmallCity, *devices: Device) -> None:
    changes = [DeviceChange(device, BUILT) for device in devices]
    house.view.known = house.operational.register.record(changes, "tests", BUILT)


def desk(house: SmallCity) -> IncidentDesk:
    return IncidentDesk(house.operational.incidents, load_plan(), house.clock, JINAN.tz, house.view.register)


def told(house: SmallCity) -> list[Reading]:
    return list(house.shelf.window("case_record", BUILT, datetime.max.replace(tzinfo=UTC)))


def handle(house: SmallCity, case: Incident, *actions: act.Action) -> Incident:
    """Do one thing after the other, an hour apart."""
    for action in actions:
        house.clock.instant += HOUR
        case = desk(house).act(case.id, action, "ann", lambda _: None)
    return case


def test_a_case_is_told_with_its_times_and_without_words(house: SmallCity) -> None:
    registered(house, DESK, OTHER)
    case = desk(house).open(WISH)
    units = ("市城管局", "市水务局")
    case = handle(house, case, *(act.Dispatch(unit, "查") for unit in units), act.SendBack(units[1], "不归我"))
    case = handle(house, case, act.Dispatch(units[1]), act.Accept(units[0]), act.Begin(units[1]))
    assert records(house).tell() == 1
    (open_case,) = told(house)
    assert (open_case.device, open_case.at) == ("desk", house.clock.instant)
    values = open_case.values
    assert (values["case"], values["ticket"], values["mistaken"]) == (case.id, True, False)
    assert (values["units"], values["parts"], values["returned"], values["late"]) == (2, 2, 1, 0)
    assert (values["accepted"], values["handover"]) == (2, (4 + 2) * 3600)
    assert values["due_at"] == min(int(task.due.timestamp()) for task in case.tasks if task.live)
    assert "closed_at" not in values
    done = handle(house, case, *(act.Feedback(unit, "好") for unit in units), act.Check(), act.Close("核查"))
    assert records(house).tell() == 1
    assert told(house)[-1].values["closed_at"] == int(house.clock.instant.timestamp())
    assert "due_at" not in told(house)[-1].values
    found = record_of(told(house)[-1])
    assert found is not None
    assert (found.case, found.over) == (done.id, True)


def test_a_part_that_is_done_after_its_limit_is_late(house: SmallCity) -> None:
    registered(house, DESK)
    case = handle(house, desk(house).open(WISH), act.Dispatch("市城管局"))
    house.clock.instant = case.tasks[0].due - HOUR
    handle(house, case, act.Feedback("市城管局", "好"))
    records(house).tell()
    assert told(house)[-1].values["late"] == 1


def test_what_did_not_change_is_not_told_again_and_a_crash_tells_the_same_once_more(house: SmallCity) -> None:
    registered(house, DESK)
    case = desk(house).open(WISH)
    assert (records(house).tell(), records(house).tell()) == (1, 0)
    handle(house, case, act.Dispatch("市城管局"))
    house.door.room = len(house.door.deliveries)
    stuck = records(house)
    assert stuck.tell() == 0
    assert stuck.failure == "cap of 1 byte reached"
    house.door.room += 10
    again = stuck.tell()
    assert (again, records(house).failure) == (1, None)
    assert len(told(house)) == 2


def test_a_change_between_telling_and_noting_is_told_again(house: SmallCity) -> None:
    case = desk(house).open(WISH)
    handle(house, case, act.Dispatch("市城管局"))
    house.operational.incidents.tell(case.id, 1)
    assert [c.version for c in house.operational.incidents.untold(10)] == [2]


def test_until_the_register_is_known_the_desk_waits_and_says_nothing(
    house: SmallCity, caplog: pytest.LogCaptureFixture
) -> None:
    beginning = Beginning()

    def register() -> Register:
        beginning.check()
        return house.view.register()

    desk(house).open(WISH)
    registered(house, DESK)
    waiting = CaseRecords(house.operational.incidents, house.door, register, house.clock)
    assert (waiting.tell(), waiting.failure, caplog.records) == (0, None, [])
    with beginning.attempt():
        pass
    assert waiting.tell() == 1


def test_without_a_desk_everything_waits(house: SmallCity) -> None:
    registered(house, OTHER)
    for n in range(3):
        desk(house).open(replace(WISH, ticket=f"t{n}"))
    assert records(house).tell() == 0
    registered(house, DESK)
    assert records(house).tell() == 3
    assert len({reading.at for reading in told(house)}) == 3
    assert not any(house.operational.quarantine.counts().values())
