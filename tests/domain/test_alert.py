"""What the words of an alert promise to those who tell people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.alert import (
    TELLING,
    Alert,
    AlertChange,
    AlertGroup,
    AlertState,
    ChangeKind,
    Mute,
    MuteKind,
    Verdict,
)
from domain.severity import Severity

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRING = Alert(
    id="a1",
    rule="circuit-dark",
    title="整路熄灯",
    subject="supply_point:SP-1",
    name="SP-1",
    group=AlertGroup("supply_point:SP-1"),
    severity=Severity.MAJOR,
    state=AlertState.FIRING,
    verdict=Verdict.BREACH,
    since=NOW,
    fired_at=NOW,
    changed_at=NOW,
)


@pytest.mark.parametrize("kind", ChangeKind)
def test_only_telling_changes_are_told_and_never_when_the_alert_is_muted(kind: ChangeKind) -> None:
    assert AlertChange(kind, FIRING, NOW).tells is (kind in TELLING)
    for quiet in (
        replace(FIRING, inhibited_by="a0"),
        replace(FIRING, silenced_by="m0"),
        replace(FIRING, state=AlertState.SHELVED),
    ):
        assert not AlertChange(kind, quiet, NOW).tells


def test_pending_and_recovered_alerts_are_not_open_and_unknown_ones_are() -> None:
    openness = {state: replace(FIRING, state=state).open for state in AlertState}
    assert [state for state, is_open in openness.items() if not is_open] == [AlertState.PENDING, AlertState.RECOVERED]


def test_a_mute_covers_its_start_but_neither_its_end_nor_what_follows_its_withdrawal() -> None:
    mute = Mute("m1", MuteKind.SILENCE, {}, NOW, NOW + timedelta(hours=1), "ops", "test", NOW)
    assert mute.covers(NOW)
    assert not mute.covers(NOW - timedelta.resolution)
    assert not mute.covers(mute.end)
    withdrawn = replace(mute, withdrawn_at=NOW + timedelta(minutes=1))
    assert withdrawn.covers(NOW)
    assert not withdrawn.covers(NOW + timedelta(minutes=1))
