"""A few rounds of `make chaos-alerts`: killed while rules are pending, every alert fires when it would have anyway."""

from pathlib import Path

from tests.chaos.alerts import HOLDS_S, LAMPS, run


def test_alerts_fire_when_they_would_without_the_kill_and_every_notice_is_told_or_seen(tmp_path: Path) -> None:
    tally = run(tmp_path, rounds=2, seed=20261125)
    assert tally.failures == []
    assert (tally.rounds, tally.alerts) == (2, 2 * LAMPS * len(HOLDS_S))
    assert tally.kills >= 1
    assert tally.notices >= 2 * LAMPS
