from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import count, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.device import AssetState, Device, DeviceVersion
from domain.errors import Conflict
from domain.ports import DeviceChange
from store.operational import OperationalStore
from tests.store.operational.builders import T0, hours, lamp


def test_an_empty_register_has_version_zero(store: OperationalStore) -> None:
    register = store.register.load()
    assert (len(register), register.version, store.register.version()) == (0, 0, 0)


def test_a_recorded_device_is_read_back_exactly_by_another_connection(store: OperationalStore, url: str) -> None:
    start = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    store.register.record([DeviceChange(lamp(), start, hours(9000))], "王", hours(1))
    other = OperationalStore(url)
    (version,) = other.register.load().timeline("SL-1")
    other.close()
    assert version.device == lamp()
    assert isinstance(version.device.attributes["rated_power"], float)
    assert version.valid_from == start
    assert version.valid_from.tzinfo is UTC
    assert (version.valid_to, version.recorded_at, version.recorded_to) == (hours(9000), hours(1), None)
    assert version.author == "王"


def test_a_device_without_position_stays_without(store: OperationalStore) -> None:
    bare = Device("A-1", "air_station", "科干所", "370103", "370103", "市生态环境局", synthetic=True)
    assert store.register.record([DeviceChange(bare, T0)], "a", T0).at("A-1", T0) == bare
    assert store.register.history("A-1")[0].device == bare


def test_an_overlap_is_cut_and_the_old_belief_is_kept(store: OperationalStore) -> None:
    store.register.record([DeviceChange(lamp(), T0)], "a", hours(1))
    broken = lamp(state=AssetState.MAINTENANCE)
    register = store.register.record([DeviceChange(broken, hours(10), hours(20))], "b", hours(2))
    assert [(v.valid_from, v.valid_to, v.device.state.value) for v in register.timeline("SL-1")] == [
        (T0, hours(10), "in_service"),
        (hours(10), hours(20), "maintenance"),
        (hours(20), None, "in_service"),
    ]
    first, *rest = store.register.history("SL-1")
    assert (first.recorded_at, first.recorded_to, first.author) == (hours(1), hours(2), "a")
    assert [v.author for v in rest] == ["b", "b", "b"]


def test_as_of_questions_are_answered_with_what_was_believed_then(store: OperationalStore) -> None:
    store.register.record([DeviceChange(lamp(), T0)], "a", hours(1))
    store.register.record([DeviceChange(lamp(name="改名"), T0)], "b", hours(2))
    before, then, later = (store.register.load(known_at=hours(h)) for h in (0.5, 1, 2))
    assert (len(before), before.version) == (0, 0)
    assert (then.at("SL-1", T0), then.version) == (lamp(), 1)
    assert (later.at("SL-1", T0), later.version) == (lamp(name="改名"), 2)


def test_saying_again_what_is_believed_begins_no_version(store: OperationalStore) -> None:
    store.register.record([DeviceChange(lamp(), T0)], "a", hours(1))
    again = store.register.record([DeviceChange(lamp(), hours(5))], "a", hours(2))
    assert again.version == 1
    assert len(store.register.history("SL-1")) == 1
    assert len(store.audit.list()) == 1


def test_a_device_cannot_change_its_kind_and_nothing_of_the_call_is_kept(store: OperationalStore) -> None:
    store.register.record([DeviceChange(lamp(), T0)], "a", T0)
    changes = [DeviceChange(lamp("SL-2"), T0), DeviceChange(lamp(kind="lighting_cabinet"), hours(1))]
    with pytest.raises(Conflict, match="SL-1 is a streetlight and cannot become a lighting_cabinet"):
        store.register.record(changes, "a", hours(1))
    assert (store.register.version(), len(store.register.load())) == (1, 1)


def test_a_change_that_ends_before_it_begins_is_a_conflict(store: OperationalStore) -> None:
    with pytest.raises(Conflict, match="SL-1: the change ends"):
        store.register.record([DeviceChange(lamp(), hours(2), hours(2))], "a", T0)


def test_recorded_time_never_runs_backwards(store: OperationalStore) -> None:
    store.register.record([DeviceChange(lamp(), T0)], "a", hours(5))
    store.register.record([DeviceChange(lamp(name="改名"), T0)], "a", hours(3))
    assert store.register.load(known_at=hours(4)).version == 0
    assert store.register.load(known_at=hours(5)).at("SL-1", T0) == lamp(name="改名")


def test_an_instant_without_zone_is_refused(store: OperationalStore) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        store.register.load(known_at=datetime(2026, 1, 1))  # noqa: DTZ001
    assert store.register.version() == 0


def test_a_register_recorded_by_another_process_is_seen(store: OperationalStore, url: str) -> None:
    store.register.load()
    other = OperationalStore(url)
    other.register.record([DeviceChange(lamp(), T0)], "a", T0)
    assert store.register.load().at("SL-1", T0) == lamp()
    assert store.register.record([DeviceChange(lamp("SL-2"), T0)], "a", T0).version == 2
    assert len(other.register.load()) == 2
    other.close()


def test_twenty_thousand_devices_are_recorded_and_loaded(store: OperationalStore, url: str) -> None:
    changes = [DeviceChange(lamp(f"SL-{n}"), T0) for n in range(20_000)]
    assert len(store.register.record(changes, "a", T0)) == 20_000
    renamed = [DeviceChange(lamp(f"SL-{n}", name="x"), hours(1)) for n in range(2_000)]
    store.register.record(renamed, "a", hours(1))
    other = OperationalStore(url)
    register = other.register.load()
    other.close()
    assert len(register) == 20_000
    assert sum(len(timeline) == 2 for timeline in register.timelines()) == 2_000
    assert store.audit.list()[0].detail["devices"] == 20_000


def test_two_threads_record_at_once_and_nothing_is_lost(store: OperationalStore, url: str) -> None:
    other = OperationalStore(url)

    def record(which: OperationalStore, prefix: str) -> Sequence[int]:
        return [
            which.register.record([DeviceChange(lamp(f"{prefix}{n}"), T0)], prefix, hours(n)).version for n in range(25)
        ]

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(record, *job) for job in ((store, "a"), (store, "b"), (other, "c"), (other, "d"))]
        versions = sorted(version for job in jobs for version in job.result())
    assert versions == list(range(1, 101))
    assert len(store.register.load()) == len(other.register.load()) == 100
    assert [entry.id for entry in store.audit.list()] == list(range(1, 101))
    other.close()


# -- against a model ------------------------------------------------------------------------------------------------


@dataclass
class Believer:
    """The naive register: it remembers every wish in order and answers by going through them all."""

    wishes: list[tuple[datetime, DeviceChange]] = field(default_factory=list)

    def record(self, changes: Sequence[DeviceChange], now: datetime) -> None:
        self.wishes += [(now, change) for change in changes]

    def at(self, ident: str, valid: datetime, known: datetime) -> Device | None:
        answer = None
        for at, change in self.wishes:
            ends = change.valid_to
            if at <= known and change.device.id == ident and change.valid_from <= valid and (not ends or valid < ends):
                answer = change.device
        return answer


_IDS = ("SL-1", "SL-2")
_examples = count()


def _change(ident: str, name: str, start: int, length: int | None) -> tuple[Device, int, int | None]:
    return lamp(ident, name=name), start, None if length is None else start + length


_changes = st.builds(
    _change, st.sampled_from(_IDS), st.sampled_from("ABC"), st.integers(0, 7), st.none() | st.integers(1, 5)
)
_calls = st.lists(st.tuples(st.lists(_changes, max_size=3), st.integers(0, 2)), max_size=5)
"""What is recorded, and how many hours after the call before."""


@given(calls=_calls)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_register_answers_like_a_naive_one(
    store: OperationalStore, calls: list[tuple[list[tuple[Device, int, int | None]], int]]
) -> None:
    start = T0 + timedelta(days=next(_examples))  # later than anything that an example before has recorded
    model = Believer()

    def instant(hour: int) -> datetime:
        return start + timedelta(hours=hour)

    store.register.record([DeviceChange(lamp(i, state=AssetState.SCRAPPED), T0) for i in _IDS], "a", instant(0))
    model.record([DeviceChange(lamp(i, state=AssetState.SCRAPPED), T0) for i in _IDS], instant(0))
    hour = 0
    for wishes, later in calls:
        hour += later
        changes = [DeviceChange(d, instant(f), None if t is None else instant(t)) for d, f, t in wishes]
        model.record(changes, instant(hour))
        register = store.register.record(changes, "a", instant(hour))
        for ident in _IDS:
            for valid in range(14):
                assert register.at(ident, instant(valid)) == model.at(ident, instant(valid), instant(hour))
    histories = {ident: store.register.history(ident) for ident in _IDS}
    for known, ident, valid in product(range(hour + 1), _IDS, range(14)):
        expected = model.at(ident, instant(valid), instant(known))
        covering = [v.device for v in histories[ident] if v.covers(instant(valid)) and _known(v, instant(known))]
        assert covering == [expected]
    for known in range(hour + 1):
        register = store.register.load(instant(known))
        for ident, valid in product(_IDS, range(14)):
            assert register.at(ident, instant(valid)) == model.at(ident, instant(valid), instant(known))


def _known(version: DeviceVersion, at: datetime) -> bool:
    return version.recorded_at <= at and (version.recorded_to is None or at < version.recorded_to)
