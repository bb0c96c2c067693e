"""The whole city dark at once is a few messages, however many lamps it has. The benchmark does it with 128,000."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.alert_rules import SHIPPED, load_book
from domain.alert import ChangeKind
from rules.alerts.book import RuleBook
from tests.support.storm import PER_POINT, PER_ROAD, Stormy

MINUTE = timedelta(minutes=1)
BOOK = load_book(SHIPPED / "lighting.toml")


def outage(city: Stormy) -> Stormy:
    """Every lamp dark in two reports, lit in the third; nobody acknowledges for 70 minutes."""
    city.report(150.0)
    city.pass_(MINUTE)
    for power, span in ((0.0, 20), (0.0, 20), (150.0, 30)):
        city.report(power)
        city.pass_(span * MINUTE)
    city.close()
    return city


@pytest.mark.parametrize("lamps", [2_640, 6_000])
def test_an_outage_of_the_whole_city_is_a_few_messages_however_many_lamps_it_has(lamps: int, tmp_path: Path) -> None:
    city = outage(Stormy(tmp_path, lamps, BOOK))
    roads, points, districts = lamps // PER_ROAD, lamps // PER_POINT, 10
    assert city.changed[ChangeKind.RAISED] == roads + points + districts, "no lamp has an alert of its own"
    assert city.changed[ChangeKind.RECOVERED] == city.changed[ChangeKind.RAISED]
    # Roads below target: told, and a reminder. Circuits: told, and then explained. Districts: the chain of a critical
    # alert to its end, with two calls for each round. All the recoveries are one digest for each channel.
    assert city.messages == {"chat": 12, "call": 6}


def test_without_a_rule_above_them_every_lamp_is_an_alert_and_people_hear_of_one_group(tmp_path: Path) -> None:
    lamps = 3_000
    city = outage(Stormy(tmp_path, lamps, RuleBook([BOOK.rules["lamp-dark"]])))
    assert city.changed[ChangeKind.RAISED] == city.changed[ChangeKind.RECOVERED] == lamps
    assert city.messages == {"chat": 2, "call": 0}, "a digest that it began and one that it is over"
