from simulators.account import Account
from simulators.wire import Channel, Message, Nature


def message(nature: Nature, readings: int) -> Message:
    return Message(0.0, "t", b"", Channel.BATCH, "streetlight", "gw-1", readings, nature=nature)


def test_messages_and_readings_are_counted_by_nature() -> None:
    account = Account()
    for nature, readings in ((Nature.FRESH, 92), (Nature.FRESH, 90), (Nature.REPEAT, 92), (Nature.GARBAGE, 0)):
        account.add(message(nature, readings))

    assert account.as_json() == {
        "messages": {"batch": {"fresh": 2, "garbage": 1, "repeat": 1}},
        "readings": {"streetlight": {"fresh": 182, "repeat": 92}},
    }
