"""What the books say of a device, and of a feed on a day, held against the register. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain.arrivals import ArrivalTotals, DeviceLedger, FeedDay, Missing
from domain.device import AssetState
from domain.errors import NotFound
from domain.kinds import KINDS
from domain.register import Register
from rules.arrivals.book import COUNTS, ArrivalBook

_NONE: Final = dict.fromkeys(COUNTS, 0)


def told(register: Register, book: ArrivalBook, device_id: str, now: datetime) -> DeviceLedger:
    """Return the books of a device. Raises `NotFound` when it was never registered."""
    timeline = register.timeline(device_id)
    if not timeline:
        raise NotFound(f"there is no device {device_id!r}")
    kind, counts, facts = KINDS[timeline[0].device.kind], book.counts(device_id), book.facts(device_id)
    if counts is None or facts is None:
        begun = max(book.begun, timeline[0].valid_from)
        expected = max(0, (now - begun) // kind.period)
        return DeviceLedger(device_id, kind.name, None, now, expected, **_NONE, last_seq=None, newest=None, gaps=())
    since, newest = _instant(facts[0]), _instant(facts[1])
    expected = max(0, (now - since) // kind.period) + 1
    gaps = [Missing(gap.first, gap.last, _instant(gap.noticed), gap.asked) for gap in facts[3]]
    numbers: Mapping[str, int] = counts
    return DeviceLedger(
        device_id, kind.name, since, now, expected, **numbers, last_seq=facts[2], newest=newest, gaps=gaps
    )


def feeds_of(register: Register, book: ArrivalBook, day: date, now: datetime) -> Sequence[FeedDay]:
    """Return the completeness of every feed on a local day, by kind and district; empty for a day to come.

    Expected of are the devices in service at the middle of the day, or of its part that is over.
    """
    start, end = (datetime(d.year, d.month, d.day, tzinfo=book.tz) for d in (day, day + timedelta(days=1)))
    span = min(end, now) - start
    if span <= timedelta(0):
        return ()
    devices: dict[tuple[str, str], int] = {}
    for device in register.devices(start + span / 2):
        if device.state is AssetState.IN_SERVICE and not KINDS[device.kind].imported:
            devices[device.kind, device.district] = devices.get((device.kind, device.district), 0) + 1
    came = book.on(day)
    return [
        FeedDay(
            day, *feed, devices.get(feed, 0), devices.get(feed, 0) * (span // KINDS[feed[0]].period), came.get(feed, 0)
        )
        for feed in sorted(devices.keys() | came.keys())
    ]


def summed(book: ArrivalBook) -> ArrivalTotals:
    """Return sums over all devices."""
    return ArrivalTotals(**book.totals(), unnumbered=book.unnumbered, asked=book.asked)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
