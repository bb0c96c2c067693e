"""A few rounds of `make chaos`."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.chaos.plan import LOAD_S, Fault, troubles
from tests.chaos.readings import Round, finished, report, rounds
from tests.chaos.sender import LAMPS

SEED, NUMBERS = 1, (1, 4, 5)


@pytest.mark.broker
@pytest.mark.compiler
@pytest.mark.faketime
@pytest.mark.influx
@pytest.mark.postgres
@pytest.mark.toxiproxy
def test_whatever_fails_nothing_is_lost_doubled_or_miscounted(tmp_path: Path) -> None:
    done = list(rounds(tmp_path, SEED, NUMBERS))
    assert [failure for one in done for failure in one.failures] == []
    for one in done:
        assert one.troubles
        assert one.sent > 10 * len(LAMPS)
        assert one.stored + one.quarantined + one.lost >= one.sent
    assert "rounds with failures: 0" in list(report(done))


def test_a_seed_and_a_number_say_what_goes_wrong() -> None:
    assert troubles(1, 7) == troubles(1, 7) != troubles(2, 7)
    drawn = [trouble for number in range(300) for trouble in troubles(1, number)]
    assert {trouble.fault for trouble in drawn} == set(Fault)
    assert all(0 < trouble.at <= LOAD_S and trouble.lasts >= 0 for trouble in drawn)


def test_finished_rounds_of_the_seed_are_not_run_again(tmp_path: Path) -> None:
    file = tmp_path / "rounds.jsonl"
    assert finished(file, 1) == []
    lines = [json.dumps(asdict(Round(seed, seed * 10, [], 5, 5, 1, 5, 0, 0, 0, 1.0))) for seed in (1, 2)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [one.number for one in finished(file, 2)] == [20]
