from math import inf

from hypothesis import given
from hypothesis import strategies as st

from simulators.faults import ActiveFault, FaultKind
from simulators.transport import GARBAGE, Transport
from simulators.wire import Channel, Message, Nature

SENDER = "gw-1"


def message(due: float, channel: Channel = Channel.BATCH) -> Message:
    return Message(due, "city/v1/x", b"{}", channel, "streetlight", SENDER, readings=3)


def carried(fault: ActiveFault, count: int = 200) -> tuple[Transport, list[Message]]:
    transport = Transport({SENDER: (fault,)})
    return transport, [out for n in range(count) for out in transport.carry(message(float(n)))]


def test_without_faults_a_message_passes_as_it_is() -> None:
    assert list(Transport({}).carry(message(1.0))) == [message(1.0)]


def test_a_fault_acts_while_it_lasts_only() -> None:
    _, out = carried(ActiveFault(FaultKind.GARBAGE_PAYLOAD, 50, 60))

    assert [m.due for m in out if m.nature is Nature.GARBAGE] == list(range(50, 60))


def test_silence_sends_nothing_and_counts_what_it_kept() -> None:
    transport, out = carried(ActiveFault(FaultKind.SILENT_GATEWAY, 0, inf))

    assert out == []
    assert transport.withheld == {"streetlight": 600}


def test_garbage_holds_no_reading_is_counted_and_comes_in_every_variety() -> None:
    transport, out = carried(ActiveFault(FaultKind.GARBAGE_PAYLOAD, 0, inf, key=1))

    assert {m.payload for m in out} == set(GARBAGE)
    assert all((m.readings, m.nature) == (0, Nature.GARBAGE) for m in out)
    assert transport.spoilt == {"streetlight": 600}


def test_a_status_is_never_garbage() -> None:
    transport = Transport({SENDER: (ActiveFault(FaultKind.GARBAGE_PAYLOAD, 0, inf),)})

    assert list(transport.carry(message(1.0, Channel.STATUS))) == [message(1.0, Channel.STATUS)]


@given(st.floats(0.1, 0.9), st.integers(0, 2**32))
def test_duplicates_repeat_about_their_rate_byte_by_byte_and_later(rate: float, key: int) -> None:
    _, out = carried(ActiveFault(FaultKind.DUPLICATES, 0, inf, rate=rate, seconds=7.0, key=key))
    repeats = [m for m in out if m.nature is Nature.REPEAT]

    assert [m.due for m in out if m.nature is Nature.FRESH] == list(range(200))
    assert abs(len(repeats) - 200 * rate) < 50
    assert all(m.payload == b"{}" and m.due >= 7 for m in repeats)


def test_reordering_holds_back_and_loses_nothing() -> None:
    _, out = carried(ActiveFault(FaultKind.REORDERING, 0, inf, rate=0.5, seconds=30.0, key=3))
    delays = [m.due - n for n, m in enumerate(out)]

    assert len(out) == 200
    assert min(delays) == 0
    assert 20 < max(delays) <= 30
    assert [m.due for m in out] != sorted(m.due for m in out)
