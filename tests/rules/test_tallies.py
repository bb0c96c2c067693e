"""Every indicator's tally, over the whole register of indicators: it merges over disjoint devices, and travels as JSON.

A new indicator is covered by being registered: its kinds say which devices and readings are made up for it.
"""

import json
from collections.abc import Iterable
from functools import reduce
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.device import Device
from domain.scope import Scope
from rules.indicator import Indicator
from rules.indicators import INDICATORS
from rules.tally import Tally
from tests.support.made_up import state_of, world_of


def _part_of(device: Device, indicator: Indicator, parts: dict[str, int], random: Random) -> int:
    """Return where a device is counted: anywhere, but what speaks for another device goes with it.

    Samples go with their section, and what a bureau delivers goes with the bureau's feeds.
    """
    home = device.text("section") if device.kind == "section_sample" else device.id
    if "data_feed" in indicator.kinds:
        home = device.responsible_unit
    return parts.setdefault(home, random.randrange(3))


def _merged(tallies: Iterable[Tally]) -> Tally:
    return reduce(lambda one, other: one.merged(other), tallies)


@pytest.mark.parametrize("name", INDICATORS)
@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 2**32))
def test_tallies_of_disjoint_devices_merge_to_that_of_all_and_travel_as_json(name: str, seed: int) -> None:
    random, indicator = Random(seed), INDICATORS[name]
    devices, readings = world_of(indicator, random)
    homes: dict[str, int] = {}
    split: list[list[Device]] = [[], [], []]
    for device in sorted(devices, key=lambda d: d.kind == "section_sample"):
        split[_part_of(device, indicator, homes, random)].append(device)
    _, whole = state_of(indicator, devices, readings)
    parts = [state_of(indicator, part, readings)[1] for part in split]
    for scope in whole.scopes():
        told = whole.tally(scope)
        of_parts = [state.tally(scope) for state in parts]
        for order in permutations(of_parts):
            assert _merged(order) == told
        one, two, three = of_parts
        assert one.merged(two.merged(three)) == told
        again = type(told).load(json.loads(json.dumps(told.dump())))
        assert again == told
        assert again.merged(_nothing(indicator, scope)) == told


def _nothing(indicator: Indicator, scope: Scope) -> Tally:
    return state_of(indicator, (), ())[1].tally(scope)


@pytest.mark.parametrize("name", INDICATORS)
def test_what_is_made_up_here_says_something_to_every_indicator(name: str) -> None:
    indicator = INDICATORS[name]
    devices, readings = world_of(indicator, Random(4))
    _, whole = state_of(indicator, devices, readings)
    assert any(whole.tally(scope) != _nothing(indicator, scope) for scope in whole.scopes())
