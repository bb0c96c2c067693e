"""The tables of the duty roster, of the outbox, and of requests that may be repeated."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from store.operational.schema import metadata
from store.operational.types import CleanText, Instant

duty_roster = Table(
    "duty_roster",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_to", Instant),
    Column("author", CleanText, nullable=False),
)
"""People, shifts, rotations and the table of days, whole, with recorded time. `id` is the version that brought it."""

duty_override = Table(
    "duty_override",
    metadata,
    Column("override_id", CleanText, primary_key=True),
    Column("role", CleanText, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("person", CleanText),
    Column("replaces", CleanText),
    Column("reason", CleanText, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_to", Instant),
)

duty_swap = Table(
    "duty_swap",
    metadata,
    Column("swap_id", CleanText, primary_key=True),
    Column("giver", CleanText, nullable=False),
    Column("gives", JSON, nullable=False),
    Column("taker", CleanText, nullable=False),
    Column("returns", JSON),
    Column("reason", CleanText, nullable=False),
    Column("requested_by", CleanText, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("decided_by", CleanText),
    Column("decided_at", Instant),
)

duty_handover = Table(
    "duty_handover",
    metadata,
    Column("handover_id", CleanText, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("giver", CleanText, nullable=False),
    Column("taker", CleanText, nullable=False),
    Column("done", JSON, nullable=False),
    Column("undone", JSON, nullable=False),
    Column("log", CleanText, nullable=False),
    Column("on_duty", JSON, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_duty_handover_at", "at"),
)
"""The duty log (值班日志). Rows are only ever added."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", CleanText, nullable=False),
    Column("channel", CleanText, nullable=False),
    Column("person", CleanText),
    Column("alert_group", CleanText, nullable=False),
    Column("digest", Boolean, nullable=False),
    Column("document", JSON, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("at", Instant, nullable=False, server_default="0"),
    UniqueConstraint("key"),
    Index("ix_outbox_state_channel_due_at", "state", "channel", "due_at"),
    Index("ix_outbox_alert_group_at", "alert_group", "at"),
)
"""What must be told. Posted in the transaction of what it tells of; instants are of the wall clock, but `at`."""

outbox_attempt = Table(
    "outbox_attempt",
    metadata,
    Column("notice_id", BigInteger, ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("code", CleanText, nullable=False),
    Column("detail", CleanText, nullable=False),
    Column("message", BigInteger, nullable=False),
)
"""Every try to tell it, with the vendor's code."""

ack_link = Table(
    "ack_link",
    metadata,
    Column("notice_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person", CleanText, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("alerts", Integer, nullable=False),
)
"""Which notices' links were used to acknowledge, by whom. Kept when the notice is forgotten; wall clock."""

request_once = Table(
    "request_once",
    metadata,
    Column("caller", CleanText, primary_key=True),
    Column("key", CleanText, primary_key=True),
    Column("digest", CleanText, nullable=False),
    Column("status", Integer),
    Column("location", CleanText),
    Column("body", CleanText),
    Column("at", Instant, nullable=False),
    Index("ix_request_once_at", "at"),
)
"""Answers to creating requests with an Idempotency-Key. `status` None = taken up, not yet answered."""
