from domain.ports import DeviceChange
from store.operational import OperationalStore
from store.operational.audit import Action, AuditEntry
from tests.store.operational.builders import T0, hours, lamp


def test_the_audit_tells_who_recorded_which_devices_when(store: OperationalStore) -> None:
    store.register.record([DeviceChange(lamp("B"), T0), DeviceChange(lamp("A"), T0)], "王", hours(1))
    detail = {"version": 1, "devices": 2, "first_ids": ["A", "B"]}
    assert store.audit.list() == (AuditEntry(1, hours(1), "王", Action.DEVICES_RECORDED, detail),)


def test_the_audit_is_read_page_by_page(store: OperationalStore) -> None:
    for number in range(5):
        store.register.record([DeviceChange(lamp(f"SL-{number}"), T0)], "a", hours(number))
    assert [entry.id for entry in store.audit.list(after=1, limit=2)] == [2, 3]
    assert store.audit.list(after=2**70) == ()
