"""Gateways answer for what they meant to say, as long as they remember it."""

import json
from dataclasses import replace

import pytest

from simulators.resend import Memory
from simulators.wire import Channel, Message

TOPIC = "city/v1/streetlight/370102/GW-1/resend"


def message(first: int, sender: str = "GW-1") -> Message:
    readings = [{"device": f"L{n}", "at": "2026-01-01T00:00:00Z", "seq": first, "values": {"power": 1}} for n in (1, 2)]
    payload = json.dumps({"readings": readings}).encode()
    return Message(0.0, f"city/v1/streetlight/370102/{sender}/batch", payload, Channel.BATCH, "streetlight", sender, 2)


def asked(memory: Memory, first: int, last: int, topic: str = TOPIC) -> list[tuple[str, int]]:
    question = json.dumps({"device": "L1", "first": first, "last": last}).encode()
    found = [json.loads(m.payload)["readings"] for m in memory.answers(topic, question, 9.0)]
    assert all(reading["backfill"] for readings in found for reading in readings)
    return [(reading["device"], reading["seq"]) for readings in found for reading in readings]


def test_what_is_asked_for_is_said_again_and_nothing_else() -> None:
    memory = Memory(100)
    for first in range(5):
        memory.keep(message(first))
    assert asked(memory, 1, 3) == [("L1", 1), ("L1", 2), ("L1", 3)]
    assert asked(memory, 9, 10) == []
    assert asked(memory, 1, 3, TOPIC.replace("GW-1", "GW-2")) == []


def test_the_senders_that_spoke_longest_ago_forget_first() -> None:
    memory = Memory(4)
    for sender in ("GW-1", "GW-2"):
        for first in range(3):
            memory.keep(message(first, sender))
    assert asked(memory, 0, 9) == []
    assert len(asked(memory, 0, 9, TOPIC.replace("GW-1", "GW-2"))) == 3


def test_a_single_reading_is_said_again_as_one() -> None:
    memory = Memory(9)
    payload = json.dumps({"device": "L1", "seq": 3, "values": {"power": 1}}).encode()
    memory.keep(replace(message(3), payload=payload, channel=Channel.TELEMETRY, readings=1))
    (answer,) = memory.answers(TOPIC, b'{"device": "L1", "first": 3, "last": 3}', 9.0)
    assert (json.loads(answer.payload)["backfill"], answer.due) == (True, 9.0)


@pytest.mark.parametrize("question", [b"", b"{}", b"[]", b"3", b'{"device": 1, "first": "x", "last": 2}', b"\xff"])
def test_a_question_that_makes_no_sense_is_not_answered(question: bytes) -> None:
    memory = Memory(9)
    memory.keep(message(1))
    assert list(memory.answers(TOPIC, question, 0.0)) == []


def test_without_memory_nothing_is_said_again() -> None:
    memory = Memory(0)
    memory.keep(message(1))
    assert asked(memory, 0, 9) == []
