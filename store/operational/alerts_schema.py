"""The tables of alerts: their present form, what happened to them, what people asked for, and what keeps them quiet."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Table

from store.operational.schema import metadata
from store.operational.types import CleanText, Instant

alert = Table(
    "alert",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("rule", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("alert_group", CleanText, nullable=False),
    Column("severity", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("fired_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("document", JSON, nullable=False),
    Index("ix_alert_number", "number"),
    Index("ix_alert_open_number", "open", "number"),
    Index("ix_alert_rule_number", "rule", "number"),
    Index("ix_alert_changed_at", "changed_at"),
)
"""`number` is that of the change that brought the row: it grows, so that listings go from the newest back."""

alert_change = Table(
    "alert_change",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("alert_id", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("why", CleanText, nullable=False),
    Column("severity", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("quiet", Boolean),
    Column("detail", JSON, nullable=False),
    Index("ix_alert_change_alert_id_id", "alert_id", "id"),
)
"""The history of alerts. Rows are only ever added. `quiet`: whether nobody was to be told; NULL in rows of old."""

alert_command = Table(
    "alert_command",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", CleanText, nullable=False),
    Column("alert_id", CleanText, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("until", Instant),
    Column("comment", CleanText, nullable=False),
    Column("applied_at", Instant),
    Index("ix_alert_command_applied_at", "applied_at"),
)
"""What people asked for; `applied_at` is the tick that did it."""

alert_mute = Table(
    "alert_mute",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("kind", CleanText, nullable=False),
    Column("matchers", JSON, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("withdrawn_at", Instant),
)
"""Silences and maintenance work orders."""

escalation = Table(
    "escalation",
    metadata,
    Column("alert_group", CleanText, primary_key=True),
    Column("document", JSON, nullable=False),
)
"""How far the telling of each open alert group is, as of `progress.through`."""
