from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.instants import micros
from domain.reading import ReadingKey
from store.telemetry import influxql
from tests.store.telemetry.builders import MINUTE, T0

KEYS = st.builds(ReadingKey, st.sampled_from("ABCDEFGH"), st.integers(0, 500).map(lambda n: T0 + n * 17 * MINUTE))


def test_a_text_cannot_end_its_quotes() -> None:
    assert influxql.text("a' OR device != 'b\\") == r"'a\' OR device != \'b\\'"
    assert influxql.name('odd "name"\\') == r'"odd \"name\"\\"'


def test_time_stays_within_what_the_server_can_say() -> None:
    always = influxql.span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert always == "time >= -9214560000000000000 AND time < 9214646400000000000"


@given(st.sets(KEYS, max_size=200))
def test_every_key_lies_in_some_statement_and_none_names_too_many_devices(keys: set[ReadingKey]) -> None:
    statements = list(influxql.whole("k", keys))
    for key in keys:
        at = micros(key.at) * 1000
        assert any(f"'{key.device}'" in text and _start(text) <= at < _end(text) for text in statements)
    assert sum(text.count("device =") for text in statements) <= len(keys)
    assert all(text.count("device =") <= influxql.KEYS_PER_STATEMENT for text in statements)


def test_a_gap_in_time_is_not_scanned() -> None:
    keys = [ReadingKey("A", T0), ReadingKey("B", T0 + timedelta(days=300))]
    spans = [(_start(text), _end(text)) for text in influxql.fingerprints("k", keys)]
    assert [end - start for start, end in spans] == [1000, 1000]


def _start(statement: str) -> int:
    return int(statement.split("time >= ")[1].split(maxsplit=1)[0])


def _end(statement: str) -> int:
    return int(statement.split("time < ")[1].split(maxsplit=1)[0])
