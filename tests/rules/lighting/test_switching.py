"""On and off from power alone: outages are no switching, and what is missing is said."""

from hypothesis import given
from hypothesis import strategies as st

from rules.assess.lighting import assess_lighting, days
from rules.lighting.switching import LIT_POWER, Burning, Sample, burning


def test_on_is_the_first_and_off_the_last_sample_above_the_floor() -> None:
    samples: list[Sample] = [(1, 0.0), (2, 100.0), (3, 100.1), (4, 500.0), (5, 120.0), (6, 99.0), (7, 0.0)]
    assert burning(samples) == Burning(3, 5, 2, 6, (), 0)


def test_outages_and_missing_samples_between_on_and_off_are_told_apart() -> None:
    samples: list[Sample] = [
        *((1, None), (2, 0.0), (3, 500.0), (4, 0.0), (5, 5.0), (6, 9.0), (7, 500.0)),
        *((8, None), (9, 500.0), (10, 0.0), (11, 500.0), (12, None), (13, 0.0), (14, 0.0)),
    ]
    assert burning(samples) == Burning(3, 11, 2, 13, ((4, 6), (10, 10)), 1)


def test_a_circuit_that_never_burns_has_no_night() -> None:
    assert burning([]) is None
    assert burning([(1, None), (2, LIT_POWER), (3, 0.0)]) is None


def test_a_recording_that_begins_and_ends_lit_knows_no_darkness_around_it() -> None:
    assert burning([(5, None), (7, 500.0), (9, None)]) == Burning(7, 7, None, None, (), 0)


def test_another_floor_may_be_asked_for() -> None:
    assert burning([(1, 30.0), (2, 50.0), (3, 40.0)], floor=40.0) == Burning(2, 2, 1, 3, (), 0)


@given(st.lists(st.one_of(st.none(), st.sampled_from([0.0, 50.0, 100.0, 101.0, 6000.0])), max_size=40))
def test_a_straightforward_search_finds_the_same(powers: list[float | None]) -> None:
    samples = list(enumerate(powers))
    lit = [n for n, p in samples if p is not None and p > LIT_POWER]
    found = burning(samples)
    if not lit:
        assert found is None
        return
    on, off = lit[0], lit[-1]
    dark = [n for n, p in samples if p is not None and p <= LIT_POWER]
    assert found is not None
    assert (found.on, found.off) == (on, off)
    assert found.dark_before == max((n for n in dark if n < on), default=None)
    assert found.dark_after == min((n for n in dark if n > off), default=None)
    assert found.missing == sum(p is None for p in powers[on:off])
    assert {n for first, last in found.outages for n in dark if first <= n <= last} == {n for n in dark if on < n < off}


def test_a_day_without_light_says_so_and_days_are_judged_apart() -> None:
    rows = [{"minute": str(n), "power_w": w} for n, w in ((0, "0"), (1, "500"), (2, "0"), (1440, "0"), (1441, ""))]
    found = days(rows)
    assert found == {0: Burning(1, 1, 0, 2, (), 0), 1: None}
    assert [assess_lighting(row, found)["note"] for row in rows] == ["", "", "", *["never above 100 W on this day"] * 2]
    assert [assess_lighting(row, found)["computed_day"] for row in rows] == ["1", "1", "1", "2", "2"]
    assert [assess_lighting(row, found)["computed_state"] for row in rows] == ["dark", "lit", "dark", "dark", "unknown"]


def test_what_is_missing_around_the_switching_leaves_it_open() -> None:
    rows = [{"minute": str(n), "power_w": w} for n, w in ((1, "500"), (2, "5"), (3, "500"))]
    notes = [assess_lighting(row, days(rows))["note"] for row in rows]
    on, off = "on at 1 at the latest: nothing is known before", "off after 3 at the earliest: nothing is known after"
    assert notes == [f"{on}; {off}", f"an outage, not switched off; {on}; {off}", f"{on}; {off}"]
