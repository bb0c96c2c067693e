from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.delivery import Reason, Source
from domain.reading import Outcome
from ingest.accounting import Ledger, Settled
from ingest.decoded import Brief
from tests.support.ingest import ARRIVAL


def balanced(snapshot: Mapping[str, Any]) -> bool:
    """Return whether both identities hold."""
    d, r = snapshot["deliveries"], snapshot["readings"]
    return bool(
        d["received"] == d["journaled"] + d["refused"] + d["dropped"] + d["forgotten"] + d["in_hand"]
        and r["readings"]
        == r["stored"] + r["duplicate"] + r["conflict"] + r["quarantined"] + r["not_kept"] + r["in_hand"]
        and sum(r["quarantined_by_reason"].values()) == r["quarantined"] + r["conflict"]
        and sum(d["undecodable_by_reason"].values()) == d["undecodable"]
        and sum(r["not_kept_by_reason"].values()) == r["not_kept"]
        and sum(d["not_kept_by_reason"].values()) == d["not_kept"]
        and sum(d["received_by_source"].values()) == d["received"]
        and sum(r["readings_by_source"].values()) == r["readings"]
        and min(d["in_hand"], r["in_hand"]) >= 0
    )


def test_every_count_exists_at_zero_from_the_start() -> None:
    snapshot = Ledger(ARRIVAL).snapshot()

    assert set(snapshot["readings"]["quarantined_by_reason"]) == {reason.value for reason in Reason}
    assert set(snapshot["readings"]["not_kept_by_reason"]) == {reason.value for reason in Reason}
    assert set(snapshot["deliveries"]["not_kept_by_reason"]) == {reason.value for reason in Reason}
    assert set(snapshot["deliveries"]["undecodable_by_reason"]) == {reason.value for reason in Reason}
    assert snapshot["deliveries"]["received_by_source"] == {"mqtt": 0, "http": 0, "replay": 0}
    assert snapshot["started"] == "2026-03-01T12:00:00+00:00"
    assert balanced(snapshot)


def test_each_incarnation_has_a_name_of_its_own() -> None:
    assert Ledger(ARRIVAL).snapshot()["incarnation"] != Ledger(ARRIVAL).snapshot()["incarnation"]


def test_a_replaced_reading_is_one_of_the_stored() -> None:
    ledger = Ledger(ARRIVAL)
    ledger.taken({Source.HTTP: 5})
    ledger.settled(Settled(1, Counter(Outcome), Counter({Reason.EMPTY: 0})))

    readings = ledger.snapshot()["readings"]
    assert (readings["stored"], readings["replaced"], readings["in_hand"]) == (2, 1, 0)
    assert (readings["duplicate"], readings["conflict"], readings["quarantined"]) == (1, 1, 1)
    assert readings["quarantined_by_reason"]["store_refused"] == 1


class LedgerModel(RuleBasedStateMachine):
    """Any order of the steps that are possible keeps the identities."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(ARRIVAL)
        self.waiting = self.reading = self.counted = 0

    @rule(source=st.sampled_from(Source))
    def receive(self, source: Source) -> None:
        self.ledger.received(source)
        self.waiting += 1

    @rule(source=st.sampled_from(Source))
    def drop(self, source: Source) -> None:
        self.ledger.dropped(source)

    @rule(place=st.sampled_from(["forgotten", "refused", "journaled"]), data=st.data())
    def leave(self, place: str, data: st.DataObject) -> None:
        count = data.draw(st.integers(0, self.waiting))
        self.waiting -= count
        if place == "journaled":
            self.ledger.journaled({Source.MQTT: count})
            self.ledger.acknowledged(count, 0)
        else:
            getattr(self.ledger, place)(count)

    @rule(source=st.sampled_from(Source), count=st.integers(0, 5))
    def take(self, source: Source, count: int) -> None:
        self.ledger.taken({source: count})
        self.reading += count

    @rule(kept=st.lists(st.builds(Brief, st.sampled_from(["L1", ""]), st.sampled_from(Reason), st.booleans())))
    def settle_what_is_not_kept(self, kept: list[Brief]) -> None:
        whole = [what for what in kept if what.whole]
        rest = [what for what in kept if not what.whole][: self.reading]
        self.reading -= len(rest)
        self.counted += len(whole) + len(rest)
        self.ledger.settled(Settled(not_kept=Counter(whole + rest)))

    @rule(outcomes=st.lists(st.sampled_from([*Outcome, *Reason])), undecodable=st.sampled_from(Reason))
    def settle(self, outcomes: list[Outcome | Reason], undecodable: Reason) -> None:
        known = outcomes[: self.reading]
        self.reading -= len(known)
        stored = Counter(item for item in known if isinstance(item, Outcome))
        quarantined: Counter[Reason] = Counter(
            item for item in known if isinstance(item, Reason) and item is not Reason.CONFLICT
        )
        self.reading += sum(item is Reason.CONFLICT for item in known)  # decoding never finds a conflict
        self.ledger.settled(Settled(1, stored, quarantined, Counter([undecodable])))

    @invariant()
    def holds(self) -> None:
        snapshot = self.ledger.snapshot()
        assert balanced(snapshot), snapshot
        assert snapshot["deliveries"]["in_hand"] == self.waiting
        assert snapshot["readings"]["in_hand"] == self.reading
        assert sum(sum(reasons.values()) for reasons in snapshot["not_kept_by_sender"].values()) == self.counted


TestLedgerModel = LedgerModel.TestCase
TestLedgerModel.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
