"""The history, on both databases: written down once, revised with the old kept, marks never lost."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from domain.history import HistoryQuery, Mark, Published, Revised
from domain.measure import Span
from domain.period import PeriodKind
from domain.record import EventType, NewEvent
from store.operational import OperationalStore
from store.operational.engine import Database, connect
from store.operational.history import SqlMeasureStore
from tests.support.history import H0, hour, of_hour

HOUR = PeriodKind.HOUR


def asked(
    start: datetime = H0, end: datetime | None = None, limit: int = 100, ends: Sequence[datetime] | None = None
) -> HistoryQuery:
    return HistoryQuery("light_on_rate", "city", HOUR, start, end or hour(1000), limit, ends)


def silent(_revised: Sequence[Revised]) -> Sequence[NewEvent]:
    return ()


def bare(found: Sequence[Published]) -> list[Published]:
    return [replace(p, recorded_at=None, revision=0) for p in found]


def test_what_is_written_down_comes_back_whole(store: OperationalStore) -> None:
    span, covers = Span(hour(0), hour(0.5)), Span(hour(-24), H0)
    first = of_hour(0, span=span, covers=covers, official=False, verdict_allowed=False, reason="夜", register_version=7)
    second = of_hour(1, value=None, coverage=None, denominator=0)
    assert store.measures.publish([first, second], hour(9)) == 2
    found = store.measures.history(asked())
    assert bare(found) == [first, second]
    assert [(p.recorded_at, p.revision, p.why) for p in found] == [(hour(9), 0, "")] * 2


def test_the_first_that_is_written_down_stays_however_often_it_is_repeated(store: OperationalStore) -> None:
    assert store.measures.publish([of_hour(0), of_hour(0, scope="district:1")], hour(9)) == 2
    assert store.measures.publish([of_hour(0, lit=1), of_hour(1)], hour(10)) == 1
    assert [p.measure.numerator for p in store.measures.history(asked())] == [3, 3]


def test_a_revision_is_kept_beside_what_it_replaces_and_told_in_the_same_commit(store: OperationalStore) -> None:
    store.measures.publish([of_hour(0), of_hour(1)], hour(9))

    def tell(revised: Sequence[Revised]) -> Sequence[NewEvent]:
        return [NewEvent(EventType.MEASURE_REVISED, hour(10), {"scopes": len(revised)})]

    same = of_hour(1, why="late reading", register_version=9)
    revised = store.measures.revise([of_hour(0, lit=4, why="late reading"), same], hour(10), tell)
    assert [(r.old.measure.numerator if r.old else None, r.new.measure.numerator) for r in revised] == [(3, 4)]
    assert store.measures.revise([of_hour(0, lit=4, why="again")], hour(11), tell) == []
    newest = store.measures.history(asked())
    assert [(p.measure.numerator, p.revision, p.why) for p in newest] == [(4, 1, "late reading"), (3, 0, "")]
    every = store.measures.revisions(asked())
    assert [(p.measure.numerator, p.revision, p.recorded_at) for p in every] == [(3, 0, hour(9)), (4, 1, hour(10))]
    assert [e.event.data for e in store.events.after(0, 10)] == [{"scopes": 1}]


def test_a_revision_of_what_was_never_published_is_the_first_one(store: OperationalStore) -> None:
    (only,) = store.measures.revise([of_hour(0, why="register changed")], hour(9), silent)
    assert only.old is None
    assert [(p.revision, p.why) for p in store.measures.history(asked())] == [(0, "register changed")]


def test_periods_are_asked_for_in_order_by_start_or_by_their_ends(store: OperationalStore) -> None:
    store.measures.publish([of_hour(n) for n in reversed(range(700))], hour(800))
    assert [p.start for p in store.measures.history(asked(hour(5), hour(8)))] == [hour(5), hour(6), hour(7)]
    assert len(store.measures.history(asked(limit=10))) == 10
    ends = [hour(n) for n in range(1, 1000, 2)]
    found = store.measures.history(asked(ends=ends, limit=320))
    assert [p.end for p in found] == ends[:320]
    light = "light_on_rate"
    assert store.measures.instants(light, HOUR, hour(2), hour(4)) == [hour(2), hour(3), hour(4)]
    assert [p.start for p in store.measures.of_periods(light, HOUR, hour(2), hour(3))] == [hour(2), hour(3)]


def test_revisions_of_one_period_are_never_cut_apart(store: OperationalStore) -> None:
    for lit in range(3):
        store.measures.revise([of_hour(0, lit=lit), of_hour(1, lit=lit)], hour(9 + lit), silent)
    assert [(p.start, p.revision) for p in store.measures.revisions(asked(limit=2))] == [(H0, n) for n in range(3)]
    assert [p.start for p in store.measures.revisions(asked(limit=4))] == [H0] * 3 + [hour(1)] * 3


def test_several_processes_write_the_same_period_once(store: OperationalStore, url: str) -> None:
    other = OperationalStore(url)
    with ThreadPoolExecutor(4) as pool:
        stores = (store, other, store, other)
        jobs = [pool.submit(s.measures.publish, [of_hour(n) for n in range(20)], hour(9)) for s in stores]
        assert sum(job.result(60) for job in jobs) == 20
    other.close()


def test_old_periods_go_when_asked_and_the_number_of_records_is_bounded(store: OperationalStore) -> None:
    store.measures.publish([of_hour(n) for n in range(10)], hour(20))
    assert store.measures.prune(hour(3), rows=1000) == 2
    assert store.measures.history(asked(limit=1))[0].start == hour(2)
    assert store.measures.prune(None, rows=4) > 0
    assert len(store.measures.history(asked())) <= 5


def mark(number: int, kind: str = "streetlight", why: str = "late reading of L1") -> Mark:
    return Mark(kind, hour(number), hour(number) + timedelta(minutes=9), hour(number + 2), why)


def test_marks_wait_in_order_until_they_are_taken_away(store: OperationalStore, url: str) -> None:
    store.measures.mark([])
    store.measures.mark([mark(0), mark(1)])
    store.measures.mark([mark(2, "air_station")])
    other = OperationalStore(url)
    assert other.measures.waiting() == 3
    first, second = list(other.measures.marks(2))
    assert list(other.measures.marks(2).values()) == [mark(0), mark(1)]
    other.measures.unmark([first, second])
    assert list(store.measures.marks(10).values()) == [mark(2, "air_station")]
    other.close()


def test_beyond_the_bound_marks_of_a_kind_become_one_that_covers_them_all(url: str) -> None:
    OperationalStore(url).close()
    engine = connect(url)
    measures = SqlMeasureStore(Database(engine), max_marks=3)
    measures.mark([mark(5), mark(1, why="corrected reading"), mark(3), mark(2, "air_station")])
    assert sorted(measures.marks(10).values(), key=lambda m: m.kind) == [
        mark(2, "air_station"),
        Mark("streetlight", hour(1), mark(5).last, hour(7), "several late or changed inputs"),
    ]
    engine.dispose()
