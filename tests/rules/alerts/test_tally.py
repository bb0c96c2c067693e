"""What is counted of a group as its alerts change equals a recount of all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.alert import Alert, AlertGroup, AlertState, Verdict
from domain.severity import Severity
from rules.alerts.tally import Tally

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLAIN = Alert(
    id="0",
    rule="lamp-dark",
    title="熄灯",
    subject="device:L0",
    name="灯0",
    group=AlertGroup("road:R"),
    severity=Severity.MINOR,
    state=AlertState.FIRING,
    verdict=Verdict.BREACH,
    since=T0,
    fired_at=T0,
    changed_at=T0,
)
alerts = st.builds(
    replace,
    st.just(PLAIN),
    id=st.sampled_from("abcdefg"),
    rule=st.sampled_from(["lamp-dark", "leak"]),
    severity=st.sampled_from(Severity),
    state=st.sampled_from([s for s in AlertState if s is not AlertState.PENDING]),
    since=st.integers(0, 4).map(lambda n: T0 + timedelta(minutes=n)),
    unit=st.sampled_from(["", "a", "b"]),
    acknowledged_at=st.sampled_from([None, T0]),
    inhibited_by=st.sampled_from(["", "", "above"]),
    silenced_by=st.sampled_from(["", "", "m1"]),
    synthetic=st.booleans(),
)


@given(st.lists(alerts, max_size=60))
def test_the_figures_equal_a_recount_after_any_changes(changes: list[Alert]) -> None:
    tally = Tally()
    open_: dict[str, Alert] = {}
    for alert in changes:
        tally.put(alert)
        if alert.open:
            open_[alert.id] = alert
        else:
            open_.pop(alert.id, None)
        loud = [a for a in open_.values() if not a.muted]
        assert tally.members == open_
        assert (tally.loud, tally.taken) == (len(loud), sum(a.acknowledged_at is not None for a in loud))
        assert tally.seen == sum(a.state is not AlertState.UNKNOWN for a in loud)
        assert tally.synthetic == sum(a.synthetic for a in loud)
        assert tally.rules == sorted({a.rule for a in loud})
        assert tally.unit == max((a.unit for a in loud), default="")
        worst = sorted(loud, key=lambda a: (-a.severity.rank, a.since, a.id))
        assert tally.worst(3) == worst[:3]
        if loud:
            assert tally.severity is worst[0].severity
            assert tally.since() == min(a.since for a in loud)


def test_an_alert_that_comes_and_goes_for_ever_leaves_nothing_behind() -> None:
    tally = Tally()
    for n in range(10_000):
        tally.put(replace(PLAIN, inhibited_by="above" if n % 2 else ""))
    tally.put(PLAIN)
    assert tally.worst(5) == [PLAIN]
    assert len(tally._worst._heap) < 100
