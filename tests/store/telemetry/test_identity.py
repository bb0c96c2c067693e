from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.reading import Fingerprint, ReadingKey
from store.telemetry.identity import NOTHING, Identity, Known, Verdict, judge
from tests.store.telemetry.builders import MINUTE, T0

KIND = "streetlight"
TICK = timedelta(microseconds=1)


def key(minute: int, device: str = "A") -> ReadingKey:
    return ReadingKey(device, T0 + minute * MINUTE)


def test_what_nothing_is_known_of_is_new() -> None:
    assert judge(NOTHING, Fingerprint(1, 0)) is Verdict.NEW


def test_an_interrupted_replacement_is_completed_by_a_higher_revision_only() -> None:
    interrupted = Known(None, (Fingerprint(1, 0), Fingerprint(2, 3)))
    assert judge(interrupted, Fingerprint(9, 4)) is Verdict.REVISION
    assert judge(interrupted, Fingerprint(9, 3)) is Verdict.CONFLICT
    assert judge(interrupted, Fingerprint(1, 0)) is Verdict.DUPLICATE


@given(st.lists(st.builds(Fingerprint, st.integers(0, 3), st.integers(0, 4)), max_size=12))
def test_revisions_only_rise_and_offering_everything_again_changes_nothing(offers: list[Fingerprint]) -> None:
    known = NOTHING
    for offered in offers:
        if judge(known, offered) in (Verdict.NEW, Verdict.REVISION):
            known = known.followed_by(offered)
    if known.current is not None:
        revisions = [version.revision for version in (*known.past, known.current)]
        assert revisions == sorted(set(revisions))
        assert known.current.revision == max(offered.revision for offered in offers)
    assert all(judge(known, offered) in (Verdict.DUPLICATE, Verdict.CONFLICT) for offered in offers)


def learned(window: int = 10, devices: int = 10) -> Identity:
    """An identity that learnt: nothing since minute 0, except A at minute 5."""
    identity = Identity(window, devices)
    identity.learn(KIND, key(0).at, {"A": key(5).at})
    return identity


def test_a_kind_must_be_learnt_once() -> None:
    identity = Identity()
    assert not identity.knows(KIND)
    identity.learn(KIND, T0, {})
    assert identity.knows(KIND)
    assert not identity.knows("parking_bay")


def test_only_what_is_not_newer_than_its_device_must_be_looked_up() -> None:
    keys = [key(-1, "B"), key(0, "B"), key(5), key(6)]
    known, unknown = learned().recall(KIND, keys)
    assert unknown == {key(-1, "B"), key(5)}
    assert known == {key(0, "B"): NOTHING, key(6): NOTHING}


def test_an_attempt_that_was_not_remembered_is_looked_up() -> None:
    identity = learned()
    identity.attempt(KIND, [key(7), key(2, "B")])
    _, unknown = identity.recall(KIND, [key(6), key(7), key(8), key(2, "B")])
    assert unknown == {key(6), key(7), key(2, "B")}


def test_what_has_left_the_window_is_looked_up() -> None:
    identity = learned(window=2)
    for minute in (6, 7, 8):
        identity.attempt(KIND, [key(minute)])
        identity.remember(key(minute), Known(Fingerprint(minute, 0)))
    known, unknown = identity.recall(KIND, [key(6), key(7), key(8)])
    assert unknown == {key(6)}
    assert known[key(8)] == Known(Fingerprint(8, 0))


def test_a_device_that_was_forgotten_is_looked_up_and_never_taken_for_new() -> None:
    identity = learned(devices=2)
    for minute, device in ((6, "B"), (7, "C"), (8, "D")):
        identity.attempt(KIND, [key(minute, device)])
    _, unknown = identity.recall(KIND, [key(5), key(6, "B"), key(6, "E"), key(7, "C"), key(8, "D")])
    assert unknown == {key(5), key(6, "B"), key(6, "E"), key(7, "C"), key(8, "D")}
    known, _ = identity.recall(KIND, [ReadingKey("B", key(6).at + TICK)])
    assert list(known.values()) == [NOTHING]
