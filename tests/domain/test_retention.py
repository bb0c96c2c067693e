"""Which resolution answers a span, and what is too old."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.kind import ValueType
from domain.retention import Resolution, RetentionPolicy, resolution, summary_types

NOW = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = RetentionPolicy(400 * DAY, 1000 * DAY, 5000 * DAY)


@pytest.mark.parametrize(
    ("ago", "span", "every"),
    [
        (1, 1, Resolution.RAW),
        (2, 2, Resolution.RAW),
        (3, 2.01, Resolution.HOUR),
        (62, 62, Resolution.HOUR),
        (90, 62.01, Resolution.DAY),
        (399, 1, Resolution.RAW),
        (402, 1, Resolution.HOUR),
        (999, 30, Resolution.HOUR),
        (1002, 30, Resolution.DAY),
        (1002, 1, Resolution.DAY),
        (9999, 1, Resolution.DAY),
    ],
)
def test_the_span_and_what_is_still_kept_choose_the_resolution(ago: float, span: float, every: Resolution) -> None:
    start = NOW - ago * DAY
    assert resolution(POLICY, start, start + span * DAY, NOW) is every


def test_what_is_kept_for_ever_is_never_too_old() -> None:
    assert RetentionPolicy().since(Resolution.RAW, NOW) is None
    assert resolution(RetentionPolicy(), NOW - 9999 * DAY, NOW - 9998 * DAY, NOW) is Resolution.RAW


def test_an_age_ends_at_a_midnight_so_that_whole_days_go() -> None:
    assert POLICY.since(Resolution.RAW, NOW) == datetime(2025, 10, 21, tzinfo=UTC)


def test_numbers_have_extremes_and_a_mean_texts_have_neither() -> None:
    assert summary_types({"a": ValueType.INT, "b": ValueType.BOOL, "c": ValueType.TEXT}) == {
        "readings": ValueType.INT,
        "a.count": ValueType.INT,
        "a.min": ValueType.FLOAT,
        "a.max": ValueType.FLOAT,
        "a.mean": ValueType.FLOAT,
        "a.last": ValueType.INT,
        "b.count": ValueType.INT,
        "b.mean": ValueType.FLOAT,
        "b.last": ValueType.BOOL,
        "c.count": ValueType.INT,
        "c.last": ValueType.TEXT,
    }
