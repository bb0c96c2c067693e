"""What every telemetry store must do: one suite, run on each implementation."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.ports import Page, TelemetryStore
from domain.reading import DeviceEvent, Outcome, Phase, Reading, ReadingKey
from tests.store.telemetry.builders import (
    ALL_KINDS,
    CONFLICT,
    DUPLICATE,
    MINUTE,
    REFUSED,
    REPLACED,
    STORED,
    T0,
    probe,
    reading,
)

Opener = Callable[[], TelemetryStore]
EVER = Page(datetime(1700, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC), 10_000)


def outcomes(store: TelemetryStore, *readings: Reading) -> list[Outcome]:
    return [appended.outcome for appended in store.append(readings)]


def all_of(store: TelemetryStore, kind: str = "streetlight") -> list[Reading]:
    return sorted(store.window(kind, EVER.start, EVER.end), key=lambda r: (r.device, r.at))


def now_and_reopened(store: TelemetryStore, open_store: Opener) -> Iterator[TelemetryStore]:
    """Yield the store as it is, and then opened anew."""
    yield store
    yield open_store()


class TelemetryStoreSuite(ABC):
    """Inherit and say how to open the store; opening again stands for a new process on the same data."""

    @pytest.fixture
    @abstractmethod
    def open_store(self, *args: Any) -> Any:
        """Give a function that opens the store, after closing the one it opened before."""

    @pytest.fixture
    def store(self, open_store: Opener) -> TelemetryStore:
        return open_store()

    # -- what is new, and what is there already

    def test_a_new_reading_is_stored_and_comes_back_exactly(self, store: TelemetryStore) -> None:
        offered = reading(seq=7, faults=("lampFailure",), events=(DeviceEvent("lampFailure", Phase.BEGIN),))
        assert outcomes(store, offered) == STORED
        assert store.readings("LD-1", "streetlight", EVER) == [offered]

    def test_an_empty_call_stores_nothing(self, store: TelemetryStore) -> None:
        assert (outcomes(store), all_of(store)) == ([], [])

    def test_repeats_within_one_call_are_judged_in_order(self, store: TelemetryStore) -> None:
        first, other = reading(), reading(values={"power": 1.0})
        later = reading(at=T0 + MINUTE)
        got = outcomes(store, first, later, first, other, reading(values={"power": 2.0}, revision=1), first, later)
        assert got == STORED + STORED + DUPLICATE + CONFLICT + REPLACED + DUPLICATE + DUPLICATE
        assert [r.values for r in all_of(store)] == [{"power": 2.0}, later.values]

    def test_many_repeats_of_one_reading_in_one_call_are_stored_once(self, store: TelemetryStore) -> None:
        assert outcomes(store, *[reading()] * 3000) == STORED + DUPLICATE * 2999

    def test_the_same_content_again_is_a_duplicate(self, store: TelemetryStore) -> None:
        store.append([reading(seq=1)])
        again = reading(seq=2, received=T0 + 9 * MINUTE, backfill=True)
        assert outcomes(store, again) == DUPLICATE
        assert all_of(store) == [reading(seq=1)]

    def test_a_new_process_knows_what_the_old_one_stored(self, open_store: Opener) -> None:
        offered = [reading(f"LD-{n}", T0 + n * MINUTE) for n in range(5)]
        open_store().append(offered[:3])
        assert outcomes(open_store(), *offered) == DUPLICATE * 3 + STORED * 2
        again = open_store()
        assert outcomes(again, reading("LD-2", T0 + 2 * MINUTE, values={"power": 9.0})) == CONFLICT
        assert all_of(again) == offered

    def test_other_content_is_a_conflict_and_changes_nothing(self, store: TelemetryStore) -> None:
        store.append([reading()])
        [appended] = store.append([reading(values={"power": 99.0})])
        assert appended.outcome is Outcome.CONFLICT
        assert "revision 0" in appended.detail
        assert all_of(store) == [reading()]

    def test_late_readings_find_their_place(self, open_store: Opener) -> None:
        store = open_store()
        store.append([reading(at=T0 + n * MINUTE) for n in (0, 5, 9)])
        late = [reading(at=T0 + n * MINUTE) for n in (-100_000, -3, 3, 5, 7)]
        assert outcomes(store, *late) == STORED * 3 + DUPLICATE + STORED
        store = open_store()
        assert outcomes(store, *late) == DUPLICATE * 5
        assert outcomes(store, reading(at=T0 + 4 * MINUTE)) == STORED
        assert [r.at for r in all_of(store)] == [T0 + n * MINUTE for n in (-100_000, -3, 0, 3, 4, 5, 7, 9)]

    def test_history_is_taken_after_today(self, open_store: Opener) -> None:
        history = [reading(f"LD-{n % 7}", T0 - n * 50 * MINUTE) for n in range(1, 300)]
        store = open_store()
        assert outcomes(store, reading()) == STORED
        assert outcomes(store, *history) == STORED * 299
        assert outcomes(open_store(), reading(), *history) == DUPLICATE * 300

    def test_microseconds_tell_instants_apart(self, store: TelemetryStore) -> None:
        near = [reading(at=T0 + timedelta(microseconds=n), values={"power": float(n)}) for n in range(3)]
        assert outcomes(store, *near) == STORED * 3
        assert outcomes(store, *near) == DUPLICATE * 3
        assert all_of(store) == near

    # -- revisions

    def test_a_revision_replaces_the_whole_reading(self, open_store: Opener) -> None:
        store = open_store()
        old = reading(seq=4, faults=("lampFailure",), events=(DeviceEvent("lampFailure", Phase.END),), backfill=True)
        new = reading(values={"power": 3.0}, revision=2)
        untouched = [reading(at=T0 + MINUTE), reading("LD-2")]
        store.append([old, *untouched])
        assert outcomes(store, new) == REPLACED
        for each in now_and_reopened(store, open_store):
            assert each.readings("LD-1", "streetlight", EVER) == [new, untouched[0]]
            assert each.readings("LD-2", "streetlight", EVER) == [untouched[1]]
            assert each.superseded("LD-1", "streetlight", T0) == [old]
            assert each.superseded("LD-2", "streetlight", T0) == []

    def test_a_revision_with_more_fields_replaces_too(self, store: TelemetryStore) -> None:
        old, new = reading(), reading(values={"power": 1.0, "voltage": 2.0, "on": False, "dim": 50.0}, revision=1)
        assert outcomes(store, old, new) == STORED + REPLACED
        assert all_of(store) == [new]

    def test_every_superseded_version_is_kept(self, open_store: Opener) -> None:
        versions = [reading(values={"power": float(n)}, revision=n * n) for n in range(4)]
        assert outcomes(open_store(), *versions[:2]) == STORED + REPLACED
        store = open_store()
        assert outcomes(store, *versions[2:]) == REPLACED * 2
        assert store.superseded("LD-1", "streetlight", T0) == versions[:3]
        assert all_of(store) == versions[3:]

    @pytest.mark.parametrize("revision", [0, 3])
    def test_other_content_needs_a_higher_revision(self, open_store: Opener, revision: int) -> None:
        store = open_store()
        store.append([reading(revision=3)])
        for each in now_and_reopened(store, open_store):
            assert outcomes(each, reading(values={"power": 0.5}, revision=revision)) == CONFLICT
            assert all_of(each) == [reading(revision=3)]

    def test_a_stale_revision_is_a_duplicate_if_its_content_is_known(self, open_store: Opener) -> None:
        store = open_store()
        store.append([reading(), reading(values={"power": 5.0}, revision=5)])
        for each in now_and_reopened(store, open_store):
            assert outcomes(each, reading()) == DUPLICATE
            assert outcomes(each, reading(values={"power": 5.0}, revision=1)) == DUPLICATE
            assert outcomes(each, reading(values={"power": 4.0}, revision=4)) == CONFLICT

    def test_a_higher_revision_counts_even_with_the_same_content(self, open_store: Opener) -> None:
        store = open_store()
        store.append([reading()])
        assert outcomes(store, reading(revision=2)) == REPLACED
        for each in now_and_reopened(store, open_store):
            assert outcomes(each, reading(values={"power": 1.0}, revision=1)) == CONFLICT
            assert all_of(each) == [reading(revision=2)]

    def test_the_end_does_not_depend_on_the_order_of_revisions(self, store: TelemetryStore) -> None:
        versions = [reading(values={"power": float(n)}, revision=n) for n in range(3)]
        store.append([versions[2], versions[0], versions[1]])
        assert all_of(store) == [versions[2]]

    # -- reading back

    @pytest.mark.parametrize("kind", sorted(ALL_KINDS))
    def test_every_kind_comes_back_exactly(self, open_store: Opener, kind: str) -> None:
        samples = {"float": 0.1, "int": -(2**63), "bool": False, "text": "泉 \"a\" 'b' \\ , = \n ${c}"}
        metrics = ALL_KINDS[kind].metrics
        full = reading("D", kind=kind, values={metric.name: samples[metric.type] for metric in metrics})
        single = reading("D", T0 + MINUTE, kind=kind, values={metrics[0].name: samples[metrics[0].type]})
        offered = [full, single, reading("D", T0 + 2 * MINUTE, kind=kind, values={}, faults=("maintenance",))]
        assert outcomes(open_store(), *offered) == STORED * 3
        store = open_store()
        assert store.readings("D", kind, EVER) == offered
        assert outcomes(store, *offered) == DUPLICATE * 3

    @pytest.mark.parametrize(
        "value", [0.0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 1e22, -1.5e-7, 123456789.123456789, 1.0]
    )
    def test_floats_come_back_bit_by_bit(self, store: TelemetryStore, value: float) -> None:
        store.append([probe(level=value)])
        [got] = all_of(store, "probe")
        assert repr(got.values["level"]) == repr(value)

    @pytest.mark.parametrize("text", ["", " ", '"', "'", "\\", "\\\\", "\n", "\r\n", "a,b=c d", "泉🌊", "${x}", "null"])
    def test_texts_come_back_exactly(self, store: TelemetryStore, text: str) -> None:
        offered = probe(note=text, count=1)
        assert outcomes(store, offered) == STORED
        assert all_of(store, "probe") == [offered]

    @pytest.mark.parametrize(
        "device",
        ["a b", "a,b", "a=b", 'a"b', "a'b", "a\\b", "a\\,b", "泉眼🌊", "a${b}", "#a", " a ", "';DROP", "a" * 200],
    )
    def test_odd_device_names_are_only_names(self, open_store: Opener, device: str) -> None:
        store = open_store()
        old, new = reading(device), reading(device, values={"power": 1.0}, revision=1)
        assert outcomes(store, old, reading("plain"), new) == STORED + STORED + REPLACED
        store = open_store()
        assert outcomes(store, old, new) == DUPLICATE * 2
        assert store.readings(device, "streetlight", EVER) == [new]
        assert store.superseded(device, "streetlight", T0) == [old]
        assert dict(store.find([new.key], "streetlight")) == {new.key: new}
        assert len(all_of(store)) == 2

    def test_a_page_begins_with_start_ends_before_end_and_is_cut_at_its_limit(self, store: TelemetryStore) -> None:
        offered = [reading(at=T0 + n * MINUTE) for n in range(6)]
        store.append(list(reversed(offered)))
        store.append([reading("LD-2", T0 + n * MINUTE) for n in range(6)])
        page = Page(T0 + MINUTE, T0 + 4 * MINUTE, 10)
        assert store.readings("LD-1", "streetlight", page) == offered[1:4]
        assert store.readings("LD-1", "streetlight", Page(page.start, page.end, 2)) == offered[1:3]
        assert store.readings("LD-1", "streetlight", Page(page.end, page.start, 2)) == []
        assert store.readings("nobody", "streetlight", page) == []

    def test_a_page_may_span_all_time(self, store: TelemetryStore) -> None:
        store.append([reading()])
        first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        assert store.readings("LD-1", "streetlight", Page(first, last, 5)) == [reading()]

    def test_a_window_holds_one_kind_and_one_span(self, store: TelemetryStore) -> None:
        offered = [reading(f"LD-{d}", T0 + n * MINUTE) for d in range(3) for n in range(4)]
        store.append([*offered, reading("P", kind="parking_bay", values={"occupied": True})])
        got = sorted(store.window("streetlight", T0 + MINUTE, T0 + 3 * MINUTE), key=lambda r: r.key)
        assert got == [r for r in offered if T0 + MINUTE <= r.at < T0 + 3 * MINUTE]

    def test_find_returns_what_is_there(self, store: TelemetryStore) -> None:
        offered = [reading(f"LD-{n}", T0 + n * MINUTE) for n in range(150)]
        store.append(offered)
        wanted = [r.key for r in offered[::2]] + [ReadingKey("LD-1", T0), ReadingKey("none", T0)]
        assert dict(store.find(wanted, "streetlight")) == {r.key: r for r in offered[::2]}
        assert dict(store.find([], "streetlight")) == {}
        assert dict(store.find(wanted, "parking_bay")) == {}

    def test_five_thousand_readings_in_one_call(self, open_store: Opener) -> None:
        offered = [
            reading(f"LD-{n % 500:03}", T0 + n // 500 * MINUTE, seq=n, values={"power": n / 7}) for n in range(5000)
        ]
        assert outcomes(open_store(), *offered) == STORED * 5000
        store = open_store()
        assert all_of(store) == sorted(offered, key=lambda r: r.key)
        assert outcomes(store, *offered) == DUPLICATE * 5000

    # -- what no store takes

    @pytest.mark.parametrize(
        ("bad", "named"),
        [
            (reading(kind="submarine"), "submarine"),
            (reading(values={"power": 1.0, "depth": 2.0}), "depth"),
            (reading(values={"power": float("nan")}), "power"),
            (reading(values={"power": float("inf")}), "power"),
            (reading(values={"power": True}), "power"),
            (reading(values={"on": 1}), "on"),
            (probe(count=2**63), "count"),
            (probe(count=1.0), "count"),
            (probe(note="\ud800"), "note"),
            (reading("\ud800"), "Unicode"),
            (reading(seq=2**63), "seq"),
            (reading(at=datetime(1500, 1, 1, tzinfo=UTC)), "at"),
            (reading(at=datetime(2300, 1, 1, tzinfo=UTC)), "at"),
        ],
    )
    def test_what_never_fits_is_refused_and_the_others_are_stored(
        self, store: TelemetryStore, bad: Reading, named: str
    ) -> None:
        appended = store.append([reading("A"), bad, reading("B")])
        assert [each.outcome for each in appended] == STORED + REFUSED + STORED
        assert named in appended[1].detail
        assert all_of(store) == [reading("A"), reading("B")]

    def test_minus_zero_is_zero(self, store: TelemetryStore) -> None:
        assert outcomes(store, probe(level=0.0), probe(level=-0.0)) == STORED + DUPLICATE
        assert outcomes(store, reading(values={"power": -0.0})) == STORED
        assert repr(all_of(store)[0].values["power"]) == "0.0"

    def test_a_whole_number_in_a_float_metric_is_the_same_content_as_the_float(self, open_store: Opener) -> None:
        assert outcomes(open_store(), reading(values={"power": 5})) == STORED
        store = open_store()
        assert outcomes(store, reading(values={"power": 5.0})) == DUPLICATE
        assert repr(all_of(store)[0].values) == repr({"power": 5.0})

    def test_an_open_store_is_healthy_and_closing_twice_is_fine(self, store: TelemetryStore) -> None:
        assert store.healthy()
        store.close()
        store.close()
