"""The queue that ends freshness: exact to the microsecond, one entry per device."""

from datetime import timedelta

from rules.expiry import Expiry
from tests.support.rules import BEGINNING, power

WINDOW = timedelta(minutes=40)
TICK = timedelta.resolution


def test_a_reading_as_old_as_the_window_is_fresh_and_older_is_not() -> None:
    reading = power("l1", BEGINNING)
    expiry = Expiry(WINDOW)
    expiry.watch(reading)
    assert expiry.is_fresh(reading, BEGINNING + WINDOW)
    assert list(expiry.expired(BEGINNING + WINDOW, {"l1": reading})) == []
    assert not expiry.is_fresh(reading, BEGINNING + WINDOW + TICK)
    assert list(expiry.expired(BEGINNING + WINDOW + TICK, {"l1": reading})) == ["l1"]
    assert list(expiry.expired(BEGINNING + 2 * WINDOW, {"l1": reading})) == []


def test_a_newer_reading_prolongs_freshness() -> None:
    expiry = Expiry(WINDOW)
    expiry.watch(power("l1", BEGINNING))
    newer = power("l1", BEGINNING + timedelta(minutes=30))
    expiry.watch(newer)
    assert list(expiry.expired(BEGINNING + timedelta(minutes=60), {"l1": newer})) == []
    assert list(expiry.expired(BEGINNING + timedelta(minutes=70), {"l1": newer})) == []
    assert list(expiry.expired(BEGINNING + timedelta(minutes=70) + TICK, {"l1": newer})) == ["l1"]


def test_a_device_that_expired_is_watched_again_after_its_next_reading() -> None:
    expiry = Expiry(WINDOW)
    first, second = power("l1", BEGINNING), power("l1", BEGINNING + timedelta(hours=2))
    expiry.watch(first)
    assert list(expiry.expired(BEGINNING + timedelta(hours=1), {"l1": first})) == ["l1"]
    expiry.watch(second)
    assert list(expiry.expired(BEGINNING + timedelta(hours=3), {"l1": second})) == ["l1"]


def test_devices_expire_in_the_order_of_their_instants() -> None:
    expiry = Expiry(WINDOW)
    readings = {f"l{n}": power(f"l{n}", BEGINNING + n * timedelta(minutes=1)) for n in (3, 1, 2)}
    for reading in readings.values():
        expiry.watch(reading)
    assert list(expiry.expired(BEGINNING + WINDOW + timedelta(minutes=2, seconds=30), readings)) == ["l1", "l2"]
