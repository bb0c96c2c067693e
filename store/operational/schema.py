"""The tables of the operational database. The migrations make them; a test holds the two against each other."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from store.operational.types import CleanText, Instant

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

counter = Table(
    "counter",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("at", Instant),
)
"""Version numbers and the last id of each log. Updating a row is the lock that puts writers in one order."""

device_version = Table(
    "device_version",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("device_id", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("name", CleanText, nullable=False),
    Column("district", CleanText, nullable=False),
    Column("management_area", CleanText, nullable=False),
    Column("responsible_unit", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("lon", Double),
    Column("lat", Double),
    Column("synthetic", Boolean, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_to", Instant),
    Column("author", CleanText, nullable=False),
    Index("ix_device_version_device_id_id", "device_id", "id"),
)
"""The register with valid and recorded time; only `recorded_to` of a row ever changes, once.

`version` is the version of the register that brought the row.
"""

Index(
    "uq_device_version_believed",
    device_version.c.device_id,
    device_version.c.valid_from,
    unique=True,
    sqlite_where=text("recorded_to IS NULL"),
    postgresql_where=text("recorded_to IS NULL"),
)

timetable = Table(
    "timetable",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("timetable_id", CleanText, nullable=False),
    Column("document", JSON, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_to", Instant),
    Column("author", CleanText, nullable=False),
    Index("ix_timetable_timetable_id", "timetable_id"),
)
"""Lighting timetables with recorded time. `id` is the version of the lighting plan that brought the row."""

lighting_override = Table(
    "lighting_override",
    metadata,
    Column("override_id", CleanText, primary_key=True),
    Column("scope", CleanText, nullable=False),
    Column("action", CleanText, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_to", Instant),
)

quarantine_delivery = Table(
    "quarantine_delivery",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("journal_offset", BigInteger, nullable=False),
    Column("digest", CleanText, nullable=False),
    Column("topic", CleanText, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("arrival", Instant, nullable=False),
    Column("source", CleanText, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    UniqueConstraint("journal_offset", "digest"),
    Index("ix_quarantine_delivery_arrival", "arrival"),
)
"""The raw bytes of a delivery, once, however many of its readings are in the quarantine."""

quarantine_item = Table(
    "quarantine_item",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("delivery_id", BigInteger, ForeignKey("quarantine_delivery.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("detail", CleanText, nullable=False),
    Column("device", CleanText),
    Column("at", Instant),
    Column("state", CleanText, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("replay_id", BigInteger),
    Column("replay_offset", BigInteger),
    Column("settled_at", Instant),
    UniqueConstraint("delivery_id", "position"),
    Index("ix_quarantine_item_reason_id", "reason", "id"),
    Index("ix_quarantine_item_device_id", "device", "id"),
    Index("ix_quarantine_item_state_id", "state", "id"),
    Index("ix_quarantine_item_replay_id", "replay_id"),
)
"""`position` is the place in the batch; -1 stands for the whole delivery, since NULLs never clash in UNIQUE.

`replay_id` is the replay that took the entry up last, `replay_offset` where that stands in the journal (None: not yet).
"""

quarantine_replay = Table(
    "quarantine_replay",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("wish", JSON, nullable=False),
    Column("items", BigInteger, nullable=False),
    Column("replayed", BigInteger, nullable=False),
    Column("again", BigInteger, nullable=False),
    Column("finished_at", Instant),
)
"""Who had what replayed, and what came of it."""

event = Table(
    "event",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("type", CleanText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("data", JSON, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("through", Instant, nullable=False),
)
"""Through which instant a part of the service has come; today only the engine's ticks."""

api_key = Table(
    "api_key",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("role", CleanText, nullable=False),
    Column("secret_sha256", CleanText, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    UniqueConstraint("name"),
    UniqueConstraint("secret_sha256"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("action", CleanText, nullable=False),
    Column("detail", JSON, nullable=False),
)
"""Who changed what and when. Rows are only ever added."""
