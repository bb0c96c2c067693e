"""What every telemetry store must do with summaries, and with what is too old: one suite, run on each of them."""

from datetime import UTC, date, datetime, timedelta

from domain.kind import Value
from domain.ports import Page, TelemetryStore
from domain.retention import Resolution, Stats, Summary, SummaryRows
from tests.store.telemetry.builders import STORED, probe, reading
from tests.store.telemetry.suite import EVER, Opener, all_of, now_and_reopened, outcomes

HOUR, DAY = Resolution.HOUR, Resolution.DAY
H0 = datetime(2026, 3, 1, 4, tzinfo=UTC)
STEP = timedelta(hours=1)
TODAY = H0.date()
ODD = 'odd name, "quoted"=1'


def rows(*devices: str, **columns: Value | None) -> SummaryRows:
    """Return the same summary of these devices, of 3 readings; `level__mean` stands for the column level.mean."""
    told: dict[str, list[Value | None]] = {"readings": [3] * len(devices)}
    told |= {name.replace("__", "."): [value] * len(devices) for name, value in columns.items()}
    return SummaryRows(devices, told)


class SummaryStoreSuite:
    """To be inherited beside `TelemetryStoreSuite`, which opens the store."""

    def test_a_summary_comes_back_as_it_was(self, store: TelemetryStore, open_store: Opener) -> None:
        said: dict[str, Value | None] = {
            "level__count": 3,
            "level__min": -1.5,
            "level__max": 2.0,
            "level__mean": 0.25,
            "level__last": 2.0,
            "count__count": 2,
            "count__min": 1.0,
            "count__max": 5.0,
            "count__mean": 3.0,
            "count__last": 5,
            "on__count": 3,
            "on__mean": 1 / 3,
            "on__last": False,
            "note__count": 1,
            "note__last": '灯 "a", b=c',
            f"{ODD}__count": 0,
        }
        store.summaries.put("probe", HOUR, H0, rows("P-1", "P 2,=", **said))
        metrics = {
            "level": Stats(3, 2.0, -1.5, 2.0, 0.25),
            "count": Stats(2, 5, 1.0, 5.0, 3.0),
            "on": Stats(3, last=False, mean=1 / 3),
            "note": Stats(1, '灯 "a", b=c'),
        }
        for again in now_and_reopened(store, open_store):
            for device in ("P-1", "P 2,="):
                [found] = again.summaries.of_device(device, "probe", HOUR, EVER)
                assert found == Summary(device, "probe", H0, 3, metrics)
                assert type(found.metrics["count"].last) is int
                assert found.metrics["on"].last is False
            assert again.summaries.of_device("P-1", "probe", DAY, EVER) == []
            assert again.summaries.of_device("P-3", "probe", HOUR, EVER) == []

    def test_a_page_of_summaries_begins_with_start_and_is_cut_at_its_limit(self, store: TelemetryStore) -> None:
        for n in range(5):
            store.summaries.put("probe", HOUR, H0 + n * STEP, rows("P-1", readings=n + 1))
        page = Page(H0 + STEP, H0 + 4 * STEP, 10)
        found = store.summaries.of_device("P-1", "probe", HOUR, page)
        assert [(s.start, s.readings) for s in found] == [(H0 + n * STEP, n + 1) for n in (1, 2, 3)]
        first = store.summaries.of_device("P-1", "probe", HOUR, Page(H0, H0 + 9 * STEP, 2))
        assert [s.readings for s in first] == [1, 2]

    def test_what_is_summarised_again_replaces_what_was_said_and_touches_nobody_else(
        self, store: TelemetryStore
    ) -> None:
        level: dict[str, Value | None] = {"level__min": 1.0, "level__max": 1.0, "level__mean": 1.0, "level__last": 1.0}
        store.summaries.put("probe", HOUR, H0, rows("P-1", "P-2", level__count=1, on__count=0, **level))
        store.summaries.put("probe", HOUR, H0 + STEP, rows("P-1", level__count=1, on__count=0, **level))
        anew = rows("P-1", readings=9, level__count=0, on__count=9, on__mean=1.0, on__last=True)
        for _ in range(2):
            store.summaries.put("probe", HOUR, H0, anew)
        of = store.summaries.of_device
        assert [(s.readings, set(s.metrics)) for s in of("P-1", "probe", HOUR, EVER)] == [(9, {"on"}), (3, {"level"})]
        assert [(s.readings, set(s.metrics)) for s in of("P-2", "probe", HOUR, EVER)] == [(3, {"level"})]
        assert store.summaries.held("probe", HOUR, EVER.end) == {TODAY: 3}

    def test_many_devices_are_summarised_in_one_call(self, store: TelemetryStore) -> None:
        devices = [f"P-{n}" for n in range(6000)]
        store.summaries.put("probe", DAY, H0, rows(*devices, level__count=0))
        assert store.summaries.held("probe", DAY, EVER.end) == {TODAY: 6000}

    def test_held_counts_by_day_what_lies_before_an_instant(self, store: TelemetryStore) -> None:
        days = [datetime(2026, 3, n, hour, tzinfo=UTC) for n in (1, 2, 4) for hour in (0, 23)]
        store.append([reading(f"LD-{n}", at) for at in days for n in range(3)])
        store.append([probe(level=1.0)])
        store.append([reading("LD-1", days[0], values={"power": 1.0}, revision=1)])
        held = store.summaries.held("streetlight", Resolution.RAW, days[-1])
        assert held == {date(2026, 3, 1): 7, date(2026, 3, 2): 6, date(2026, 3, 4): 3}
        assert store.summaries.held("streetlight", Resolution.RAW, days[0]) == {}
        assert store.summaries.held("river_section", Resolution.RAW, days[-1]) == {}

    def test_a_day_that_is_removed_is_gone_with_what_was_superseded_and_nothing_else(
        self, store: TelemetryStore, open_store: Opener
    ) -> None:
        midnight = datetime(2026, 3, 1, tzinfo=UTC)
        last = midnight + timedelta(days=1) - timedelta(microseconds=1)
        inside, outside = [midnight, H0, last], [midnight - timedelta(microseconds=1), midnight + timedelta(days=1)]
        store.append([reading(at=at) for at in (*inside, *outside)])
        store.append([reading(at=H0, values={"power": 1.0}, revision=1)])
        store.append([probe(level=1.0)])
        for at in (H0, H0 + timedelta(days=1)):
            store.summaries.put("streetlight", HOUR, at, rows("LD-1"))
            store.summaries.put("streetlight", DAY, at, rows("LD-1"))
        for _ in range(2):
            store.summaries.remove("streetlight", Resolution.RAW, TODAY)
        store.summaries.remove("streetlight", HOUR, TODAY)
        again = open_store()
        assert [r.at for r in all_of(again)] == outside
        assert again.superseded("LD-1", "streetlight", H0) == []
        assert len(all_of(again, "probe")) == 1
        assert again.summaries.held("streetlight", HOUR, EVER.end) == {date(2026, 3, 2): 1}
        assert again.summaries.held("streetlight", DAY, EVER.end) == {TODAY: 1, date(2026, 3, 2): 1}

    def test_a_reading_of_a_day_that_was_removed_is_new_again(self, open_store: Opener) -> None:
        store = open_store()
        store.append([reading(at=H0), reading(at=H0 + 48 * STEP)])
        store.summaries.remove("streetlight", Resolution.RAW, TODAY)
        assert outcomes(open_store(), reading(at=H0)) == STORED
