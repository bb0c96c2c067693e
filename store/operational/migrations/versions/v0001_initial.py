"""The first tables: register, lighting, quarantine, events, keys, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_COUNTERS = ("register", "device_version", "lighting", "quarantine_delivery", "quarantine_item", "event", "audit")


def upgrade() -> None:
    counter = op.create_table(
        "counter",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger),
    )
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in _COUNTERS])
    _register()
    _lighting()
    _quarantine()
    _logs()


def _register() -> None:
    op.create_table(
        "device_version",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("district", sa.Text, nullable=False),
        sa.Column("management_area", sa.Text, nullable=False),
        sa.Column("responsible_unit", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("lon", sa.Double),
        sa.Column("lat", sa.Double),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("attributes", sa.JSON, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False),
        sa.Column("valid_to", sa.BigInteger),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_to", sa.BigInteger),
        sa.Column("author", sa.Text, nullable=False),
    )
    op.create_index("ix_device_version_device_id_id", "device_version", ["device_id", "id"])
    op.create_index(
        "uq_device_version_believed",
        "device_version",
        ["device_id", "valid_from"],
        unique=True,
        sqlite_where=sa.text("recorded_to IS NULL"),
        postgresql_where=sa.text("recorded_to IS NULL"),
    )


def _lighting() -> None:
    op.create_table(
        "timetable",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("timetable_id", sa.Text, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_to", sa.BigInteger),
        sa.Column("author", sa.Text, nullable=False),
    )
    op.create_index("ix_timetable_timetable_id", "timetable", ["timetable_id"])
    op.create_table(
        "lighting_override",
        sa.Column("override_id", sa.Text, primary_key=True),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("starts", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_to", sa.BigInteger),
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine_delivery",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("journal_offset", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("arrival", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("journal_offset", "digest", name="uq_quarantine_delivery_journal_offset_digest"),
    )
    op.create_table(
        "quarantine_item",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("delivery_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("device", sa.Text),
        sa.Column("at", sa.BigInteger),
        sa.ForeignKeyConstraint(["delivery_id"], ["quarantine_delivery.id"], name="fk_quarantine_item_delivery_id"),
        sa.UniqueConstraint("delivery_id", "position", name="uq_quarantine_item_delivery_id_position"),
    )
    op.create_index("ix_quarantine_item_reason_id", "quarantine_item", ["reason", "id"])
    op.create_index("ix_quarantine_item_device_id", "quarantine_item", ["device", "id"])


def _logs() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
    )
    op.create_table(
        "progress",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("through", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("secret_sha256", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.UniqueConstraint("name", name="uq_api_key_name"),
        sa.UniqueConstraint("secret_sha256", name="uq_api_key_secret_sha256"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
    )
