"""A backlog with many readings a minute: the engine catches up in strides, and none of them holds all of a minute."""

import json
from datetime import timedelta

import pytest

from app.engine_parts import CROWD
from domain.delivery import Delivery
from tests.app.test_engine import NIGHT, House, house, run

__all__ = ["house"]

SPAN = timedelta(seconds=50)
COUNT = 2 * CROWD
PORTION = 500


def lit(number: int, late: timedelta) -> Delivery:
    """The reading of a lamp that arrives so much later than its own instant, so many to the span."""
    at = NIGHT + SPAN * number / COUNT
    body = {"device": f"L{number % 4}", "at": (at - late).isoformat(), "seq": number // 4, "values": {"power": 150.0}}
    return Delivery(f"city/v1/streetlight/370102/{body['device']}/telemetry", json.dumps(body).encode(), at)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=5)], ids=["in time", "late, as a broker's queue"])
def test_a_crowded_minute_of_a_backlog_is_ticked_within_so_that_no_tick_takes_it_in_whole(
    house: House, late: timedelta
) -> None:
    for start in range(0, COUNT, PORTION):
        house.journal.append([lit(number, late) for number in range(start, start + PORTION)])
    house.clock.pass_(timedelta(minutes=15))
    engine = run(house, house.engine())
    engine.stop()
    within = [at for at in house.committed if NIGHT < at < NIGHT + SPAN]
    assert within, "a tick before the minute's end"
    assert [at for at in house.committed if at > NIGHT + SPAN][:2] == [NIGHT + timedelta(minutes=n) for n in (1, 2)]
