import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import KINDS
from ingest.topics import Channel, Topic, format_topic, parse, storable

NAMES = st.from_regex(r"[A-Za-z0-9_.:@-]{1,64}", fullmatch=True)
TOPICS = st.builds(Topic, st.sampled_from(sorted(KINDS)), NAMES, NAMES, st.sampled_from(Channel))


@given(TOPICS)
def test_a_topic_survives_being_written_and_read(topic: Topic) -> None:
    assert parse(format_topic(topic)) == topic


def test_a_single_reading_is_told_by_its_last_level() -> None:
    topic = parse("city/v1/streetlight/370102/lamp-1/telemetry")

    assert topic == Topic("streetlight", "370102", "lamp-1", Channel.TELEMETRY)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected"),
        ("city/v2/streetlight/370102/lamp-1/telemetry", "expected"),
        ("city/v1/streetlight/370102/telemetry", "expected"),
        ("city/v1/streetlight/370102/lamp-1/telemetry/more", "expected"),
        ("city/v1/toaster/370102/lamp-1/telemetry", "kind"),
        ("city/v1/streetlight/370102/lamp-1/command", "none of"),
        ("city/v1/streetlight//lamp-1/telemetry", "district"),
        ("city/v1/streetlight/370102//telemetry", "device"),
        ("city/v1/streetlight/370102/lamp 1/telemetry", "device"),
        ("city/v1/streetlight/370102/" + "x" * 65 + "/telemetry", "device"),
        ("city/v1/streetlight/370102/lamp-1/telemetry\n", "none of"),
        ("/city/v1/streetlight/370102/lamp-1/telemetry", "expected"),
    ],
)
def test_a_topic_outside_the_contract_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text)


@given(st.text())
def test_any_other_text_is_a_value_error_or_a_topic(text: str) -> None:
    try:
        found = parse(text)
    except ValueError:
        return
    assert format_topic(found) == text


@given(st.text(st.characters()))
def test_a_storable_topic_can_be_kept_by_every_database(text: str) -> None:
    kept = storable(text)

    kept.encode()
    assert "\0" not in kept
