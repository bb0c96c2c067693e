"""The tables of the history: measures of closed periods with their revisions, and what waits to be looked at again."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Index, Integer, Table, UniqueConstraint

from store.operational.schema import metadata
from store.operational.types import CleanText, Instant

measure = Table(
    "measure",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("indicator", CleanText, nullable=False),
    Column("scope", CleanText, nullable=False),
    Column("every", CleanText, nullable=False),
    Column("period", CleanText, nullable=False),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("why", CleanText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("unit", CleanText, nullable=False),
    Column("value", Double),
    Column("numerator", Double, nullable=False),
    Column("denominator", Double, nullable=False),
    Column("unknown", Double, nullable=False),
    Column("coverage", Double),
    Column("span_first", Instant),
    Column("span_last", Instant),
    Column("covers_first", Instant),
    Column("covers_last", Instant),
    Column("official", Boolean, nullable=False),
    Column("verdict_allowed", Boolean, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("register_version", BigInteger, nullable=False),
    Column("lighting_version", BigInteger, nullable=False),
    Column("detail", JSON, nullable=False),
    UniqueConstraint("indicator", "scope", "every", "start", "revision", name="uq_measure_period_revision"),
    Index("ix_measure_indicator_every_start", "indicator", "every", "start"),
    Index("ix_measure_end", "end"),
)
"""One row per revision; nothing is overwritten."""

history_mark = Table(
    "history_mark",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", CleanText, nullable=False),
    Column("first", Instant, nullable=False),
    Column("last", Instant, nullable=False),
    Column("closed", Instant, nullable=False),
    Column("why", CleanText, nullable=False),
)
"""What came late or was changed in retrospect, until the closed periods it touches have been looked at again."""
