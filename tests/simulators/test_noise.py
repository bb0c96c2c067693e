from hypothesis import given
from hypothesis import strategies as st

from simulators.noise import chance, key_of, smooth, spread, unit, wave

KEYS = st.integers(0, 2**64 - 1)


def test_a_key_is_the_same_on_every_machine() -> None:
    assert key_of(1, "lamp", 2) == 10671662920855263361


@given(KEYS, st.integers(-(2**40), 2**40))
def test_draws_stay_inside_their_bounds(key: int, n: int) -> None:
    assert 0 <= unit(key, n) < 1
    assert 5 <= spread(key, n, 5, 7) < 7
    assert chance(key, n, 1.0)
    assert not chance(key, n, 0.0)


def test_draws_are_evenly_spread() -> None:
    draws = [unit(key_of("even"), n) for n in range(10_000)]

    for tenth in range(10):
        assert 900 < sum(tenth / 10 <= d < (tenth + 1) / 10 for d in draws) < 1_100


@given(KEYS, st.floats(-1e6, 1e6))
def test_smooth_noise_is_bounded_and_has_no_jumps(key: int, x: float) -> None:
    assert -1 <= smooth(key, x) <= 1
    assert abs(smooth(key, x + 1e-4) - smooth(key, x)) < 0.001


def test_a_daily_wave_is_highest_at_its_peak_and_lowest_half_a_day_later() -> None:
    assert wave(15, 15) == 1
    assert round(wave(3, 15), 9) == -1
