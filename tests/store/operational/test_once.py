"""A caller's key is taken up once; the answer is kept for a day."""

from datetime import timedelta

import pytest

from domain.errors import Conflict, TooMany
from domain.record import KeptAnswer
from store.operational import OperationalStore
from store.operational.once import SqlOnce
from tests.store.operational.builders import T0, hours

ANSWER = KeptAnswer(201, '{"id":"s1"}', "/api/v1/duty/swaps/s1")


def test_a_repeated_request_gets_the_first_answer(store: OperationalStore) -> None:
    assert store.once.begin("ann", "k", "digest", T0) is None
    store.once.answer("ann", "k", ANSWER)
    assert store.once.begin("ann", "k", "digest", hours(23)) == ANSWER
    assert store.once.begin("ben", "k", "digest", T0) is None


def test_a_key_for_another_request_is_refused(store: OperationalStore) -> None:
    store.once.begin("ann", "k", "digest", T0)
    store.once.answer("ann", "k", ANSWER)
    with pytest.raises(Conflict, match="another request"):
        store.once.begin("ann", "k", "other", T0)


def test_a_request_at_work_is_not_begun_twice_unless_its_process_died(store: OperationalStore) -> None:
    store.once.begin("ann", "k", "digest", T0)
    with pytest.raises(Conflict, match="still at work"):
        store.once.begin("ann", "k", "digest", T0 + timedelta(seconds=59))
    assert store.once.begin("ann", "k", "digest", T0 + timedelta(seconds=61)) is None


def test_a_request_that_failed_can_be_tried_again(store: OperationalStore) -> None:
    store.once.begin("ann", "k", "digest", T0)
    store.once.release("ann", "k")
    assert store.once.begin("ann", "k", "digest", T0) is None


def test_after_a_day_a_key_is_new_again(store: OperationalStore) -> None:
    store.once.begin("ann", "k", "digest", T0)
    store.once.answer("ann", "k", ANSWER)
    assert store.once.begin("ann", "k", "other", T0 + timedelta(days=1, seconds=1)) is None


def test_a_caller_with_too_many_keys_waits_until_the_first_is_a_day_old(store: OperationalStore) -> None:
    once = SqlOnce(store.once._database, most=3)
    for number in range(3):
        once.begin("ann", f"k{number}", "digest", T0 + timedelta(minutes=number))
        once.answer("ann", f"k{number}", ANSWER)
    with pytest.raises(TooMany, match="3 requests with an Idempotency-Key") as refused:
        once.begin("ann", "k3", "digest", hours(23))
    assert refused.value.wait_s == 3601
    assert once.begin("ann", "k0", "digest", hours(23)) == ANSWER, "what was promised is kept"
    assert once.begin("ben", "k3", "digest", hours(23)) is None, "it is nobody else's trouble"
    assert once.begin("ann", "k3", "digest", hours(23) + timedelta(seconds=3601)) is None
